from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q

from services.models import Ticket
from services.querysets import due_between, late_at

SOON = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Unsolved tickets, and which of them press."""

    open: int
    mine: int
    unassigned: int
    late: int
    soon: int


def count_waiting(*, user: Any, at: datetime) -> Waiting:
    """What waits for somebody, of the tickets in the user's sight. One query."""
    numbers = (
        Ticket.objects.visible_to(user)
        .unsolved()
        .aggregate(
            open=Count("pk"),
            mine=Count("pk", filter=Q(assignee__user=user)),
            unassigned=Count("pk", filter=Q(assignee=None)),
            late=Count("pk", filter=late_at(at)),
            soon=Count("pk", filter=due_between(at, at + SOON)),
        )
    )
    return Waiting(**numbers)
