from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from customers.choices import Factor, SubjectType
from customers.models import Team
from customers.operations.check_row import check_row
from customers.operations.import_rows import (
    ROWS_AT_ONCE,
    Tally,
    in_words,
    insert_rows,
    set_what_differs,
    update_rows,
    without_repeats,
)
from customers.operations.lock_customers import lock_customers
from customers.operations.observe import NewFact, observe
from customers.operations.records import Counts, Refused
from customers.operations.source import Changes, Report, Source, chunks, known
from customers.operations.withdraw_facts import withdraw_facts
from services.choices import Direction, EventKind, TicketStatus
from services.models import Message, Ticket, TicketEvent, TicketWords
from services.operations.records import EventRecord, MessageRecord, TicketRecord
from services.operations.refresh_clocks import CLOCK_COLUMNS, compute_clocks
from services.operations.take_irregular_steps import take_irregular_steps
from services.operations.ticket_catalogue import Catalogue
from services.operations.ticket_facts import counts_for, facts_of
from services.operations.ticket_numbers import TicketNumbers

# Columns that verbs own: a re-import leaves them as they are once somebody here has used the verb.
OWNED_BY = {"assignee_id": EventKind.ASSIGNED, "priority": EventKind.PRIORITY, "queue_id": EventKind.QUEUE}


@transaction.atomic
def import_tickets(
    *, source: Source, records: Sequence[TicketRecord], team: Team, at: datetime, report: Report
) -> Counts:
    """Bring a batch of tickets in with their histories and conversations, each known by (source, source_id).

    A history without an OPENED event begins with one at `created_at`. Clocks and facts are computed from the history
    as the verbs do it. A number that another ticket has is put behind the name of the source. A ticket that is here
    already gains the events and messages it lacks; what happened to it here stays, and its status is that of the
    latest event."""
    tally = Tally(report)
    batch = _Batch(source, without_repeats(records, tally), team, at)
    for record in batch.records:
        try:
            batch.sort_out(record, tally)
        except Refused as refused:
            tally.refuse(record.source_id, str(refused), record.subject)
    if source.rehearsal:
        batch.rehearse(tally)
    else:
        batch.write(tally)
    return tally.counts


@dataclass(slots=True)
class _Ticket:
    row: Ticket
    before: Changes
    events: list[TicketEvent]  # the whole history, in order
    new_events: list[TicketEvent]
    new_messages: list[Message]
    facts_moved: bool = field(default=False)  # it counts for other customers than before


class _Batch:
    def __init__(self, source: Source, records: list[TicketRecord], team: Team, at: datetime) -> None:
        self.source, self.records, self.at = source, records, at
        self.customers = source.customers(pk for r in records for pk in (r.customer_id, r.requester_id))
        self.catalogue = Catalogue(source, records, team, at=at)
        self.here = source.rows(Ticket, (r.source_id for r in records))
        self.numbers = TicketNumbers(source.name, records, self.here)
        keys = [row.pk for row in self.here.values()]
        self.events = _of_tickets(TicketEvent, keys)
        self.messages = _of_tickets(Message, keys)
        self.new: list[_Ticket] = []
        self.changed: list[_Ticket] = []

    def sort_out(self, record: TicketRecord, tally: Tally) -> None:
        """Put one record with the new, the changed or the unchanged. Raises Refused."""
        row = self.here.get(record.source_id) or Ticket(source=self.source.name, source_id=record.source_id)
        history = self.events.get(row.pk, [])
        counted_for = counts_for(row) if row.customer_id else []
        events = self._missing_events(record, row, history)
        messages = self._missing_messages(record, row)
        whole = sorted([*history, *events], key=lambda event: event.at)
        values = self._values(record, row)
        if not row._state.adding:
            ours = _kinds_of_our_own(history, record)
            values = {name: value for name, value in values.items() if OWNED_BY.get(name) not in ours}
        values["status"] = whole[-1].status_after
        before = set_what_differs(row, values)
        if before:
            check_row(row, leave_out=("customer", "requester", "service_type", "queue", "team", "assignee", "policy"))
        ticket = _Ticket(row, before, whole, events, messages)
        if row._state.adding:
            self.new.append(ticket)
            return
        more = [f"+ {len(events)} events"] if events else []
        more += [f"+ {len(messages)} messages"] if messages else []
        said = "; ".join([*([in_words(row, before)] if before else []), *more])
        tally.found(record.source_id, row.number, changed=said)
        if said:
            ticket.facts_moved = counts_for(row) != counted_for
            self.changed.append(ticket)

    def _values(self, record: TicketRecord, row: Ticket) -> dict[str, Any]:
        customer_id = known(self.customers, record.customer_id, "customer")
        requester_id = known(self.customers, record.requester_id, "customer") if record.requester_id else None
        queue = self.catalogue.queue(record.queue)
        service_type_id = self.catalogue.service_type_id(record.service_type)
        values = {
            "number": self.numbers.number_of(record),
            "subject": record.subject,
            "customer_id": customer_id,
            "requester_id": requester_id if requester_id != customer_id else None,
            "service_type_id": service_type_id,
            "channel": record.channel,
            "queue_id": queue.pk,
            "priority": record.priority,
            "assignee_id": self.catalogue.agent_id(record.assignee),
            "attributes": {**row.attributes, **record.attributes},
        }
        if row._state.adding:
            policy_id = None
            if record.has_policy:
                policy_id = self.catalogue.policy_id(
                    queue_id=queue.pk,
                    priority=record.priority,
                    service_type_id=service_type_id,
                    parties=[customer_id, requester_id or customer_id],
                    customers=self.customers.values(),
                )
            values |= {"team_id": queue.team_id, "policy_id": policy_id, "created_at": record.created_at}
        return values

    def _missing_events(self, record: TicketRecord, row: Ticket, history: list[TicketEvent]) -> list[TicketEvent]:
        here = [(event.kind, event.at, event.status_after, event.data) for event in history]
        missing = []
        for event in _whole_history(record):
            actor_id = self.catalogue.user_id(event.actor)
            if (event.kind, event.at, event.status_after, event.data) in here:
                continue
            made = TicketEvent(ticket=row, kind=event.kind, at=event.at, status_after=event.status_after)
            made.actor_id, made.data, made.recorded_at = actor_id, event.data, self.at
            check_row(made, leave_out=("ticket", "actor"))
            missing.append(made)
        return missing

    def _missing_messages(self, record: TicketRecord, row: Ticket) -> list[Message]:
        here = {(m.at, m.kind, m.direction, m.body) for m in self.messages.get(row.pk, [])}
        asker = self.customers.get(record.requester_id or record.customer_id)
        missing = []
        for message in record.messages:
            author_id = self.catalogue.user_id(message.author)
            if (message.at, message.kind, message.direction, message.body) not in here:
                made = _message(message, row)
                made.author_id = author_id
                made.customer_id = asker if message.direction == Direction.INBOUND else None
                check_row(made, leave_out=("ticket", "author", "customer"))
                missing.append(made)
        return missing

    def rehearse(self, tally: Tally) -> None:
        """Count what would be created, and have later rows find it."""
        for ticket in self.new:
            tally.create(str(ticket.row.source_id), ticket.row.subject)
        self.source.make_up(Ticket, (str(ticket.row.source_id) for ticket in self.new))

    def write(self, tally: Tally) -> None:
        """Write tickets, events and messages, then the facts about them."""
        were = [ticket.before.get(name) for ticket in self.changed for name in ("customer_id", "requester_id")]
        now = [pk for ticket in (*self.new, *self.changed) for pk in counts_for(ticket.row)]
        lock_customers(customer_ids={*now, *(pk for pk in were if pk is not None)})
        for ticket in (*self.new, *self.changed):
            self._set_clocks(ticket)
        steps = [(one.row.pk, one.before["status"], one.row.status) for one in self.changed if "status" in one.before]
        with take_irregular_steps(steps=steps):
            update_rows(Ticket, [(ticket.row, ticket.before) for ticket in self.changed], at=self.at)
        written = insert_rows(
            Ticket,
            [ticket.row for ticket in self.new],
            refuse=lambda row, reason: tally.refuse(str(row.source_id), reason, row.subject),
        )
        for row in written:
            tally.create(str(row.source_id), row.subject)
        self.source.wrote(
            Ticket, kind="tickets", created=written, changed=[(ticket.row, ticket.before) for ticket in self.changed]
        )
        kept = {id(row) for row in written}
        tickets = [*(ticket for ticket in self.new if id(ticket.row) in kept), *self.changed]
        for ticket in tickets:
            for event in ticket.new_events:
                event.ticket_id = ticket.row.pk
            for message in ticket.new_messages:
                message.ticket_id = ticket.row.pk
        events = [event for ticket in tickets for event in ticket.new_events]
        TicketEvent.objects.bulk_create(events, batch_size=ROWS_AT_ONCE)
        messages = [message for ticket in tickets for message in ticket.new_messages]
        Message.objects.bulk_create(messages, batch_size=ROWS_AT_ONCE)
        TicketWords.objects.follow_new(ticket.row.pk for ticket in tickets)  # those of which nothing was said
        self.source.wrote(TicketEvent, created=events)
        self.source.wrote(Message, created=messages)
        self._tell(tickets)

    def _set_clocks(self, ticket: _Ticket) -> None:
        row = ticket.row
        terms = self.catalogue.terms(queue_id=row.queue_id, policy_id=row.policy_id, priority=row.priority)
        clocks = compute_clocks(events=ticket.events, terms=terms, at=self.at)
        ticket.before |= set_what_differs(row, {name: getattr(clocks, name) for name in CLOCK_COLUMNS})

    def _tell(self, tickets: list[_Ticket]) -> None:
        moved = [ticket.row.pk for ticket in tickets if ticket.facts_moved]
        for factor in Factor.RELIABILITY, Factor.RESPONSIVENESS:
            withdraw_facts(factor=factor, subject_type=SubjectType.TICKET, subject_ids=moved, at=self.at)
        facts: list[NewFact] = []
        for ticket in tickets:
            row = ticket.row
            terms = self.catalogue.terms(queue_id=row.queue_id, policy_id=row.policy_id, priority=row.priority)
            facts += facts_of(ticket=row, events=ticket.events, terms=terms, at=self.at)
        observe(facts=facts, at=self.at, also_touched=[pk for ticket in tickets for pk in counts_for(ticket.row)])


def _whole_history(record: TicketRecord) -> list[EventRecord]:
    events = list(record.events)
    if not any(event.kind == EventKind.OPENED for event in events):
        events.insert(0, EventRecord(EventKind.OPENED, record.created_at, TicketStatus.NEW))
    return sorted(events, key=lambda event: event.at)


def _kinds_of_our_own(history: list[TicketEvent], record: TicketRecord) -> set[str]:
    theirs = [(event.kind, event.at, event.data) for event in record.events]
    return {event.kind for event in history if (event.kind, event.at, event.data) not in theirs}


def _message(message: MessageRecord, row: Ticket) -> Message:
    return Message(
        ticket=row,
        kind=message.kind,
        direction=message.direction,
        body=message.body,
        at=message.at,
        is_automatic=message.is_automatic,
    )


def _of_tickets(model: Any, ticket_ids: Iterable[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for ids in chunks(ticket_ids):
        for row in model.objects.filter(ticket__in=ids).order_by("ticket_id", "at", "pk"):
            found[row.ticket_id].append(row)
    return found
