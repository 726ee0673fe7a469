import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice, pairwise
from typing import Any, NamedTuple

from django.db.models import Q

from analytics.models import ScoreSnapshot
from customers.models import Customer, Interaction, Order, User
from services.models import SatisfactionRating, Ticket


class Place(NamedTuple):
    """Where an entry stands on a timeline; later places come first."""

    at: datetime
    type: str
    id: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened: `type` and `id` name the row behind it."""

    at: datetime
    type: str
    id: int
    title: str
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(self.at, self.type, self.id)


def timeline(
    customer: Customer, *, user: User, before: Place | None = None, limit: int = 50
) -> tuple[list[Entry], Place | None]:
    """Everything about a customer that `user` may see, newest first: at most `limit` entries after the place `before`,
    and the place to go on from (None: that was all).

    One query a source, each of at most `limit` + 1 rows by an index, however much there is."""
    sources = [source for source in SOURCES if user.has_perm(source.permission)]
    pages = [source.read(customer, user, before, limit + 1) for source in sources]
    merged = heapq.merge(*pages, key=lambda entry: entry.place, reverse=True)
    entries = list(islice(merged, limit + 1))
    shown = entries[:limit]
    return shown, shown[-1].place if len(entries) > limit and shown else None


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of entry: whose rows, when they happened, and what is shown of them."""

    type: str
    permission: str
    rows: Callable[[Customer, User], Any]
    time: str
    entries: Callable[["Source", Iterable[Any]], Iterator[Entry]]

    def read(self, customer: Customer, user: User, before: Place | None, count: int) -> list[Entry]:
        """The newest `count` entries after a place."""
        rows = self.rows(customer, user).filter(**{f"{self.time}__isnull": False})
        if before is not None:
            rows = rows.filter(self._after(before))
        # One more row than asked for: the change of a score is told by the row before it.
        newest = list(rows.order_by(f"-{self.time}", "-pk")[: count + 1])
        return list(islice(self.entries(self, newest), count))

    def _after(self, before: Place) -> Q:
        if self.type > before.type:
            return Q(**{f"{self.time}__lt": before.at})
        earlier = Q(**{f"{self.time}__lte": before.at})
        if self.type < before.type:
            return earlier
        return earlier & (Q(**{f"{self.time}__lt": before.at}) | Q(pk__lt=before.id))

    def entry(self, row: Any, title: str, **detail: Any) -> Entry:
        """An entry about one row."""
        return Entry(getattr(row, self.time), self.type, row.pk, title, detail)


def _tickets(customer: Customer, user: User) -> Any:
    # No condition on the requester where there can be none: it keeps the index of the timeline in use.
    mine = Q(customer=customer) if customer.kind == "organisation" else Q(customer=customer) | Q(requester=customer)
    return Ticket.objects.visible_to(user).filter(mine)


def _of(model: Any) -> Callable[[Customer, User], Any]:
    return lambda customer, user: model.objects.visible_to(user).filter(customer=customer)


def _opened(source: Source, tickets: Iterable[Ticket]) -> Iterator[Entry]:
    for row in tickets:
        yield source.entry(
            row, row.subject, number=row.number, status=row.status, channel=row.channel, priority=row.priority
        )


def _solved(source: Source, tickets: Iterable[Ticket]) -> Iterator[Entry]:
    for row in tickets:
        late = row.resolution_breached_at is not None
        yield source.entry(row, row.subject, number=row.number, seconds=row.resolution_seconds, late=late)


def _orders(source: Source, orders: Iterable[Order]) -> Iterator[Entry]:
    for row in orders:
        yield source.entry(row, row.number, status=row.status, total=str(row.total), currency=row.currency)


def _interactions(source: Source, interactions: Iterable[Interaction]) -> Iterator[Entry]:
    for row in interactions:
        yield source.entry(row, row.subject, kind=row.kind, direction=row.direction)


def _ratings(source: Source, ratings: Iterable[SatisfactionRating]) -> Iterator[Entry]:
    for row in ratings:
        yield source.entry(
            row,
            str(row),
            scale=row.scale,
            value=row.value,
            comment=row.comment,
            ticket=row.ticket_id,
            order=row.order_id,
        )


def _scores(source: Source, snapshots: Iterable[ScoreSnapshot]) -> Iterator[Entry]:
    for row, older in pairwise([*snapshots, None]):
        if row is not None:
            change = None if older is None else row.score - older.score
            yield source.entry(row, str(row), score=row.score, change=change, low_evidence=row.low_evidence)


SOURCES = (
    Source("interaction", "customers.view_interaction", _of(Interaction), "at", _interactions),
    Source("order", "customers.view_order", _of(Order), "ordered_at", _orders),
    Source("rating", "services.view_satisfactionrating", _of(SatisfactionRating), "at", _ratings),
    Source("score", "analytics.view_scoresnapshot", _of(ScoreSnapshot), "as_of", _scores),
    Source("ticket_opened", "services.view_ticket", _tickets, "created_at", _opened),
    Source("ticket_solved", "services.view_ticket", _tickets, "solved_at", _solved),
)
