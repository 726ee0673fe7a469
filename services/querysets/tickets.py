"""Tickets: who sees them, how they are found, how a page of a long list is reached."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import EmptyResultSet
from django.db import connections, transaction
from django.db.models import F, Model, Q, Subquery

from customers.querysets import FEWEST_DIGITS, MOST_REACHED, ScopedQuerySet
from services.choices import UNSOLVED
from services.folding import words_sought
from services.querysets.word_parts import InParts, found_by_key, newest_keys, question_for
from services.querysets.words import rows_of, ticket_words

if TYPE_CHECKING:
    from customers.models import User

Row = TypeVar("Row", bound=Model, covariant=True)

# Columns of a ticket that it is found by.
SEARCHED = {"number", "subject"}
# A list is merged from so many at most.
MOST_MERGED = 8


def _agent_of(user: User) -> Subquery:
    agents: Any = rows_of("Agent").filter(user=user.pk).values("pk")[:1]
    return Subquery(agents)


def _reached_at(text: str) -> list[int]:
    """The customers whom a whole e-mail address or phone number reaches; none for any other text."""
    if "@" not in text and sum(c.isdigit() for c in text) < FEWEST_DIGITS:
        return []
    customers: Any = apps.get_model("customers", "Customer")._default_manager.all()
    reached: list[int] = customers.reached_by(text)
    return reached


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

    # What the rows were before they were narrowed to a user's sight, its parts, and the condition that stands for it.
    _sight: tuple[Any, list[Q], Any] | None = None

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]
        clone._sight = self._sight
        return clone

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The rows that this user may see."""
        rows = super().visible_to(user)
        if rows is not self and user.is_authenticated and user.is_active:
            of_user = Q(assignee=_agent_of(user))
            parts = [Q(team=team) for team in user.team_ids]
            rows._sight = self, [*parts, of_user & ~Q(team__in=user.team_ids)], rows.query.where.clone()
        return rows

    def scope_of(self, user: User) -> Q:
        """By keys of this table alone, which one index holds: a join would be made for every row that is skipped."""
        return Q(team__in=user.team_ids) | Q(assignee=_agent_of(user))

    def keys_query(self, first: int, end: int) -> Any:
        """The keys of the rows from `first` to `end`, as a query. What a user sees of all tickets, newest first, is
        merged on PostgreSQL from the lists of the teams and of the user, each counted off in its own index."""
        if self._sight is None or not self._is_newest_first() or connections[self.db].vendor != "postgresql":
            return self.values("pk")[first:end]
        everything, parts, where = self._sight
        if self.query.where != where or everything.query.where or not 1 < len(parts) <= MOST_MERGED:
            return self.values("pk")[first:end]
        lists = [everything.filter(part).order_by("-pk").values("pk")[:end] for part in parts]
        return lists[0].union(*lists[1:], all=True).order_by("-pk")[first:end]

    def search(self, text: str) -> Self:
        """Tickets whose number, subject and messages have a word for every word of `text` that begins with it (of
        Chinese: hold every part of it); or whose customer is reached at exactly this e-mail or phone."""
        if not text.strip():
            return self
        number = text.strip()
        if "-" in number and any(c.isdigit() for c in number):  # a whole number is quicker found by itself
            keys = list(rows_of("Ticket").filter(number__in={number, number.upper()}).values_list("pk", flat=True))
            if keys:
                return self.filter(pk__in=keys)
        sought = words_sought(text)
        found = self._with_words(sought) if sought else self.none()
        reached = _reached_at(text)
        if not reached:
            return found
        # Keys, not conditions: with OR the database could use no index. Of both there are few.
        of_them = self.filter(Q(customer__in=reached) | Q(requester__in=reached)).order_by("-pk")
        both = {*of_them.values_list("pk", flat=True)[:MOST_REACHED]}
        both |= {*found.order_by("-pk").keys_between(0, MOST_REACHED)}
        return self.filter(pk__in=both)

    def _with_words(self, sought: list[str]) -> Self:
        question = question_for(sought, using=self.db) if connections[self.db].vendor == "postgresql" else None
        if question is None:
            return self.filter(text__words__begin=sought)
        return self.filter(InParts(F("pk"), question))

    def keys_between(self, first: int, end: int) -> list[int]:
        """The keys of the rows from `first` to `end`, in order. A search for the newest reads no further than that."""
        keys = self._newest_keys(first, end)
        return [*self.values_list("pk", flat=True)[first:end]] if keys is None else keys

    def rows_between(self, first: int, end: int) -> list[Row]:
        """The same with the rows."""
        keys = self._newest_keys(first, end)
        return [*self[first:end]] if keys is None else [*found_by_key(self, keys)]

    def _newest_keys(self, first: int, end: int) -> list[int] | None:
        if not self._is_newest_first():
            return None
        try:
            return newest_keys(self, first, end)
        except EmptyResultSet:
            return []

    def _is_newest_first(self) -> bool:
        query = self.query
        order: Any = query.order_by or (self.model._meta.ordering if query.default_ordering else ())
        return query.standard_ordering and [*order][:1] in (["-pk"], ["-id"])

    def update(self, **values: Any) -> int:
        """As ever; what a ticket is found by follows."""
        if not SEARCHED & values.keys():
            return super().update(**values)
        with transaction.atomic(using=self.db):
            keys = list(self.order_by().values_list("pk", flat=True))
            changed = super().update(**values)
            ticket_words().follow(keys)
        return changed

    update.alters_data = True  # type: ignore[attr-defined]

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
