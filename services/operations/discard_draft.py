from customers.models import User
from services.choices import MessageKind
from services.models import Draft, Ticket


def discard_draft(*, ticket: Ticket, user: User, kind: MessageKind) -> None:
    """Forget what somebody has typed. Nothing there is no error."""
    Draft.objects.filter(ticket=ticket, user=user, kind=kind).delete()
