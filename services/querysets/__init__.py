"""Queries that read aloud, each under `visible_to(user)`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, Q

from customers.audit.rows import AuditedQuerySet
from customers.querysets import OpenCatalogueQuerySet, ScopedQuerySet
from services.querysets.tickets import SEARCHED, TicketQuerySet, due_between, late_at
from services.querysets.words import MessageQuerySet, OfTicketQuerySet, TicketWordsQuerySet

if TYPE_CHECKING:
    from customers.models import User

__all__ = [
    "SEARCHED",
    "AgentQuerySet",
    "CallQuerySet",
    "DeskViewQuerySet",
    "InboundMailQuerySet",
    "MacroQuerySet",
    "MessageQuerySet",
    "NotificationQuerySet",
    "OfMessageQuerySet",
    "OfTicketQuerySet",
    "OutboundMailQuerySet",
    "OwnOfTicketQuerySet",
    "PresenceQuerySet",
    "SubmissionQuerySet",
    "TicketLinkQuerySet",
    "TicketMergeQuerySet",
    "TicketQuerySet",
    "TicketWordsQuerySet",
    "due_between",
    "late_at",
]

# Of whom nothing was heard for so long, nobody says that they are there.
FORGOTTEN_AFTER = timedelta(seconds=60)

Row = TypeVar("Row", bound=Model, covariant=True)


class PresenceQuerySet(OfTicketQuerySet[Row]):
    """Who looks at a ticket is seen by whoever sees the ticket."""

    def here(self, *, at: datetime) -> Self:
        """Those of whom something was heard just now."""
        return self.filter(seen_at__gte=at - FORGOTTEN_AFTER)


class OwnOfTicketQuerySet(ScopedQuerySet[Row]):
    """A user's own rows about tickets that they may see."""

    team_path = "ticket__team"
    owner_path = "ticket__assignee__user"

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The user's own rows, while the ticket is in sight."""
        return super().visible_to(user).filter(user=user.pk)


class OutboundMailQuerySet(ScopedQuerySet[Row]):
    """Mail about a ticket is seen by whoever sees the ticket; to a customer, by whoever sees the customer; to a
    colleague, by them."""

    def scope_of(self, user: User) -> Q:
        """The condition behind `visible_to` for a user with limited sight."""
        of_ticket = Q(message__ticket__team__in=user.team_ids) | Q(message__ticket__assignee__user=user.pk)
        of_customer = Q(customer__team__in=user.team_ids) | Q(customer__owner=user.pk)
        return of_ticket | (Q(message=None) & of_customer) | Q(user=user.pk)


class InboundMailQuerySet(ScopedQuerySet[Row]):
    """Mail that became part of a ticket is seen by whoever sees the ticket; other mail by the team of its mailbox."""

    def scope_of(self, user: User) -> Q:
        """The condition behind `visible_to` for a user with limited sight."""
        of_message = Q(message__ticket__team__in=user.team_ids) | Q(message__ticket__assignee__user=user.pk)
        of_ticket = Q(ticket__team__in=user.team_ids) | Q(ticket__assignee__user=user.pk)
        of_mailbox = Q(mailbox__queue__team__in=user.team_ids)
        return of_message | (Q(message=None) & of_ticket) | (Q(message=None, ticket=None) & of_mailbox)


class SubmissionQuerySet(ScopedQuerySet[Row]):
    """What came in by a web form is seen by the team of its queue, and by whoever looks after the customer."""

    team_path = "form__queue__team"
    owner_path = "customer__owner"


class OfMessageQuerySet(ScopedQuerySet[Row]):
    """What hangs on a message is seen by whoever sees its ticket."""

    team_path = "message__ticket__team"
    owner_path = "message__ticket__assignee__user"


class NotificationQuerySet(OwnOfTicketQuerySet[Row]):
    """What a user was told: of tickets while they are in sight, and of what is no ticket."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The user's own, while the ticket is in sight."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        own = self.filter(user=user.pk)
        return own if user.sees_all_teams else own.filter(Q(ticket=None) | self.scope_of(user))


class CallQuerySet(ScopedQuerySet[Row]):
    """A call is seen by whoever sees the customer, and by the agent whom it rang."""

    team_path = "customer__team"
    owner_path = "customer__owner"

    def scope_of(self, user: User) -> Q:
        """As above."""
        return super().scope_of(user) | Q(agent__user=user.pk)


class TicketLinkQuerySet(ScopedQuerySet[Row]):
    """A link is seen by whoever sees the first ticket; whether the second may be shown is asked of it."""

    team_path = "from_ticket__team"
    owner_path = "from_ticket__assignee__user"


class TicketMergeQuerySet(ScopedQuerySet[Row]):
    """A merge is seen by whoever sees the ticket that was kept."""

    team_path = "kept__team"
    owner_path = "kept__assignee__user"


class MacroQuerySet(AuditedQuerySet[Row]):
    """Everybody's macros, those of one's teams, and one's own."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """What this user may use; whoever sees all teams has those of all."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        of_team = Q() if user.sees_all_teams else Q(team=None) | Q(team__in=user.team_ids)
        return self.filter(of_team, Q(owner=None) | Q(owner=user.pk))


class DeskViewQuerySet(AuditedQuerySet[Row]):
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
