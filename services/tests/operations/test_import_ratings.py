from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from customers.models import Customer, Observation, Team
from customers.operations.import_customers import import_customers
from customers.operations.import_orders import import_orders
from customers.operations.records import Counts, CustomerRecord, OrderRecord
from customers.operations.source import Source
from services.choices import EventKind, TicketStatus
from services.models import SatisfactionRating, TicketEvent
from services.operations.import_ratings import import_ratings
from services.operations.import_tickets import import_tickets
from services.operations.records import EventRecord, RatingRecord, TicketRecord
from tests.cast import NOW
from tests.imports import refusals_into

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
Importing = Callable[..., Counts]


def rating(source_id: str = "r1", **values: object) -> RatingRecord:
    given = {"customer_id": "c1", "value": 4, "at": NOW, "scale": "review", "order_id": "o1", **values}
    return RatingRecord(source_id, **given)  # type: ignore[arg-type]


@pytest.fixture
def refused() -> dict[str, str]:
    return {}


@pytest.fixture
def bring(north: Team, refused: dict[str, str]) -> Importing:
    """Import ratings of an order of c1 and of a ticket that c2 opened for c1."""
    common = {"source": Source("shop"), "team": north, "at": NOW, "report": refusals_into(refused)}
    import_customers(records=[CustomerRecord("c1", "Ana"), CustomerRecord("c2", "Rui")], **common)  # type: ignore[arg-type]
    order = OrderRecord("o1", "N-1", "c1", "BRL", NOW, lines=())
    import_orders(records=[order], **common)  # type: ignore[arg-type]
    solved = EventRecord(EventKind.STATUS, NOW - HOUR, TicketStatus.SOLVED)
    reopened = EventRecord(EventKind.REOPENED, NOW + HOUR, TicketStatus.OPEN)
    ticket = TicketRecord(
        "t1", "T-1", "c1", "Broken", NOW - 2 * HOUR, "Desk", requester_id="c2", events=(solved, reopened)
    )
    import_tickets(records=[ticket], **common)  # type: ignore[arg-type]

    def importing(*records: RatingRecord) -> Counts:
        return import_ratings(records=records, **common)  # type: ignore[arg-type]

    return importing


def of_ratings() -> list[tuple[str, float | None]]:
    rows = Observation.objects.filter(subject_type="rating", superseded_version=None).order_by("customer_id", "pk")
    return [(row.customer.name, row.value) for row in rows]


def test_the_rating_of_an_order_is_a_fact_about_its_customer(bring: Importing) -> None:
    assert bring(rating()) == Counts(created=1)
    row = SatisfactionRating.objects.get()
    assert (row.value, row.scale, row.order and row.order.total) == (4, "review", Decimal(0))
    assert of_ratings() == [("Ana", 4.0)]


def test_the_rating_of_a_ticket_counts_for_the_requester_too_and_stands_in_its_history(bring: Importing) -> None:
    bring(rating(order_id="", ticket_id="t1", scale="csat", customer_id="c2"))
    assert of_ratings() == [("Ana", 4.0), ("Rui", 4.0)]
    event = TicketEvent.objects.get(kind=EventKind.RATED)
    assert (event.at, event.status_after, event.data["value"]) == (NOW, TicketStatus.SOLVED, 4)


def test_the_same_again_changes_nothing_not_even_activity(bring: Importing) -> None:
    both = rating(), rating("r2", order_id="", ticket_id="t1")
    bring(*both)
    models = Customer, SatisfactionRating, TicketEvent, Observation
    before = [list(model.objects.order_by("pk").values()) for model in models]
    assert bring(*both) == Counts(unchanged=2)
    assert [list(model.objects.order_by("pk").values()) for model in models] == before


def test_another_answer_under_the_same_id_replaces_the_former(bring: Importing) -> None:
    bring(rating())
    old = SatisfactionRating.objects.get()
    assert bring(rating(value=1)) == Counts(updated=1)
    old.refresh_from_db()
    assert old.replaced_by and old.replaced_by.value == 1
    assert of_ratings() == [("Ana", 1.0)]
    assert bring(rating(value=1)) == Counts(unchanged=1)


def test_a_bad_row_is_refused_and_stops_no_other(bring: Importing, refused: dict[str, str]) -> None:
    bad = {
        "value": rating("value", value=6),
        "scale": rating("scale", scale="stars"),
        "order": rating("order", order_id="o9"),
        "customer": rating("customer", customer_id="c9"),
        "neither": rating("neither", order_id=""),
        "both": rating("both", ticket_id="t1"),
    }
    assert bring(*bad.values(), rating()) == Counts(created=1, refused=6)
    assert refused.keys() == bad.keys()
