"""What stands on a timeline: one source for each kind of entry, with the rows behind it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import pgettext

from analytics.models import Event, ScoreSnapshot
from customers.choices import ConsentChannel, ConsentPurpose
from customers.models import Consent, Customer, Interaction, Merge, Order, Relation, User
from customers.sql.united import Part, columns, moment
from services.choices import RatingScale
from services.models import SatisfactionRating, Ticket

Row = dict[str, Any]


class Place(NamedTuple):
    """Where an entry stands on a timeline; later places come first."""

    at: datetime
    type: str
    id: int | str


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened: `type` and `id` name the row behind it."""

    at: datetime
    type: str
    id: int | str  # of an event a UUID
    title: str
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(self.at, self.type, self.id)


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose timeline it is, who looks at it, and what day it is."""

    customer: Customer
    user: User
    today: date

    def of(self, model: Any) -> Any:
        """The customer's rows of a model that the user may see."""
        return model.objects.visible_to(self.user).filter(customer=self.customer)


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of entry: whose rows, when they happened, what is read of them and how it is told."""

    type: str
    permission: str
    rows: Callable[[Whose], Any]
    time: str
    columns: Mapping[str, Any]
    tell: Callable[[Row, Whose], tuple[str, dict[str, Any]]]
    # The column of the time holds a day: such an entry stands at its beginning in TIME_ZONE.
    is_day: bool = False

    def part(self, whose: Whose, before: Place | None, count: int) -> Part:
        """The newest rows after a place; one more than asked for, since the row before a score tells its change."""
        rows = self.rows(whose).filter(**{f"{self.time}__isnull": False})
        if before is not None:
            rows = rows.filter(self._after(before))
        columns = {"id": F("pk"), "at": F(self.time), **self.columns}
        return Part(rows.order_by(f"-{self.time}", "-pk"), count + 1, columns)

    def entries(self, rows: Iterable[Row], whose: Whose) -> Iterator[Entry]:
        """The rows as entries, newest first."""
        newest = sorted(((self._moment(row["at"]), row["id"], row) for row in rows), key=lambda r: r[:2], reverse=True)
        for (at, pk, row), older in pairwise([*newest, None]):  # type: ignore[misc]
            title, detail = self.tell({**row, "older": older and older[2]}, whose)
            yield Entry(at, self.type, pk, title, detail)

    def _moment(self, text: str) -> datetime:
        if self.is_day:
            return beginning_of(date.fromisoformat(text[:10]))
        return moment(text) or datetime.min

    def _after(self, before: Place) -> Q:
        at: date | datetime = before.at
        earlier_only = self.type > before.type
        if self.is_day:
            at = before.at.astimezone(timezone.get_default_timezone()).date()
            if beginning_of(at) < before.at:  # entries of this day stand before the place, whatever their type
                return Q(**{f"{self.time}__lte": at})
        if earlier_only:
            return Q(**{f"{self.time}__lt": at})
        earlier = Q(**{f"{self.time}__lte": at})
        if self.type < before.type:
            return earlier
        return earlier & (Q(**{f"{self.time}__lt": at}) | Q(pk__lt=before.id))


def beginning_of(day: date) -> datetime:
    """The first moment of a day in TIME_ZONE."""
    return timezone.make_aware(datetime.combine(day, time()), timezone.get_default_timezone())


def _requested(whose: Whose) -> Any:
    """What a person asked for another; apart from their own tickets, so that each source follows its own index."""
    asked = Ticket.objects.visible_to(whose.user).filter(requester=whose.customer)
    return asked.none() if whose.customer.kind == "organisation" else asked.exclude(customer=whose.customer)


def _relations(whose: Whose) -> Any:
    return Relation.objects.visible_to(whose.user).of(whose.customer.pk)


def _told(*names: str) -> Callable[[Row, Whose], tuple[str, dict[str, Any]]]:
    """The title, and columns as they are."""
    return lambda row, whose: (row["title"], {name: row[name] for name in names})


def _order(row: Row, whose: Whose) -> tuple[str, dict[str, Any]]:
    total = f"{Decimal(str(row['total'])):.2f}"
    return row["title"], {"status": row["status"], "total": total, "currency": row["currency"]}


def _rating(row: Row, whose: Whose) -> tuple[str, dict[str, Any]]:
    names = ("scale", "value", "comment", "ticket", "order")
    return f"{RatingScale(row['scale']).label}: {row['value']}", {name: row[name] for name in names}


def _score(row: Row, whose: Whose) -> tuple[str, dict[str, Any]]:
    older = row["older"]
    change = None if older is None else row["score"] - older["score"]
    return f"{row['score']:.1f}", {
        "score": row["score"],
        "change": change,
        "low_evidence": bool(row["low_evidence"]),
    }


def _solved(row: Row, whose: Whose) -> tuple[str, dict[str, Any]]:
    return row["title"], {"number": row["number"], "seconds": row["seconds"], "late": row["breached"] is not None}


def _consent(row: Row, whose: Whose) -> tuple[str, dict[str, Any]]:
    names = ("purpose", "channel", "is_given", "source", "text_version")
    title = f"{ConsentPurpose(row['purpose']).label} · {ConsentChannel(row['channel']).label}"
    return title, {name: row[name] for name in names} | {"is_given": bool(row["is_given"])}


def _relation(row: Row, whose: Whose) -> tuple[str, dict[str, Any]]:
    is_from_here = row["start"] == whose.customer.pk
    verb = pgettext("relation type", row["name"] if is_from_here else row["inverse"])
    other, name = (row["end"], row["end_name"]) if is_from_here else (row["start"], row["start_name"])
    return f"{verb} {name or ''}".strip(), {"verb": verb, "customer": other, "name": name or "", "role": row["role"]}


def _merge(row: Row, whose: Whose) -> tuple[str, dict[str, Any]]:
    return row["title"], {"customer": row["gone"], "undone": row["undone"] is not None}


_OPENED = columns("number", "status", "channel", "priority", title="subject")
_SOLVED = columns("number", title="subject", seconds="resolution_seconds", breached="resolution_breached_at")
_ENDS = columns(
    "role",
    name="type__name",
    inverse="type__inverse_name",
    start="from_customer",
    start_name="from_customer__name",
    end="to_customer",
    end_name="to_customer__name",
)
_opened = _told("number", "status", "channel", "priority")

EVENT = "event"
SOURCES = (
    Source(
        "consent",
        "customers.view_consent",
        lambda whose: whose.of(Consent),
        "at",
        columns("purpose", "channel", "is_given", "source", "text_version"),
        _consent,
    ),
    Source(
        EVENT,
        "analytics.view_event",
        lambda whose: Event.objects.visible_to(whose.user).filter(identity__customer=whose.customer),
        "at",
        columns(title="name__name", source="source__name", kind="identity__kind"),
        _told("source", "kind"),
    ),
    Source(
        "interaction",
        "customers.view_interaction",
        lambda whose: whose.of(Interaction),
        "at",
        columns("kind", "direction", title="subject"),
        _told("kind", "direction"),
    ),
    Source(
        "merge",
        "customers.view_merge",
        lambda whose: Merge.objects.visible_to(whose.user).filter(kept=whose.customer),
        "at",
        columns("gone", title="gone__name", undone="undone_at"),
        _merge,
    ),
    Source(
        "order",
        "customers.view_order",
        lambda whose: whose.of(Order),
        "ordered_at",
        columns("status", "total", "currency", title="number"),
        _order,
    ),
    Source(
        "rating",
        "services.view_satisfactionrating",
        lambda whose: whose.of(SatisfactionRating),
        "at",
        columns("scale", "value", "comment", "ticket", "order"),
        _rating,
    ),
    Source(
        "relation_began",
        "customers.view_relation",
        lambda whose: _relations(whose).filter(since__lte=whose.today),
        "since",
        _ENDS,
        _relation,
        is_day=True,
    ),
    Source(
        "relation_ended",
        "customers.view_relation",
        lambda whose: _relations(whose).filter(until__lt=whose.today),
        "until",
        _ENDS,
        _relation,
        is_day=True,
    ),
    Source(
        "score",
        "analytics.view_scoresnapshot",
        lambda whose: whose.of(ScoreSnapshot),
        "as_of",
        columns("score", "low_evidence"),
        _score,
    ),
    Source("ticket_opened", "services.view_ticket", lambda whose: whose.of(Ticket), "created_at", _OPENED, _opened),
    Source("ticket_opened", "services.view_ticket", _requested, "created_at", _OPENED, _opened),
    Source("ticket_solved", "services.view_ticket", lambda whose: whose.of(Ticket), "solved_at", _SOLVED, _solved),
    Source("ticket_solved", "services.view_ticket", _requested, "solved_at", _SOLVED, _solved),
)
TYPES = tuple(dict.fromkeys(source.type for source in SOURCES))
# What is told where nobody asks for a type: behaviour events are so many that nothing else would be seen.
USUAL_TYPES = tuple(type for type in TYPES if type != EVENT)
