from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest

from customers.choices import Factor
from customers.models import Customer, Observation, Team, User
from customers.operations.import_customers import import_customers
from customers.operations.records import Counts, CustomerRecord
from customers.operations.source import Source
from services.choices import EventKind, Priority, TicketStatus
from services.models import Agent, Calendar, Message, Queue, ServiceType, SLAPolicy, Ticket, TicketEvent
from services.operations.assign_ticket import assign_ticket
from services.operations.import_tickets import import_tickets
from services.operations.records import EventRecord, MessageRecord, TicketRecord
from tests.cast import NOW
from tests.imports import refusals_into

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
Importing = Callable[..., Counts]

OPENED = EventRecord(EventKind.OPENED, NOW, TicketStatus.NEW)
REPLIED = EventRecord(EventKind.AGENT_REPLY, NOW + HOUR, TicketStatus.OPEN)
SOLVED = EventRecord(EventKind.STATUS, NOW + 2 * HOUR, TicketStatus.SOLVED)
HISTORY = (OPENED, REPLIED, SOLVED)


def ticket(source_id: str = "t1", events: tuple[EventRecord, ...] = HISTORY, **values: object) -> TicketRecord:
    given = {
        "number": f"N-{source_id}",
        "customer_id": "c1",
        "subject": "Broken",
        "created_at": NOW,
        "queue": "Repairs",
        "events": events,
        "messages": (MessageRecord("It broke", NOW), MessageRecord("Sorry", NOW + HOUR, direction="outbound")),
        **values,
    }
    return TicketRecord(source_id, **given)  # type: ignore[arg-type]


@pytest.fixture
def refused() -> dict[str, str]:
    return {}


@pytest.fixture
def bring(north: Team, ann: User, refused: dict[str, str]) -> Importing:
    """Import tickets of two customers, a day after they happened."""
    at = NOW + timedelta(days=1)
    import_customers(
        source=Source("desk"),
        records=[CustomerRecord("c1", "Ana"), CustomerRecord("c2", "Rui")],
        team=north,
        at=at,
        report=refusals_into(refused),
    )

    def importing(*records: TicketRecord) -> Counts:
        return import_tickets(source=Source("desk"), records=records, team=north, at=at, report=refusals_into(refused))

    return importing


def everything() -> list[object]:
    models = Customer, Ticket, TicketEvent, Message, Observation
    return [list(model.objects.order_by("pk").values()) for model in models]


def test_it_brings_history_conversation_and_clocks_in(bring: Importing, north: Team) -> None:
    assert bring(ticket()) == Counts(created=1)
    row = Ticket.objects.get()
    assert (row.status, row.team, row.queue.name, row.queue.team) == ("solved", north, "Repairs", north)
    assert (row.first_replied_at, row.first_reply_seconds) == (NOW + HOUR, 3600)
    assert row.solved_at == NOW + 2 * HOUR
    assert row.policy == SLAPolicy.objects.get()
    assert [e.kind for e in row.events.all()] == ["opened", "agent_reply", "status"]
    said = [(m.body, m.customer and m.customer.name) for m in row.messages.all()]
    assert said == [("It broke", "Ana"), ("Sorry", None)]


def test_the_same_again_changes_nothing_not_even_activity(bring: Importing) -> None:
    bring(ticket(), ticket("t2", events=(OPENED,)))
    before = everything()
    assert bring(ticket(), ticket("t2", events=(OPENED,))) == Counts(unchanged=2)
    assert everything() == before


def test_its_facts_are_those_of_the_verbs(bring: Importing) -> None:
    bring(ticket(requester_id="c2"))
    facts = Observation.objects.order_by("customer_id", "factor")
    reply, promises = (Factor.RESPONSIVENESS, 3600.0, 4 * 3600.0), (Factor.RELIABILITY, 2.0, 2.0)
    assert list(facts.values_list("factor", "value", "reference")) == [promises, reply, promises, reply]


def test_without_a_policy_the_queues_typical_reply_is_the_reference(bring: Importing) -> None:
    bring(ticket(has_policy=False))
    assert Ticket.objects.get().policy is None
    facts = Observation.objects.order_by("factor").values_list("value", "reference")
    assert list(facts) == [(1.0, 1.0), (3600.0, float(Queue.objects.get(name="Repairs").typical_reply_seconds))]


def test_a_newer_export_adds_what_happened_since(bring: Importing) -> None:
    bring(ticket(events=(OPENED,)))
    reopened = EventRecord(EventKind.REOPENED, NOW + 3 * HOUR, TicketStatus.OPEN)
    assert bring(ticket(events=(*HISTORY, reopened), subject="Broken again")) == Counts(updated=1)
    row = Ticket.objects.get()
    assert (row.status, row.reopen_count, row.subject, row.version) == ("open", 1, "Broken again", 2)
    assert row.events.count() == 4
    current = Observation.objects.filter(superseded_version=None, factor=Factor.RESPONSIVENESS)
    assert current.get().value == 3600.0


def test_what_was_done_here_survives_the_same_file(bring: Importing, ann: User) -> None:
    bring(ticket(events=(OPENED,)))
    agent = Agent.objects.get(user=ann)
    assign_ticket(ticket=Ticket.objects.get(), to=agent, by=ann, at=NOW + timedelta(days=2))
    assert bring(ticket(events=(OPENED,))) == Counts(unchanged=1)
    assert Ticket.objects.get().assignee == agent


def test_a_ticket_that_moves_to_another_customer_takes_its_facts_along(bring: Importing) -> None:
    bring(ticket())
    bring(ticket(customer_id="c2"))
    rows = Observation.objects.filter(superseded_version=None)
    assert [row.customer.name for row in rows] == ["Rui", "Rui"]


def test_a_missing_queue_and_service_type_are_made_but_no_people(bring: Importing, refused: dict[str, str]) -> None:
    agent = ticket("agent", assignee="nobody")
    actor = ticket("actor", events=(EventRecord(EventKind.NOTE, NOW, TicketStatus.NEW, actor="nobody"),))
    assert bring(ticket(service_type="data-loss", assignee="ann"), agent, actor) == Counts(created=1, refused=2)
    assert ServiceType.objects.get(code="data-loss").name == "Data loss"
    assert refused == {"agent": "there is no agent “nobody”", "actor": "there is no user “nobody”"}


def test_a_bad_row_is_refused_and_stops_no_other(bring: Importing, refused: dict[str, str]) -> None:
    bring(ticket("taken"))
    bad = {
        "customer": ticket("customer", customer_id="c9"),
        "priority": ticket("priority", priority=9),
        "channel": ticket("channel", channel="pigeon"),
        "status": ticket("status", events=(EventRecord(EventKind.STATUS, NOW, "lost"),)),
        "nul": ticket("nul", messages=(MessageRecord("a\0b", NOW),)),
        "long": ticket("long", subject="x" * 256),
        "queue": ticket("queue", queue="q" * 101),
        "number": ticket("number", number="N" * 41),
    }
    assert bring(*bad.values(), ticket("good", priority=Priority.URGENT)) == Counts(created=1, refused=8)
    assert refused.keys() == bad.keys()
    assert set(Ticket.objects.values_list("source_id", flat=True)) == {"taken", "good"}


def test_a_history_without_opening_begins_when_the_ticket_was_created(bring: Importing) -> None:
    bring(ticket(events=(SOLVED,)))
    first = TicketEvent.objects.order_by("at")[0]
    assert (first.kind, first.at) == (EventKind.OPENED, NOW)


def test_a_thousand_tickets_take_a_few_queries(
    bring: Importing, django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    records = [ticket(f"{n}") for n in range(1000)]
    with django_assert_max_num_queries(170):  # SQLite takes some sixty rows a statement
        bring(*records)
    with django_assert_max_num_queries(25):
        bring(*records)


def test_a_number_that_another_source_has_is_put_behind_the_name_of_the_source_and_stays_so(bring: Importing) -> None:
    Ticket.objects.create(number="7", subject="Ours", customer=Customer.objects.get(name="Ana"), **_places())
    assert bring(ticket("a", number="7"), ticket("b", number="7"), ticket("c", number="8")) == Counts(created=3)
    numbers = dict(Ticket.objects.filter(source="desk").values_list("source_id", "number"))
    assert numbers == {"a": "desk-7", "b": "desk-b", "c": "8"}
    assert bring(ticket("a", number="7"), ticket("b", number="7"), ticket("c", number="8")) == Counts(unchanged=3)


def _places() -> dict[str, object]:
    queue = Queue.objects.order_by("pk").first() or Queue.objects.create(
        name="Q", team=Team.objects.order_by("pk")[0], calendar=Calendar.objects.order_by("pk")[0]
    )
    return {"queue": queue, "team": queue.team}
