from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from django.db import transaction

from customers.operations.lock_customers import lock_customers
from customers.operations.observe import NewFact, observe
from services.choices import UNSOLVED, EventKind, TicketStatus
from services.models import Ticket, TicketEvent
from services.operations.refresh_clocks import BREACH_COLUMNS, CLOCK_COLUMNS, compute_clocks
from services.operations.sla_terms import TermsBook
from services.operations.ticket_facts import facts_of
from services.sql.write_clocks import write_clocks

TICKETS_AT_ONCE = 5000

Tell = Callable[[int, int, str], object]
"""Called with how many tickets are done, of how many, and what is being done."""

_READ = ("pk", "version", "queue_id", "policy_id", "priority", "status", "customer_id", "requester_id", *CLOCK_COLUMNS)
_OF_FACTS = ("id", "customer_id", "requester_id", *CLOCK_COLUMNS)
_FIRST_CLOCK = _READ.index(CLOCK_COLUMNS[0])


class _Event(NamedTuple):
    """What the clocks read of a TicketEvent; a million tickets have too many for model instances."""

    kind: str
    at: datetime
    status_after: str
    data: dict[str, Any]


@dataclass(slots=True)
class Recomputed:
    """How many tickets were looked at, how many had other clocks than they should, and how many breaches, which the
    new terms do not know, were written into histories."""

    tickets: int = 0
    changed: int = 0
    breaches_kept: int = 0


@dataclass(slots=True)
class _Page:
    """What is to be written about some tickets."""

    rows: list[tuple[Any, ...]] = field(default_factory=list)
    breaches: list[TicketEvent] = field(default_factory=list)
    facts: list[NewFact] = field(default_factory=list)
    customers: set[int] = field(default_factory=set)


def recompute_clocks(*, at: datetime, everything: bool = False, tell: Tell | None = None) -> Recomputed:
    """Make the clock columns of all unsolved tickets (with `everything` of all) agree with their histories under the
    calendars, policies and targets of now: what refresh_clocks does to one ticket with its next event, for all at once.

    Set-based: tickets and their events are read in pages in the order of their keys, the maths asks the database
    nothing, and only what differs is written, page by page, each in a transaction. A breach is never erased: one that
    the new terms do not know is written into the history. Facts follow as with any verb. A ticket that a verb changes
    meanwhile keeps what its verb computed. May be stopped, doubled or run twice at once."""
    tickets = Ticket.objects.all() if everything else Ticket.objects.unsolved()
    total = tickets.count()
    book, done, last = TermsBook(), Recomputed(), 0
    ordered = tickets.order_by("pk").values_list(*_READ)
    while rows := list(ordered.filter(pk__gt=last)[:TICKETS_AT_ONCE]):
        last = rows[-1][0]
        page = _computed(rows, _events_of(rows, everything=everything), book, at)
        written = _write(page, at)
        done.tickets += len(rows)
        done.changed += len(written)
        done.breaches_kept += sum(event.ticket_id in written for event in page.breaches)
        if tell:
            tell(done.tickets, max(total, done.tickets), "")
    return done


def _events_of(rows: Sequence[tuple[Any, ...]], *, everything: bool) -> dict[int, list[_Event]]:
    """The histories of a page, by ticket, in order; one query."""
    events = TicketEvent.objects.filter(ticket__gte=rows[0][0], ticket__lte=rows[-1][0])
    if not everything:
        events = events.filter(ticket__status__in=UNSOLVED)
    told = events.order_by("ticket_id", "at", "id").values_list("ticket_id", "kind", "at", "status_after", "data")
    return {pk: [_Event(*row[1:]) for row in group] for pk, group in groupby(told.iterator(10_000), itemgetter(0))}


def _computed(
    rows: Sequence[tuple[Any, ...]], histories: dict[int, list[_Event]], book: TermsBook, at: datetime
) -> _Page:
    page = _Page()
    for row in rows:
        pk, version, queue_id, policy_id, priority, status, customer_id, requester_id = row[:_FIRST_CLOCK]
        events = histories.get(pk, [])
        terms = book.terms(queue_id=queue_id, policy_id=policy_id, priority=priority)
        # An event may be newer than the moment at which this run began.
        now = max(at, events[-1].at) if events else at
        before = dict(zip(CLOCK_COLUMNS, row[_FIRST_CLOCK:], strict=True))
        clocks = compute_clocks(events=events, terms=terms, at=now)
        after = {name: getattr(clocks, name) for name in CLOCK_COLUMNS}
        for clock, column in BREACH_COLUMNS.items():
            known, told = before[column], after[column]
            if known and (told is None or told > known):
                after[column] = known
                data = {"clock": str(clock), "since": known.isoformat()}
                page.breaches.append(
                    TicketEvent(
                        ticket_id=pk, kind=EventKind.BREACHED, at=now, recorded_at=at, status_after=status, data=data
                    )
                )
                events.append(_Event(EventKind.BREACHED, now, status, data))
        is_told_more = bool(page.breaches) and page.breaches[-1].ticket_id == pk
        if after == before and not is_told_more:
            continue
        page.rows.append((pk, version, *after.values()))
        page.customers.update(pk for pk in (customer_id, requester_id) if pk is not None)
        if status == TicketStatus.MERGED:  # its facts are those of the ticket that was kept
            continue
        # from_db (which wants the order of the model) sets these alone: the defaults of all would cost more.
        ticket = Ticket.from_db(None, _OF_FACTS, (pk, customer_id, requester_id, *after.values()))
        page.facts += facts_of(ticket=ticket, events=events, terms=terms, at=now)
    return page


@transaction.atomic
def _write(page: _Page, at: datetime) -> set[int]:
    """Write a page: clocks, kept breaches, facts. Returns the keys of the tickets that were still as they were read."""
    lock_customers(customer_ids=page.customers)  # first of all, as verbs do
    written = write_clocks(CLOCK_COLUMNS, page.rows)
    TicketEvent.objects.bulk_create(event for event in page.breaches if event.ticket_id in written)
    observe(facts=(fact for fact in page.facts if fact.subject_id in written), at=at, of_erased=True)
    return written
