"""Queries that read aloud, each under `visible_to(user)`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, Q, QuerySet

from customers.querysets import OpenCatalogueQuerySet, ScopedQuerySet
from services.choices import UNSOLVED

if TYPE_CHECKING:
    from customers.models import User

Row = TypeVar("Row", bound=Model, covariant=True)


def due_between(since: datetime, until: datetime) -> Q:
    """Of unsolved tickets: those of which a target is due in this time."""
    span = (since, until)
    replies = Q(first_replied_at=None, first_reply_due_at__range=span) | Q(next_reply_due_at__range=span)
    return replies | Q(resolution_due_at__range=span)


def late_at(at: datetime) -> Q:
    """Of unsolved tickets: those that are late at this moment."""
    replies = Q(first_replied_at=None, first_reply_due_at__lt=at) | Q(next_reply_due_at__lt=at)
    return replies | Q(resolution_due_at__lt=at)


class TicketQuerySet(ScopedQuerySet[Row]):
    """A ticket is seen by its team (its queue's team when it was opened) and by its assignee."""

    owner_path = "assignee__user"

    def unsolved(self) -> Self:
        return self.filter(status__in=UNSOLVED)

    def unassigned(self) -> Self:
        return self.filter(assignee=None)

    def breached(self, *, at: datetime) -> Self:
        """Tickets that missed a target: recorded, or due and not done by `at`."""
        unanswered = Q(first_replied_at=None, first_reply_due_at__lt=at)
        recorded = (
            Q(first_reply_breached_at__isnull=False)
            | Q(next_reply_breached_at__isnull=False)
            | Q(resolution_breached_at__isnull=False)
        )
        return self.filter(recorded | unanswered | (Q(status__in=UNSOLVED) & late_at(at)))

    def breaching(self, *, at: datetime) -> Self:
        """Unsolved tickets that are late now."""
        return self.unsolved().filter(late_at(at))

    def due_soon(self, *, at: datetime, until: datetime) -> Self:
        """Unsolved tickets of which a target is due between now and then."""
        return self.unsolved().filter(due_between(at, until))


class OfTicketQuerySet(ScopedQuerySet[Row]):
    """Rows that belong to a ticket and are seen by whoever sees the ticket."""

    team_path = "ticket__team"
    owner_path = "ticket__assignee__user"


class OwnOfTicketQuerySet(ScopedQuerySet[Row]):
    """A user's own rows about tickets that they may see."""

    team_path = "ticket__team"
    owner_path = "ticket__assignee__user"

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The user's own rows, while the ticket is in sight."""
        return super().visible_to(user).filter(user=user.pk)


class TicketLinkQuerySet(ScopedQuerySet[Row]):
    """A link is seen by whoever sees the first ticket; whether the second may be shown is asked of it."""

    team_path = "from_ticket__team"
    owner_path = "from_ticket__assignee__user"


class TicketMergeQuerySet(ScopedQuerySet[Row]):
    """A merge is seen by whoever sees the ticket that was kept."""

    team_path = "kept__team"
    owner_path = "kept__assignee__user"


class MacroQuerySet(QuerySet[Row]):
    """Everybody's macros, those of one's teams, and one's own."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """What this user may use; whoever sees all teams has those of all."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        of_team = Q() if user.sees_all_teams else Q(team=None) | Q(team__in=user.team_ids)
        return self.filter(of_team, Q(owner=None) | Q(owner=user.pk))


class DeskViewQuerySet(QuerySet[Row]):
    """Everybody's views, and one's own."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """What this user finds on the desk."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(Q(owner=None) | Q(owner=user.pk))


class AgentQuerySet(OpenCatalogueQuerySet[Row]):
    """Agents are known to all colleagues."""

    def away(self, *, at: datetime) -> Self:
        """Those who are away at a moment, as Agent.is_away has it."""
        has_begun = Q(away_from=None) | Q(away_from__lte=at)
        not_over = Q(away_until=None) | Q(away_until__gt=at)
        return self.filter(has_begun, not_over).exclude(away_from=None, away_until=None)
