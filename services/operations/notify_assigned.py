from datetime import datetime

from customers.models import User
from services.choices import NotificationKind
from services.models import Agent, Notification, TicketEvent


def notify_assigned(*, event: TicketEvent, to: Agent, by: User | None, at: datetime) -> Notification | None:
    """Tell an agent that a ticket was given to them, once for each such event. Who takes a ticket knows it."""
    if by is not None and by.pk == to.user_id:
        return None
    row, _made = Notification.objects.get_or_create(
        key=f"assigned:{event.pk}",
        defaults={"user_id": to.user_id, "ticket_id": event.ticket_id, "kind": NotificationKind.ASSIGNED, "at": at},
    )
    return row
