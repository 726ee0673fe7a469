from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Team
from customers.operations.check_row import check_row
from customers.operations.import_rows import ROWS_AT_ONCE, Tally, set_what_differs, update_rows
from customers.operations.observe import NewFact, observe
from customers.operations.records import Counts, Refused
from customers.operations.source import Changes, Report, Source, chunks
from services.choices import Direction, EventKind, MessageKind, TicketStatus
from services.models import Message, Ticket, TicketEvent
from services.operations.records import TicketMessageRecord
from services.operations.refresh_clocks import CLOCK_COLUMNS, compute_clocks
from services.operations.ticket_catalogue import Catalogue
from services.operations.ticket_facts import counts_for, facts_of

EVENTS = {Direction.INBOUND: EventKind.CUSTOMER_MESSAGE, Direction.OUTBOUND: EventKind.AGENT_REPLY}


@transaction.atomic
def import_messages(
    *, source: Source, records: Sequence[TicketMessageRecord], team: Team, at: datetime, report: Report
) -> Counts:
    """Bring in what was said about tickets of this source that are here already: their comments, which many systems
    export apart.

    A message is known by its ticket, moment, kind and text. Each also stands in the history of its ticket, whose clocks
    and facts are computed anew."""
    tally = Tally(report)
    batch = _Batch(source, records, team, at)
    for record in records:
        try:
            batch.sort_out(record, tally)
        except Refused as refused:
            tally.refuse(record.source_id, str(refused))
    if not source.rehearsal:
        batch.write()
    return tally.counts


class _Batch:
    def __init__(self, source: Source, records: Sequence[TicketMessageRecord], team: Team, at: datetime) -> None:
        self.source, self.at = source, at
        self.tickets = source.rows(Ticket, (record.ticket_id for record in records))
        self.planned = source.keys(Ticket, (record.ticket_id for record in records))
        keys = [row.pk for row in self.tickets.values()]
        self.events = _of_tickets(TicketEvent, keys)
        self.messages = {
            pk: {(row.at, row.kind, row.body) for row in rows} for pk, rows in _of_tickets(Message, keys).items()
        }
        self.catalogue = Catalogue(source, (), team)
        self.new_events: list[TicketEvent] = []
        self.new_messages: list[Message] = []

    def sort_out(self, record: TicketMessageRecord, tally: Tally) -> None:
        """Put one record with the new or the unchanged. Raises Refused."""
        if record.ticket_id not in self.planned:
            raise Refused(_("there is no ticket “%(ticket_id)s”: import it first") % {"ticket_id": record.ticket_id})
        row = self.tickets.get(record.ticket_id)
        if row is None:  # one that a rehearsal made up
            tally.create(record.source_id)
            return
        here = self.messages.setdefault(row.pk, set())
        if (record.at, record.kind, record.body) in here:
            tally.found(record.source_id)
            return
        is_note = record.kind == MessageKind.NOTE
        message = Message(ticket=row, kind=record.kind, body=record.body, at=record.at)
        message.direction = Direction.INTERNAL if is_note else record.direction
        if message.direction == Direction.INBOUND:
            message.customer_id = row.requester_id or row.customer_id
        check_row(message, leave_out=("ticket", "author", "customer"))
        kind = EventKind.NOTE if is_note else EVENTS[Direction(record.direction)]
        event = TicketEvent(ticket=row, kind=kind, at=record.at, recorded_at=self.at)
        event.status_after = _status_at(self.events.get(row.pk, []), record.at)
        here.add((record.at, record.kind, record.body))
        self.new_messages.append(message)
        self.new_events.append(event)
        tally.create(record.source_id)

    def write(self) -> None:
        """Write messages and events, and what they change of clocks and facts."""
        Message.objects.bulk_create(self.new_messages, batch_size=ROWS_AT_ONCE)
        TicketEvent.objects.bulk_create(self.new_events, batch_size=ROWS_AT_ONCE)
        touched = {event.ticket_id: event.ticket for event in self.new_events}
        for event in self.new_events:
            self.events.setdefault(event.ticket_id, []).append(event)
        changed: list[tuple[Ticket, Changes]] = []
        facts: list[NewFact] = []
        for row in touched.values():
            history = sorted(self.events[row.pk], key=lambda event: event.at)
            terms = self.catalogue.terms(queue_id=row.queue_id, policy_id=row.policy_id, priority=row.priority)
            clocks = compute_clocks(events=history, terms=terms, at=self.at)
            changed.append((row, set_what_differs(row, {name: getattr(clocks, name) for name in CLOCK_COLUMNS})))
            facts += facts_of(ticket=row, events=history, terms=terms, at=self.at)
        update_rows(Ticket, changed, at=self.at)
        # The tickets first: an undo goes backwards, and computes their clocks when what was said is gone.
        self.source.wrote(Ticket, changed=changed)
        self.source.wrote(TicketEvent, created=self.new_events)
        self.source.wrote(Message, kind="messages", created=self.new_messages)
        observe(facts=facts, at=self.at, also_touched=[pk for row in touched.values() for pk in counts_for(row)])


def _status_at(history: list[TicketEvent], at: datetime) -> str:
    """The status that the ticket had at a moment: what was said does not move it."""
    place = bisect_right([event.at for event in history], at)
    return history[place - 1].status_after if place else TicketStatus.NEW


def _of_tickets(model: Any, ticket_ids: Iterable[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for ids in chunks(ticket_ids):
        for row in model.objects.filter(ticket__in=ids).order_by("ticket_id", "at", "pk"):
            found[row.ticket_id].append(row)
    return found
