from datetime import datetime, timedelta

from customers.choices import ContactKind
from customers.encryption.blind_index import blind_index
from services.choices import MailPurpose
from services.models import OutboundMail
from services.operations.reply_route import is_ours, sending_mailboxes

AT_MOST_EVERY = timedelta(hours=1)
# Programs that answer, and that nobody should answer.
PROGRAMS = ("mailer-daemon", "postmaster", "no-reply", "noreply", "do-not-reply", "donotreply", "bounce", "bounces")
# What is sent without anybody having asked for it; a question for a rating follows from an agent's work.
UNASKED = (MailPurpose.ACKNOWLEDGEMENT, MailPurpose.NOTICE)


def may_auto_reply(*, address: str, at: datetime) -> bool:
    """Whether an automatic answer may go to this address now: to no program, to none of our own mailboxes, and at most
    one an hour. Whether the mail that it would answer was itself automatic, or of a list, is asked of that mail."""
    name = address.strip().rpartition("@")[0].lower()
    if not name or name.partition("+")[0] in PROGRAMS or is_ours(address, sending_mailboxes()):
        return False
    index = blind_index(ContactKind.EMAIL, address)
    sent = OutboundMail.objects.filter(recipient_index=index, written_at__gt=at - AT_MOST_EVERY, written_at__lte=at)
    return not sent.filter(purpose__in=UNASKED).exists()
