"""Queries that read aloud, each under `visible_to(user)`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import EmptyResultSet
from django.db import connections, transaction
from django.db.models import F, Model, Q, QuerySet, Subquery

from customers.querysets import FEWEST_DIGITS, MOST_REACHED, OpenCatalogueQuerySet, ScopedQuerySet
from services.choices import UNSOLVED
from services.folding import as_many_as_fit, words_of, words_sought
from services.word_parts import InParts, found_by_key, newest_keys, question_for

if TYPE_CHECKING:
    from customers.models import User

# Of whom nothing was heard for so long, nobody says that they are there.
FORGOTTEN_AFTER = timedelta(seconds=60)

Row = TypeVar("Row", bound=Model, covariant=True)

# Columns of a ticket that it is found by.
SEARCHED = {"number", "subject"}
TICKETS_AT_ONCE = 500
# A list is merged from so many at most.
MOST_MERGED = 8


def _rows(name: str) -> Any:
    return apps.get_model("services", name)._default_manager.all()


def _ticket_words() -> TicketWordsQuerySet[Any]:
    return cast("TicketWordsQuerySet[Any]", _rows("TicketWords"))


def _tickets_of(messages: Any) -> set[int]:
    return {*messages.order_by().values_list("ticket_id", flat=True).distinct()}


def _agent_of(user: User) -> Subquery:
    agents: Any = _rows("Agent").filter(user=user.pk).values("pk")[:1]
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
            keys = list(_rows("Ticket").filter(number__in={number, number.upper()}).values_list("pk", flat=True))
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
            _ticket_words().follow(keys)
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


class OfTicketQuerySet(ScopedQuerySet[Row]):
    """Rows that belong to a ticket and are seen by whoever sees the ticket."""

    team_path = "ticket__team"
    owner_path = "ticket__assignee__user"


class MessageQuerySet(OfTicketQuerySet[Row]):
    """What was said. Whichever way messages are written, what their tickets are found by follows."""

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        """As ever; their tickets gain their words."""
        objs = list(objs)
        if not objs:
            return objs
        with transaction.atomic(using=self.db):
            rows = super().bulk_create(objs, *args, **kwargs)
            _ticket_words().gain(rows)
        return rows

    def update(self, **values: Any) -> int:
        """As ever; tickets that gave or took messages are looked through again."""
        if not {"ticket", "ticket_id", "body"} & values.keys():
            return super().update(**values)
        with transaction.atomic(using=self.db):
            keys = list(self.order_by().values_list("pk", flat=True))
            tickets = _tickets_of(self)
            changed = super().update(**values)
            _ticket_words().follow(tickets | _tickets_of(self.model._default_manager.filter(pk__in=keys)))
        return changed

    update.alters_data = True  # type: ignore[attr-defined]

    def delete(self) -> tuple[int, dict[str, int]]:
        """As ever; their tickets lose their words."""
        with transaction.atomic(using=self.db):
            tickets = _tickets_of(self)
            deleted = super().delete()
            _ticket_words().follow(tickets)
        return deleted

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]


class TicketWordsQuerySet(OfTicketQuerySet[Row]):
    """The words by which tickets are found."""

    def follow(self, tickets: Iterable[int]) -> None:
        """Look these tickets through again: number, subject and every message."""
        keys = sorted(set(tickets))
        for start in range(0, len(keys), TICKETS_AT_ONCE):
            self._follow(keys[start : start + TICKETS_AT_ONCE])

    def gain(self, messages: Sequence[Any]) -> None:
        """Add the words of new messages; a ticket that has none yet is looked through."""
        said: dict[int, set[str]] = defaultdict(set)
        for message in messages:
            said[message.ticket_id] |= words_of(message.body)
        rows: dict[int, Any] = {
            row.pk: row for row in self.filter(pk__in=said).select_for_update().order_by("pk") if said
        }
        changed = [row for pk, row in rows.items() if said[pk] - set(row.words)]
        for row in changed:
            row.words = as_many_as_fit(said[row.pk] | set(row.words))
        self._write(changed)
        self.follow(said.keys() - rows.keys())

    def follow_new(self, tickets: Iterable[int]) -> None:
        """Look those of these tickets through that were not yet."""
        keys = set(tickets)
        if keys:
            self.follow(keys - {*self.filter(pk__in=keys).values_list("pk", flat=True)})

    def _follow(self, keys: list[int]) -> None:
        texts: dict[int, set[str]] = {}
        for pk, number, subject in _rows("Ticket").filter(pk__in=keys).values_list("pk", "number", "subject"):
            texts[pk] = words_of(f"{number} {subject}")
        said = _rows("Message").filter(ticket__in=keys).order_by().values_list("ticket_id", "body")
        for pk, body in said.iterator(chunk_size=1000):
            texts[pk] |= words_of(body)
        self._write([self.model(pk=pk, words=as_many_as_fit(words)) for pk, words in texts.items()])

    def _write(self, rows: list[Any]) -> None:
        """Insert or replace."""
        features: Any = connections[self.db].features
        unique = ["ticket"] if features.supports_update_conflicts_with_target else None
        self.bulk_create(
            rows, update_conflicts=True, update_fields=["words"], unique_fields=unique, batch_size=TICKETS_AT_ONCE
        )


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
