"""How every verb changes a ticket: under a lock, at a known version, with an event, clocks and facts that agree."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import User
from customers.operations.lock_customers import lock_customers
from customers.operations.observe import NewFact, observe
from services.choices import Direction, EventKind, MessageKind, TicketStatus
from services.models import Message, Ticket, TicketEvent
from services.operations.ask_on_solving import ask_on_solving
from services.operations.emit_ticket_events import emit_ticket_events
from services.operations.queue_for_rules import queue_for_rules
from services.operations.queue_messenger_reply import queue_messenger_reply
from services.operations.refresh_clocks import CLOCK_COLUMNS, breaches_forgotten, refresh_clocks
from services.operations.show_in_chats import show_in_chats
from services.operations.sla_terms import Terms, terms_of
from services.operations.ticket_facts import counts_for, facts_of
from services.transitions import require_transition

FINAL = (TicketStatus.CLOSED, TicketStatus.MERGED)
DONE = (TicketStatus.SOLVED, TicketStatus.CLOSED)


class TicketIsFinal(Exception):
    """The ticket is closed or merged: nothing more happens to it. Nothing was changed."""

    def __init__(self, ticket: Ticket) -> None:
        self.ticket = ticket
        message = _("Ticket %(number)s is %(status)s and cannot be changed any more.")
        super().__init__(message % {"number": ticket.number, "status": ticket.get_status_display().lower()})


@dataclass
class TicketChange:
    """What one verb does to one locked ticket. Nothing is written to the ticket's own row before the end."""

    ticket: Ticket
    by: User | None
    at: datetime  # when it happened, in the ticket's history
    recorded_at: datetime
    history: list[TicketEvent]
    touched: set[str] = field(default_factory=set)
    recorded: bool = False
    facts: list[NewFact] = field(default_factory=list)  # beyond those of the ticket itself
    of_erased: bool = False  # whether it may be done to the ticket of a person who was erased
    new_events: list[TicketEvent] = field(default_factory=list)
    _terms: dict[tuple[int | None, int, int], Terms] = field(default_factory=dict)

    @property
    def terms(self) -> Terms:
        """What the ticket is measured by: its policy at its priority, in the hours of its queue."""
        key = (self.ticket.policy_id, self.ticket.queue_id, self.ticket.priority)
        if key not in self._terms:
            self._terms[key] = terms_of(self.ticket)
        return self._terms[key]

    def require_not_final(self) -> None:
        """Raise TicketIsFinal where nothing more may happen to the ticket."""
        if self.ticket.status in FINAL:
            raise TicketIsFinal(self.ticket)

    def set(self, **values: Any) -> None:
        """Give columns of the ticket new values, to be saved at the end."""
        for name, value in values.items():
            setattr(self.ticket, name, value)
            self.touched.add(name)

    def record(self, kind: EventKind, **data: Any) -> TicketEvent:
        """Write what happened into the ticket's history."""
        event = TicketEvent.objects.create(
            ticket=self.ticket,
            kind=kind,
            at=self.at,
            recorded_at=self.recorded_at,
            actor=self.by,
            status_after=self.ticket.status,
            data=data,
        )
        self.history.append(event)
        self.new_events.append(event)
        self.recorded = True
        return event

    def move_to(self, status: TicketStatus, *, reserved: bool = False, **told: Any) -> None:
        """Move the ticket to another status. Raises IllegalTransition where the table has no such step, also for the
        status it already has. `reserved`: by the one verb that has this step for itself. `told`: what the history says
        of it besides."""
        require_transition(self.ticket.status, status, reserved=reserved)
        is_reopening = self.ticket.status in DONE and status == TicketStatus.OPEN
        self.set(status=status)
        self.record(EventKind.REOPENED if is_reopening else EventKind.STATUS, **told)
        if status == TicketStatus.SOLVED:
            ask_on_solving(self)

    def say(
        self,
        body: str,
        *,
        kind: MessageKind,
        direction: Direction,
        customer_id: int | None = None,
        is_automatic: bool = False,
    ) -> Message:
        """Write one message of the conversation; a customer's carries the customer, ours the user."""
        message = Message.objects.create(
            ticket=self.ticket,
            kind=kind,
            direction=direction,
            body=body,
            author=None if direction == Direction.INBOUND else self.by,
            customer_id=customer_id,
            at=self.at,
            is_automatic=is_automatic,
        )
        if direction == Direction.OUTBOUND:
            queue_messenger_reply(message=message, at=self.recorded_at)
            show_in_chats(message=message)
        return message

    def refresh_clocks(self) -> None:
        """Make the clock columns agree with the history so far."""
        refresh_clocks(ticket=self.ticket, events=self.history, terms=self.terms, at=self.at)

    def keep_breaches(self) -> None:
        """Write down the breaches that the ticket's columns know of and its history does not tell."""
        for clock, since in breaches_forgotten(self.ticket, self.history, self.terms, at=self.at):
            self.record(EventKind.BREACHED, clock=clock, since=since.isoformat())

    def finish(self) -> None:
        """Make clocks and facts agree with the history and save the ticket, one version on. A verb that recorded
        nothing changed nothing. A merged ticket tells no facts: they are those of the ticket that was kept."""
        if not self.recorded:
            return
        self.keep_breaches()
        self.refresh_clocks()
        if self.ticket.status != TicketStatus.MERGED:
            self.facts += facts_of(ticket=self.ticket, events=self.history, terms=self.terms, at=self.at)
        touched = counts_for(self.ticket)
        observe(facts=self.facts, at=self.recorded_at, also_touched=touched, of_erased=self.of_erased)
        self.ticket.version += 1
        self.ticket.save(update_fields=[*self.touched, *CLOCK_COLUMNS, "version", "updated_at"])
        queue_for_rules(events=self.new_events, at=self.recorded_at)
        emit_ticket_events(ticket=self.ticket, events=self.new_events, at=self.at)


@contextmanager
def changing(
    *,
    ticket: Ticket,
    by: User | None,
    at: datetime,
    expected_version: int | None = None,
    also_lock: Collection[int] = (),
) -> Iterator[TicketChange]:
    """Change a ticket in one transaction: lock its customers (and `also_lock`), then itself, re-read it, hand it to the
    verb, and let clocks, facts and version follow. Raises StaleVersion, before the verb does anything, where the ticket
    is not at `expected_version`.

    Time never runs backwards in a history: `at` is moved up to the last event's."""
    while True:
        with transaction.atomic():
            if not _locks([ticket], also_lock):
                transaction.set_rollback(True)  # lets go of what it holds
                continue
            ticket.require_version(expected_version)
            history = list(ticket.events.all())
            latest = max((event.at for event in history), default=at)
            change = TicketChange(ticket=ticket, by=by, at=max(at, latest), recorded_at=at, history=history)
            yield change
            change.finish()
            return


def lock_tickets(*, tickets: Iterable[Ticket], also_lock: Collection[int] = ()) -> None:
    """Lock the customers of these tickets in key order, then the tickets in key order, and re-read them: every object,
    also where two are of the same ticket. Whoever locks several tickets calls it before `changing` each, so that nobody
    waits in a circle."""
    rows = sorted({id(ticket): ticket for ticket in tickets}.values(), key=lambda ticket: ticket.pk)
    while True:
        with transaction.atomic():
            if _locks(rows, also_lock):
                return
            transaction.set_rollback(True)


def _locks(rows: Sequence[Ticket], also_lock: Collection[int]) -> bool:
    """Lock and re-read; False where a merge, just now, gave the tickets to customers who are not locked: the caller
    rolls back and tries again, since a customer who is locked behind a ticket may close a circle."""
    parties = Ticket.objects.filter(pk__in=[row.pk for row in rows]).values_list("customer_id", "requester_id")
    locked = {pk for pair in parties for pk in pair if pk is not None} | set(also_lock)
    lock_customers(customer_ids=locked)
    for ticket in rows:
        ticket.refresh_from_db(from_queryset=Ticket.objects.select_for_update())
    return all(locked.issuperset(counts_for(row)) for row in rows)
