from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from customers.choices import Factor, Outcome
from customers.models import Customer, Observation, Order, OrderLine, Product, Team, User
from customers.operations.exclude_fact import exclude_fact
from customers.operations.import_customers import import_customers
from customers.operations.import_orders import import_orders
from customers.operations.import_products import import_products
from customers.operations.price_orders import price_orders
from customers.operations.promise_fact import MOMENT
from customers.operations.records import Counts, CustomerRecord, LineRecord, OrderRecord, ProductRecord
from customers.operations.source import Source
from tests.cast import NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
Importing = Callable[..., Counts]


def order(source_id: str = "o1", **values: object) -> OrderRecord:
    given = {
        "number": f"N-{source_id}",
        "customer_id": "c1",
        "currency": "BRL",
        "ordered_at": NOW,
        "lines": (LineRecord("p1", Decimal("8.00"), list_price=Decimal("10.00")),),
        **values,
    }
    return OrderRecord(source_id, **given)  # type: ignore[arg-type]


@pytest.fixture
def refused() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def bring(north: Team, refused: list[tuple[str, str]]) -> Importing:
    """Import orders into a shop with two customers and two products of one category."""

    def report(source_id: str, outcome: str, label: str, detail: str) -> None:
        if outcome == Outcome.REFUSED:
            refused.append((source_id, detail))

    common = {"source": Source("shop"), "team": north, "at": NOW, "report": report}
    import_customers(records=[CustomerRecord("c1", "Ana"), CustomerRecord("c2", "Rui")], **common)  # type: ignore[arg-type]
    import_products(
        records=[ProductRecord("p1", "P1", "Vase", "Home"), ProductRecord("p2", "P2", "Lamp", "Home")],
        **common,  # type: ignore[arg-type]
    )

    def importing(*records: OrderRecord) -> Counts:
        counts = import_orders(records=records, **common)  # type: ignore[arg-type]
        price_orders(at=NOW)
        return counts

    return importing


def standing(factor: int) -> list[tuple[float | None, float | None]]:
    rows = Observation.objects.filter(factor=factor, superseded_version=None).order_by("subject_id")
    return list(rows.values_list("value", "reference"))


def promises() -> dict[str | None, tuple[float | None, datetime]]:
    """What stands on record of each order's promise, and from when on it counts."""
    names = dict(Order.objects.values_list("pk", "source_id"))
    rows = Observation.objects.filter(factor=Factor.RELIABILITY, superseded_version=None)
    return {names[row.subject_id]: (row.value, row.at) for row in rows}


def counting(as_of: datetime, version: int = 99) -> list[float | None]:
    """What is said of promises as of a moment."""
    known = Observation.objects.known_at(as_of=as_of, version=version)
    return list(known.filter(factor=Factor.RELIABILITY).values_list("value", flat=True))


def versions() -> list[int]:
    return list(Customer.objects.order_by("pk").values_list("activity_version", flat=True))


def test_it_brings_an_order_in_with_its_lines(bring: Importing) -> None:
    lines = (LineRecord("p1", Decimal("8.00")), LineRecord("p2", Decimal("2.50"), Decimal("3")))
    assert bring(order(lines=lines)) == Counts(created=1)
    row = Order.objects.get()
    assert (row.number, row.customer.name, row.total) == ("N-o1", "Ana", Decimal("15.50"))
    assert [(line.product.sku, line.quantity) for line in row.lines.all()] == [("P1", Decimal(1)), ("P2", Decimal(3))]


def test_the_same_again_changes_nothing_not_even_activity(bring: Importing) -> None:
    bring(order(promised_at=NOW, delivered_at=NOW, status="delivered"), order("o2", customer_id="c2"))
    before = versions(), list(Observation.objects.values()), list(Order.objects.values())
    assert bring(order(promised_at=NOW, delivered_at=NOW, status="delivered"), order("o2", customer_id="c2")) == Counts(
        unchanged=2
    )
    assert (versions(), list(Observation.objects.values()), list(Order.objects.values())) == before


def test_a_delivery_keeps_its_promise_until_the_last_moment(bring: Importing) -> None:
    bring(
        order("on time", promised_at=NOW, delivered_at=NOW, status="delivered"),
        order("late", promised_at=NOW, delivered_at=NOW + timedelta(microseconds=1), status="delivered"),
        order("no promise", delivered_at=NOW, status="delivered"),
        order("on its way", promised_at=NOW, status="shipped"),
    )
    assert promises() == {"on time": (1.0, NOW), "late": (0.0, NOW + MOMENT), "on its way": (0.0, NOW + MOMENT)}


def test_an_order_that_came_nobody_knows_when_tells_nothing_of_its_promise(bring: Importing) -> None:
    bring(order("gone", promised_at=NOW, status="delivered"), order("back", promised_at=NOW, status="returned"))
    assert promises() == {}


def test_an_order_that_comes_early_is_kept_from_its_delivery_on(bring: Importing) -> None:
    bring(order(status="shipped", promised_at=NOW + 9 * DAY))
    bring(order(status="delivered", promised_at=NOW + 9 * DAY, delivered_at=NOW + 2 * DAY))
    assert counting(NOW + DAY) == []
    assert [counting(NOW + day * DAY) for day in (2, 9, 10)] == [[1.0]] * 3


@pytest.mark.parametrize("days", [-3, 3])
def test_a_promise_that_is_moved_counts_from_its_new_date_alone(bring: Importing, days: int) -> None:
    moved = NOW + days * DAY
    bring(order(status="shipped", promised_at=NOW))
    told = Order.objects.get().customer.activity_version
    bring(order(status="shipped", promised_at=moved))
    assert promises() == {"o1": (0.0, moved + MOMENT)}
    assert (counting(moved), counting(moved + MOMENT)) == ([], [0.0])
    assert (counting(NOW, told), counting(NOW + MOMENT, told)) == ([], [0.0])


@pytest.mark.parametrize("change", [{"promised_at": None}, {"status": "cancelled"}, {"status": "delivered"}])
def test_without_a_promise_that_runs_nothing_counts(bring: Importing, change: dict[str, Any]) -> None:
    given: dict[str, Any] = {"status": "placed", "promised_at": NOW}
    bring(order(**given))
    bring(order(**given | change))
    assert promises() == {}
    assert counting(NOW + 99 * DAY) == []


def test_a_delivery_that_is_taken_back_is_overdue_again(bring: Importing) -> None:
    bring(order(status="delivered", promised_at=NOW, delivered_at=NOW - DAY))
    bring(order(status="shipped", promised_at=NOW))
    assert (counting(NOW), counting(NOW + MOMENT)) == ([], [0.0])


def test_a_late_delivery_leaves_the_broken_promise_as_it_stands(bring: Importing) -> None:
    bring(order(status="shipped", promised_at=NOW))
    before = list(Observation.objects.values())
    bring(order(status="delivered", promised_at=NOW, delivered_at=NOW + 5 * DAY))
    assert list(Observation.objects.values()) == before


def test_an_overdue_order_that_somebody_left_out_stays_out_when_its_date_moves(bring: Importing, ann: User) -> None:
    bring(order(status="shipped", promised_at=NOW))
    fact = Observation.objects.get(factor=Factor.RELIABILITY)
    exclude_fact(observation=fact, reason="The customer is away", by=ann, at=NOW)
    bring(order(status="shipped", promised_at=NOW + DAY))
    row = Observation.objects.get(factor=Factor.RELIABILITY, superseded_version=None)
    assert (row.is_exclusion, row.reason, row.at) == (True, "The customer is away", NOW + DAY + MOMENT)


def test_a_date_at_the_end_of_time_is_never_passed(bring: Importing) -> None:
    last = datetime.max.replace(tzinfo=UTC)
    assert bring(order(status="shipped", promised_at=last)) == Counts(created=1)
    assert promises() == {"o1": (0.0, last)}


def test_a_cancelled_order_gives_no_facts(bring: Importing) -> None:
    bring(order(promised_at=NOW, delivered_at=NOW, status="cancelled"))
    assert not Observation.objects.exists()


def test_cancelling_later_takes_the_facts_off_the_record_but_keeps_them_for_replay(bring: Importing) -> None:
    delivered: dict[str, Any] = {"promised_at": NOW, "delivered_at": NOW}
    bring(order(status="delivered", **delivered))
    customer = Order.objects.get().customer
    known = customer.activity_version
    assert bring(order(status="cancelled", **delivered)) == Counts(updated=1)
    customer.refresh_from_db()
    count = Observation.objects.known_at
    assert not count(as_of=NOW, version=customer.activity_version).exists()
    assert count(as_of=NOW, version=known).count() == 2


def test_an_update_tells_the_facts_anew(bring: Importing) -> None:
    bring(order())
    row = Order.objects.get()
    lines = (LineRecord("p1", Decimal("12.00"), list_price=Decimal("10.00")),)
    late = order(status="delivered", promised_at=NOW, delivered_at=NOW + DAY, lines=lines)
    assert bring(late) == Counts(updated=1)
    row.refresh_from_db()
    assert (row.version, row.total, row.status) == (2, Decimal("12.00"), "delivered")
    assert OrderLine.objects.count() == 1
    assert standing(Factor.RELIABILITY) == [(0.0, 1.0)]
    assert standing(Factor.PRICE) == [(12.0, 10.0)]


def test_an_order_that_moves_to_another_customer_takes_its_facts_along(bring: Importing) -> None:
    bring(order(status="delivered", promised_at=NOW, delivered_at=NOW))
    bring(order(status="delivered", promised_at=NOW, delivered_at=NOW, customer_id="c2"))
    rows = Observation.objects.filter(superseded_version=None)
    assert {row.customer.name for row in rows} == {"Rui"}
    assert rows.count() == 2


def test_a_bad_row_is_refused_and_stops_no_other(bring: Importing, refused: list[tuple[str, str]]) -> None:
    bring(order("taken"))
    counts = bring(
        order("no customer", customer_id="c9"),
        order("no product", lines=(LineRecord("p9", Decimal(1)),)),
        order("negative", lines=(LineRecord("p1", Decimal(-1)),)),
        order("nothing", lines=(LineRecord("p1", Decimal(1), Decimal(0)),)),
        order("nul", number="a\0b"),
        order("status", status="lost"),
        order("same number", number="N-taken"),
        order("good"),
        order("good"),
    )
    assert counts == Counts(created=1, refused=8)
    reasons = dict(refused)
    assert reasons["no customer"] == "there is no customer “c9”: import it first"
    assert reasons["no product"] == "there is no product “p9”: import it first"
    assert "negative" in reasons["negative"]
    assert "NUL" in reasons["nul"]
    assert "lost" in reasons["status"]
    assert "umber" in reasons["same number"]
    assert "repeated" in reasons["good"]
    assert set(Order.objects.values_list("source_id", flat=True)) == {"taken", "good"}


def test_without_a_list_price_the_reference_is_the_median_of_ninety_days(bring: Importing) -> None:
    def at(days: int, price: int, **values: object) -> OrderRecord:
        line = (LineRecord("p1" if price % 2 else "p2", Decimal(price)),)
        return order(f"{days}", ordered_at=NOW + days * DAY, lines=line, **values)

    bring(at(0, 10), at(1, 20), at(90, 30), at(91, 40), at(92, 50, currency="EUR"), at(93, 900, status="cancelled"))
    assert standing(Factor.PRICE) == [(10, 10), (20, 15), (30, 20), (40, 30), (50, 50)]


def test_the_size_of_a_batch_and_the_order_of_rows_move_no_reference(bring: Importing, north: Team) -> None:
    records = [
        order(f"{n}", ordered_at=NOW + (n * 37 % 50) * DAY, lines=(LineRecord("p1", Decimal(n * n % 23 + 1)),))
        for n in range(30)
    ]
    bring(*records)
    told = {o.source_id: o.pk for o in Order.objects.all()}
    facts = dict(Observation.objects.values_list("subject_id", "reference"))
    at_once = {name: facts[pk] for name, pk in told.items()}
    Observation.objects.all().delete()
    Order.objects.all().delete()
    for record in reversed(records):
        import_orders(source=Source("shop"), records=[record], team=north, at=NOW, report=lambda *_: None)
    price_orders(at=NOW)
    facts = dict(Observation.objects.values_list("subject_id", "reference"))
    assert {o.source_id: facts[o.pk] for o in Order.objects.all()} == at_once


def test_a_line_without_category_or_list_price_counts_neither_as_paid_nor_as_reference(bring: Importing) -> None:
    Product.objects.filter(sku="P2").update(category=None)
    lines = (LineRecord("p1", Decimal(5), list_price=Decimal(10)), LineRecord("p2", Decimal(100)))
    bring(order(lines=lines), order("o2", lines=lines[1:]), order("o3", lines=()))
    assert standing(Factor.PRICE) == [(5.0, 10.0)]


def test_a_thousand_orders_take_a_few_queries(
    north: Team, bring: Importing, django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    records = [order(f"{n}", status="delivered", promised_at=NOW, delivered_at=NOW) for n in range(1000)]
    with django_assert_max_num_queries(70):  # SQLite takes some eighty rows a statement
        import_orders(source=Source("shop"), records=records, team=north, at=NOW, report=lambda *_: None)
