from django.db import transaction

from customers.models import Team
from services.models import Calendar, Queue


@transaction.atomic
def ensure_queue(*, name: str, team: Team, typical_reply_seconds: int | None = None) -> Queue:
    """The queue of this name; made, with the first calendar, where it is missing.

    `typical_reply_seconds` (business time) is set on making only: it is a frozen reference of scores."""
    calendar = Calendar.objects.order_by("pk")[0]
    typical = {} if typical_reply_seconds is None else {"typical_reply_seconds": typical_reply_seconds}
    queue, _ = Queue.objects.get_or_create(name=name, defaults={"team": team, "calendar": calendar, **typical})
    return queue
