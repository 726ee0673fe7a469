from datetime import datetime

from django.db import transaction

from customers.choices import LeaseState
from customers.models import LeaseLost
from services.choices import DeliveryStatus, NotificationKind
from services.models import Message, OutboundMail
from services.operations.notify import notify
from services.operations.say_delivery import say_delivery


@transaction.atomic
def fail_mail(
    *, mail: OutboundMail, problem: str, at: datetime, came_back: bool = False, under_lease: bool = False
) -> OutboundMail:
    """Say that a mail did not arrive: it could not be sent, or `came_back` (bounced). Its message says so, and whoever
    wrote it, else who has the ticket, is told. `problem` is a code (see mail_problems). Raises LeaseLost where it is to
    be done `under_lease` and that has gone."""
    rows = mail.mine() if under_lease else OutboundMail.objects.filter(pk=mail.pk)
    bounced = {"bounced_at": at} if came_back else {}
    values = {"state": LeaseState.FAILED, "problem": problem, "lease_until": None, **bounced}
    if not rows.update(**values):
        raise LeaseLost(f"mail {mail.pk}")
    for name, value in values.items():
        setattr(mail, name, value)
    say_delivery(mail=mail, status=DeliveryStatus.FAILED)
    if mail.message_id is not None:
        _tell(mail, mail.message_id, at)
    return mail


def _tell(mail: OutboundMail, message_id: int, at: datetime) -> None:
    message = Message.objects.select_related("ticket__assignee", "author").get(pk=message_id)
    ticket, author = message.ticket, message.author
    told = [author.pk] if author and author.is_active else [ticket.assignee.user_id] if ticket.assignee else []
    key = f"unsent:{mail.pk}:{mail.internet_id[1:9]}:{at:%Y%m%d%H%M%S}"
    notify(user_ids=told, ticket=ticket, kind=NotificationKind.UNSENT, key=key, at=at)
