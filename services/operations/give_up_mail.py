import hashlib
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from services.choices import Channel, MailOutcome, MessageKind
from services.mail.parse import head_of
from services.mail.read_headers import addresses_of, subject_of
from services.models import Attachment, InboundMail
from services.operations.attachment_files import keep_content
from services.operations.file_mail import Filed, mark_filed
from services.operations.mail_sender import ensure_author, index_of, is_our_mailbox
from services.operations.open_ticket import open_ticket
from services.operations.store_mail import MOST_STORED, raw_of


@transaction.atomic
def give_up_mail(*, mail: InboundMail, at: datetime) -> InboundMail:
    """Make a ticket that carries a mail which nobody could read as it came: a person will. To be called under the
    mail's lease. Only its first headers are looked at, line by line: it may be of the kind that workers die of.

    Raises LeaseLost."""
    raw = raw_of(mail)
    headers = head_of(raw[: 64 * 1024])
    author = next((each for each in addresses_of(headers, "from") if not is_our_mailbox(each.address)), None)
    mail.sender = author.address if author else None
    mail.sender_index = index_of(author.address) if author else ""
    mail.subject = subject_of(headers)
    with override(mail.mailbox.language or settings.LANGUAGE_CODE):
        queue = mail.mailbox.queue
        ticket = open_ticket(
            customer=ensure_author(author=author, team=queue.team, at=mail.received_at),
            subject=mail.subject or _("Mail that could not be read"),
            body=_("This mail could not be read. It hangs here as it came: open it in a mail program."),
            queue=queue,
            channel=Channel.EMAIL,
            by=None,
            at=mail.received_at,
        )
    message = ticket.messages.get()
    path, size, _digest = keep_content([raw], most=MOST_STORED, allow_empty=True)
    Attachment.objects.create(
        ticket=ticket,
        message=message,
        kind=MessageKind.REPLY,
        name="mail.eml",
        content_type="message/rfc822",
        size=size,
        sha256=hashlib.sha256(raw).hexdigest(),
        path=path,
        at=mail.received_at,
    )
    mark_filed(mail, Filed(MailOutcome.TICKET, "unreadable", ticket, message, error=mail.error), at)
    return mail
