from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from customers.audit.record import record
from customers.choices import AuditKind, LeaseState
from customers.models import User
from services.choices import MailOutcome
from services.models import InboundMail
from services.operations.file_mail import BY_HAND

AGAIN = (MailOutcome.IGNORED, MailOutcome.FAILED, MailOutcome.WAITING)


class NotFiledAgain(Exception):
    """The mail is part of a ticket already. Nothing was changed."""


@transaction.atomic
def refile_mail(*, mail: InboundMail, by: User | None, at: datetime) -> InboundMail:
    """Have a mail filed once more that was ignored, failed or waits for its next try: now as what a person wrote,
    whatever the rules for what is ignored say. `file_waiting_mails` does it.

    Raises NotFiledAgain."""
    mail.refresh_from_db(from_queryset=InboundMail.objects.select_for_update())
    if mail.outcome not in AGAIN or mail.reason == "duplicate":
        raise NotFiledAgain(_("This mail is part of a ticket already."))
    mail.outcome, mail.reason, mail.error = MailOutcome.WAITING, BY_HAND, ""
    mail.state, mail.attempts, mail.due_at, mail.lease_until = LeaseState.TODO, 0, at, None
    mail.filed_at, mail.ticket, mail.identity = None, None, None
    mail.save()
    record(AuditKind.DONE, mail, verb="file_again")
    return mail
