from collections.abc import Callable
from datetime import timedelta

import pytest

from customers.choices import Factor
from customers.models import Customer, ImportBatch, ImportStep, Observation, Team
from customers.operations.import_customers import import_customers
from customers.operations.records import Counts, CustomerRecord
from customers.operations.source import Source
from services.models import Message, Ticket, TicketEvent
from services.operations.import_messages import import_messages
from services.operations.import_tickets import import_tickets
from services.operations.records import TicketMessageRecord, TicketRecord
from tests.cast import NOW
from tests.imports import refusals_into

pytestmark = pytest.mark.django_db
Importing = Callable[..., Counts]
HOUR = timedelta(hours=1)
REPLY = TicketMessageRecord("t1", "We come tomorrow.", NOW + HOUR)
NOTE = TicketMessageRecord("t1", "Seal is worn.", NOW + 2 * HOUR, kind="note")


@pytest.fixture
def refused() -> dict[str, str]:
    return {}


@pytest.fixture
def bring(north: Team, refused: dict[str, str]) -> Importing:
    """Import messages on the one ticket of one customer."""
    batch = ImportBatch.objects.create(format="x", path="x", team=north, started_at=NOW)
    source = Source("desk", batch=batch)
    common = {"source": source, "team": north, "at": NOW + 24 * HOUR, "report": refusals_into(refused)}
    import_customers(records=[CustomerRecord("c1", "Ana")], **common)  # type: ignore[arg-type]
    ticket = TicketRecord("t1", "N-1", "c1", "Broken", NOW, "Repairs")
    import_tickets(records=[ticket], **common)  # type: ignore[arg-type]

    def importing(*records: TicketMessageRecord) -> Counts:
        return import_messages(records=records, **common)  # type: ignore[arg-type]

    return importing


def test_what_was_said_joins_the_conversation_and_the_history(bring: Importing) -> None:
    asked = TicketMessageRecord("t1", "When?", NOW + 3 * HOUR, direction="inbound")
    assert bring(REPLY, NOTE, asked) == Counts(created=3)
    said = Message.objects.values_list("kind", "direction", "customer__name")
    assert list(said) == [("reply", "outbound", None), ("note", "internal", None), ("reply", "inbound", "Ana")]
    kinds = TicketEvent.objects.order_by("at").values_list("kind", "status_after")
    assert list(kinds) == [
        ("opened", "new"), ("agent_reply", "new"), ("note", "new"), ("customer_message", "new"),
    ]  # fmt: skip


def test_clocks_and_facts_follow_from_the_reply(bring: Importing) -> None:
    bring(REPLY)
    ticket = Ticket.objects.get()
    assert (ticket.first_replied_at, ticket.first_reply_seconds) == (NOW + HOUR, 3600)
    fact = Observation.objects.get(factor=Factor.RESPONSIVENESS, superseded_version=None)
    assert fact.value == 3600.0


def test_the_same_again_changes_nothing(bring: Importing) -> None:
    bring(REPLY, NOTE)
    before = list(TicketEvent.objects.values()), list(Customer.objects.values())
    assert bring(REPLY, NOTE) == Counts(unchanged=2)
    assert (list(TicketEvent.objects.values()), list(Customer.objects.values())) == before


def test_it_is_put_down_what_was_written(bring: Importing) -> None:
    ImportStep.objects.all().delete()
    bring(REPLY)
    written = {step.model: (len(step.created), [*step.changed]) for step in ImportStep.objects.all()}
    ticket = str(Ticket.objects.get().pk)
    assert written == {"services.Message": (1, []), "services.TicketEvent": (1, []), "services.Ticket": (0, [ticket])}


def test_a_bad_row_is_refused_and_stops_no_other(bring: Importing, refused: dict[str, str]) -> None:
    lost, empty = TicketMessageRecord("t9", "x", NOW), TicketMessageRecord("t1", "", NOW)
    nul = TicketMessageRecord("t1", "a\0b", NOW)
    assert bring(lost, empty, nul, REPLY) == Counts(created=1, refused=3)
    assert refused[lost.source_id] == "there is no ticket “t9”: import it first"


def test_a_rehearsal_counts_those_of_tickets_that_are_not_here_yet(bring: Importing, north: Team) -> None:
    source = Source("desk", rehearsal=True)
    source.make_up(Ticket, ["t2"])
    record = TicketMessageRecord("t2", "x", NOW)
    counts = import_messages(source=source, records=[record, REPLY], team=north, at=NOW, report=refusals_into({}))
    assert counts == Counts(created=2)
    assert not Message.objects.exists()
