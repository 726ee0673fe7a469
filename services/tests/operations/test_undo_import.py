from collections.abc import Callable
from datetime import timedelta

import pytest

from customers.models import Customer, ImportBatch, Observation, Order, Team
from customers.operations.import_customers import import_customers
from customers.operations.import_orders import import_orders
from customers.operations.records import CustomerRecord, OrderRecord
from customers.operations.undo_import import RowsTouched, undo_import
from customers.operations.what_was_touched import what_was_touched
from services.choices import Direction, EventKind, MessageKind, TicketStatus
from services.models import Queue, SatisfactionRating, ServiceType, Ticket, TicketEvent
from services.operations.import_messages import import_messages
from services.operations.import_ratings import import_ratings
from services.operations.import_tickets import import_tickets
from services.operations.open_ticket import open_ticket
from services.operations.rate_ticket import rate_ticket
from services.operations.records import EventRecord, MessageRecord, RatingRecord, TicketMessageRecord, TicketRecord
from services.operations.reply_to_ticket import reply_to_ticket
from tests.cast import NOW
from tests.imports import Tables, new_batch, tables, work_for

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
LATER = NOW + 24 * HOUR

OPENED = EventRecord(EventKind.OPENED, NOW - 9 * HOUR, TicketStatus.NEW)
REPLIED = EventRecord(EventKind.AGENT_REPLY, NOW - 8 * HOUR, TicketStatus.OPEN)
SOLVED = EventRecord(EventKind.STATUS, NOW - 7 * HOUR, TicketStatus.SOLVED)
REOPENED = EventRecord(EventKind.REOPENED, NOW - 6 * HOUR, TicketStatus.OPEN)
BREACHED = EventRecord(EventKind.BREACHED, NOW - 5 * HOUR, TicketStatus.OPEN)
ASKED = MessageRecord("It leaks", NOW - 9 * HOUR)
ANSWERED = MessageRecord("We come", NOW - 8 * HOUR, direction=Direction.OUTBOUND)


def ticket(
    *events: EventRecord, queue: str = "Desk", service_type: str = "repair", subject: str = "Leak"
) -> TicketRecord:
    return TicketRecord(
        "t1",
        "T-1",
        "c1",
        subject,
        NOW - 9 * HOUR,
        queue,
        requester_id="c2",
        service_type=service_type,
        events=events,
        messages=(ASKED, ANSWERED) if len(events) > 2 else (ASKED,),
    )


def rating(value: int = 2, source_id: str = "r1", **about: str) -> RatingRecord:
    return RatingRecord(source_id, "c1", value, NOW - 4 * HOUR, **(about or {"ticket_id": "t1"}))


def bring(batch: ImportBatch, *tickets: TicketRecord, ratings: tuple[RatingRecord, ...] = ()) -> None:
    import_tickets(records=tickets, **work_for(batch))
    import_ratings(records=ratings, **work_for(batch))


@pytest.fixture
def base(north: Team) -> ImportBatch:
    """Two customers and an order, which were here before."""
    batch = new_batch(north)
    work = work_for(batch)
    import_customers(records=[CustomerRecord("c1", "Ana"), CustomerRecord("c2", "Rui")], **work)
    import_orders(records=[OrderRecord("o1", "N-1", "c1", "EUR", NOW)], **work)
    return batch


Undo = Callable[[ImportBatch], Tables]


def test_tickets_and_ratings_go_with_their_histories_and_facts(base: ImportBatch, north: Team) -> None:
    before = tables()
    batch = new_batch(north)
    new = ticket(OPENED, REPLIED, SOLVED, service_type="on-site", queue="New desk")
    bring(batch, new, ratings=(rating(), rating(4, "r2", order_id="o1")))
    assert len(tables()["facts"]) == 7
    undo_import(batch=batch, at=LATER)
    assert tables() == before


def test_a_ticket_loses_what_the_import_added_and_its_clocks_are_those_of_before(
    base: ImportBatch, north: Team
) -> None:
    bring(base, ticket(OPENED, REPLIED, SOLVED))
    before = tables()
    batch = new_batch(north)
    more = ticket(
        OPENED, REPLIED, SOLVED, REOPENED, BREACHED, subject="Leak again", queue="Other desk", service_type="return"
    )
    bring(batch, more)
    row = Ticket.objects.get()
    assert (row.reopen_count, row.status, row.subject) == (1, "open", "Leak again")
    assert row.resolution_breached_at
    undo_import(batch=batch, at=LATER)
    assert tables() == before
    assert Ticket.objects.get().status == "solved"


def test_what_was_said_goes_and_the_clocks_are_those_of_before(base: ImportBatch, north: Team) -> None:
    bring(base, ticket(OPENED))
    before = tables()
    batch = new_batch(north)
    said = [
        TicketMessageRecord("t1", "Does it still leak?", NOW - 8 * HOUR, direction=Direction.OUTBOUND),
        TicketMessageRecord("t1", "Ask the plumber", NOW - 7 * HOUR, kind=MessageKind.NOTE),
    ]
    import_messages(records=said, **work_for(batch))
    assert Ticket.objects.get().first_replied_at == NOW - 8 * HOUR
    undo_import(batch=batch, at=NOW)  # later it would be late as well
    assert tables() == before
    assert what_was_touched(batch=base) == []


def test_an_answer_that_the_import_replaced_stands_again(base: ImportBatch, north: Team) -> None:
    bring(base, ticket(OPENED, REPLIED, SOLVED), ratings=(rating(5), rating(5, "r2", order_id="o1")))
    before = tables()
    batch = new_batch(north)
    bring(batch, ratings=(rating(1), rating(1, "r2", order_id="o1"), rating(3, "r3", order_id="o1")))
    assert SatisfactionRating.objects.count() == 5
    undo_import(batch=batch, at=LATER)
    assert tables() == before
    assert what_was_touched(batch=base) == []
    undo_import(batch=base, at=LATER)
    assert not Customer.objects.exists()
    assert not Order.objects.exists()


def test_a_rating_of_a_ticket_that_was_here_leaves_its_history(base: ImportBatch, north: Team) -> None:
    bring(base, ticket(OPENED, REPLIED, SOLVED))
    before = tables()
    batch = new_batch(north)
    bring(batch, ratings=(rating(),))
    assert TicketEvent.objects.filter(kind=EventKind.RATED).exists()
    undo_import(batch=batch, at=LATER)
    assert tables() == before


def named(batch: ImportBatch) -> dict[str, str]:
    with pytest.raises(RowsTouched) as refused:
        undo_import(batch=batch, at=LATER)
    return {row.name: row.reason for row in refused.value.touched}


def test_a_ticket_that_somebody_answered_was_edited(base: ImportBatch, north: Team, root: object) -> None:
    batch = new_batch(north)
    bring(batch, ticket(OPENED))
    reply_to_ticket(ticket=Ticket.objects.get(), body="On our way", by=root, at=NOW)  # type: ignore[arg-type]
    assert named(batch) == {"T-1": "was edited; is referred to by: 1 message, 2 ticket events"}


def test_a_new_ticket_of_an_imported_customer_is_told(base: ImportBatch, queue: Queue) -> None:
    ana, rui = Customer.objects.get(name="Ana"), Customer.objects.get(name="Rui")
    open_ticket(customer=ana, requester=rui, subject="Late", queue=queue, by=None, at=NOW, body="Where is it?")
    assert named(base) == {
        "Ana": "is referred to by: 1 ticket",
        "Rui": "is referred to by: 1 ticket, 1 message",
    }


def test_a_rating_that_was_given_anew_is_told(base: ImportBatch, north: Team) -> None:
    bring(base, ticket(OPENED, REPLIED, SOLVED))
    batch = new_batch(north)
    bring(batch, ratings=(rating(1),))
    rate_ticket(ticket=Ticket.objects.get(), customer=Customer.objects.get(name="Ana"), value=5, by=None, at=NOW)
    assert named(batch) == {"CSAT, 1 to 5: 1": "was replaced by a later answer"}


def test_a_queue_and_a_service_type_that_others_use_stay(base: ImportBatch, north: Team, acme: Customer) -> None:
    batch = new_batch(north)
    bring(batch, ticket(OPENED, queue="New desk", service_type="on-site"))
    queue, kind = Queue.objects.get(name="New desk"), ServiceType.objects.get(code="on-site")
    open_ticket(customer=acme, subject="x", queue=queue, service_type=kind, by=None, at=NOW, body="y")
    undo_import(batch=batch, at=LATER)
    assert Ticket.objects.get().queue == queue
    assert ServiceType.objects.filter(pk=kind.pk).exists()


def test_facts_are_withdrawn_not_erased(base: ImportBatch, north: Team) -> None:
    batch = new_batch(north)
    bring(batch, ticket(OPENED, REPLIED, SOLVED), ratings=(rating(),))
    told = Observation.objects.count()
    ana = Customer.objects.get(name="Ana")
    undo_import(batch=batch, at=LATER)
    assert Observation.objects.count() == told
    assert not Observation.objects.filter(superseded_version=None).exists()
    after = Customer.objects.get(pk=ana.pk)
    assert after.activity_version > ana.activity_version
    assert after.last_activity_at == LATER


def test_a_ticket_goes_back_by_a_step_that_the_table_has_not(base: ImportBatch, north: Team) -> None:
    bring(base, ticket(OPENED))
    before = tables()
    batch = new_batch(north)
    bring(batch, ticket(OPENED, EventRecord(EventKind.STATUS, NOW - 8 * HOUR, TicketStatus.CLOSED)))
    undo_import(batch=batch, at=NOW - 7 * HOUR)
    assert tables() == before
    assert Ticket.objects.get().status == "new"
