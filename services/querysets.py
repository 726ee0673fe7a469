"""Queries that read aloud, each under `visible_to(user)`."""

from __future__ import annotations

from datetime import datetime
from typing import Self, TypeVar

from django.db.models import Model, Q

from customers.querysets import ScopedQuerySet
from services.choices import UNSOLVED

Row = TypeVar("Row", bound=Model, covariant=True)


class TicketQuerySet(ScopedQuerySet[Row]):
    """A ticket is seen by its team (its queue's team when it was opened) and by its assignee."""

    owner_path = "assignee__user"

    def unsolved(self) -> Self:
        return self.filter(status__in=UNSOLVED)

    def unassigned(self) -> Self:
        return self.filter(assignee=None)

    def breached(self, *, at: datetime) -> Self:
        """Tickets that missed a target: recorded, or due and not done by `at`."""
        late_reply = Q(first_replied_at=None, first_reply_due_at__lt=at)
        late_solution = Q(status__in=UNSOLVED, resolution_due_at__lt=at)
        recorded = Q(first_reply_breached_at__isnull=False) | Q(resolution_breached_at__isnull=False)
        return self.filter(recorded | late_reply | late_solution)

    def breaching(self, *, at: datetime) -> Self:
        """Unsolved tickets that are late now."""
        return self.unsolved().filter(Q(first_replied_at=None, first_reply_due_at__lt=at) | Q(resolution_due_at__lt=at))


class OfTicketQuerySet(ScopedQuerySet[Row]):
    """Rows that belong to a ticket and are seen by whoever sees the ticket."""

    team_path = "ticket__team"
    owner_path = "ticket__assignee__user"
