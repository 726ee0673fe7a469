"""What stands beside the conversation of a ticket, read in one query: terms, ratings, ties, time, who may get it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self

from django.db.models import Subquery, Sum

from customers.models import User
from customers.sql.united import Part, columns, moment, united
from services.admin.rating_question import was_solved
from services.admin.ticket_forms import agents_for
from services.choices import EventKind
from services.models import (
    Agent,
    Holiday,
    Queue,
    RatingRequest,
    SatisfactionRating,
    SLATarget,
    Ticket,
    TicketEvent,
    TicketLink,
    TicketMerge,
    TimeEntry,
)
from services.operations.sla_terms import Terms, hours_of, make_terms
from services.operations.ticket_change import FINAL

TYING = {EventKind.LINKED, EventKind.UNLINKED, EventKind.SPLIT, EventKind.MERGED, EventKind.UNMERGED}
TIMING = {EventKind.TIME_SPENT, EventKind.MERGED, EventKind.UNMERGED}
# More than any desk has: a ticket with a thousand parts, a team of a thousand agents.
MOST = 1000
MOST_DAYS = 100_000
ENTRIES_SHOWN = 10
TARGETS = ("first_reply_minutes", "next_reply_minutes", "resolution_minutes")
OF_TICKET = ("id", "number", "subject", "status")

Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link as this ticket has it: to `other`, or from it (`inverse`)."""

    pk: int
    kind: str
    other: Ticket
    inverse: bool


@dataclass(frozen=True, slots=True)
class MergeRow:
    """A ticket that went into this one."""

    pk: int
    gone: Ticket
    at: datetime | None


@dataclass(frozen=True, slots=True)
class TimeRow:
    """Time that somebody put down."""

    minutes: int
    note: str
    who: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Beside:
    """Everything short that the page says of a ticket, as far as the user may see it."""

    terms: Terms
    ratings: list[SatisfactionRating]
    asked: RatingRequest | None
    links: list[LinkRow]
    children: list[Ticket]
    above: dict[int, Ticket]  # the parent and what it was merged into, by key
    merges: list[MergeRow]
    entries: list[TimeRow]
    minutes: int
    agents: list[tuple[int, str]]
    queues: list[tuple[int, str]]
    is_agent: bool

    @classmethod
    def of(cls, ticket: Ticket, user: User, events: list[TicketEvent]) -> Self:
        """Read it. `ticket` comes with its queue, the queue's calendar and its team. What its history does not tell of
        is not asked for."""
        rows = united({name: part for name, part in _parts(ticket, user, events).items() if part is not None})
        links = [_link(row, inverse=False) for row in rows["out"]] + [_link(row, inverse=True) for row in rows["in"]]
        time = sorted(rows.get("time", []), key=lambda row: (row["at"], row["id"]), reverse=True)
        merges = [MergeRow(row["id"], _ticket(row, "gone_"), moment(row["at"])) for row in rows.get("merges", [])]
        return cls(
            terms=_terms(ticket, rows),
            ratings=[_rating(row) for row in sorted(rows["ratings"], key=lambda row: row["id"], reverse=True)],
            asked=next(map(_request, rows.get("asked", [])), None),
            links=sorted(links, key=lambda link: link.pk),
            children=sorted((_ticket(row) for row in rows.get("children", [])), key=lambda child: child.pk),
            above={row["id"]: _ticket(row) for row in rows.get("above", [])},
            merges=sorted(merges, key=lambda merge: merge.pk),
            entries=[_time(row) for row in time],
            minutes=time[0]["total"] if time else 0,
            agents=_named(rows.get("agents", [])),
            queues=_named(rows.get("queues", [])),
            is_agent=bool(rows["me"]),
        )


def _parts(ticket: Ticket, user: User, events: list[TicketEvent]) -> dict[str, Part | None]:
    kinds = {event.kind for event in events}
    visible = Ticket.objects.visible_to(user)
    above = [key for key in (ticket.parent_id, ticket.merged_into_id) if key is not None]
    return {
        "target": _target(ticket),
        "holidays": Part(Holiday.objects.filter(calendar=ticket.queue.calendar_id), MOST_DAYS, columns("date")),
        "ratings": Part(
            ticket.ratings.filter(replaced_by=None).order_by("-pk"), MOST, columns("id", "scale", "value", "comment")
        ),
        "asked": _asked(ticket) if was_solved(ticket) else None,
        **(_ties(ticket, visible) if kinds & TYING else {"out": NOTHING, "in": NOTHING}),
        "above": Part(visible.filter(pk__in=above), 2, columns(*OF_TICKET)) if above else None,
        "time": _time_part(ticket) if kinds & TIMING else None,
        "me": Part(Agent.objects.filter(user=user), 1, columns("id")),
        "agents": Part(agents_for(ticket, user), MOST, columns("id", "name")) if ticket.status not in FINAL else None,
        "queues": Part(Queue.objects.order_by("name"), MOST, columns("id", "name")) if ticket.is_unsolved else None,
    }


NOTHING = Part(TicketLink.objects.none(), 1, columns("id"))


def _target(ticket: Ticket) -> Part | None:
    if not ticket.policy_id:
        return None
    return Part(SLATarget.objects.filter(policy=ticket.policy_id, priority=ticket.priority), 1, columns(*TARGETS))


def _asked(ticket: Ticket) -> Part:
    return Part(ticket.rating_requests.order_by("-pk"), 1, columns("id", "requested_at", "expires_at", "answered_at"))


def _ties(ticket: Ticket, visible: Any) -> dict[str, Part | None]:
    def links(end: str, other: str) -> Part:
        mine = TicketLink.objects.filter(**{end: ticket, f"{other}__in": visible.values("pk")}).order_by("pk")
        of_other = {f"other_{name}": f"{other}__{name}" for name in OF_TICKET}
        return Part(mine, MOST, columns("id", "kind", **of_other))

    merges = TicketMerge.objects.filter(kept=ticket, undone_at=None).order_by("pk")
    return {
        "out": links("from_ticket", "to_ticket"),
        "in": links("to_ticket", "from_ticket"),
        "children": Part(visible.filter(parent=ticket).order_by("pk"), MOST, columns(*OF_TICKET)),
        "merges": Part(merges, MOST, columns("id", "at", **{f"gone_{name}": f"gone__{name}" for name in OF_TICKET})),
    }


def _time_part(ticket: Ticket) -> Part:
    """The newest entries, each with the sum of all."""
    entries = TimeEntry.objects.filter(ticket=ticket)
    total = Subquery(entries.order_by().values("ticket").annotate(total=Sum("minutes")).values("total"))
    names = {name: f"user__{name}" for name in ("first_name", "last_name", "username")}
    read = {**columns("id", "minutes", "note", "at", **names), "total": total}
    return Part(entries.order_by("-at", "-pk"), ENTRIES_SHOWN, read)


def _terms(ticket: Ticket, rows: Rows) -> Terms:
    target = next((SLATarget(**row) for row in rows.get("target", [])), None)
    holidays = [date.fromisoformat(row["date"][:10]) for row in rows["holidays"]]
    return make_terms(hours=hours_of(ticket.queue.calendar, holidays=holidays), queue=ticket.queue, target=target)


def _ticket(row: dict[str, Any], prefix: str = "") -> Ticket:
    """A ticket of which the page says its number, subject and status; all else of it is deferred."""
    return Ticket.from_db(None, OF_TICKET, [row[f"{prefix}{name}"] for name in OF_TICKET])


def _link(row: dict[str, Any], *, inverse: bool) -> LinkRow:
    return LinkRow(row["id"], row["kind"], _ticket(row, "other_"), inverse)


def _rating(row: dict[str, Any]) -> SatisfactionRating:
    return SatisfactionRating(**row)


def _request(row: dict[str, Any]) -> RatingRequest:
    times = {name: moment(row[name]) for name in ("requested_at", "expires_at", "answered_at")}
    return RatingRequest(id=row["id"], **times)


def _time(row: dict[str, Any]) -> TimeRow:
    user = User(username=row["username"], first_name=row["first_name"], last_name=row["last_name"])
    return TimeRow(row["minutes"], row["note"], user.get_full_name() or user.username, moment(row["at"]))


def _named(rows: list[dict[str, Any]]) -> list[tuple[int, str]]:
    return sorted(((row["id"], row["name"]) for row in rows), key=lambda named: (named[1].casefold(), named[0]))
