from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from customers.choices import AttributeType, Factor
from customers.models import (
    Category,
    ContactPoint,
    CustomAttribute,
    Customer,
    ImportBatch,
    Interaction,
    Merge,
    Observation,
    Order,
    OrderLine,
    Product,
    Relation,
    RelationType,
    Tag,
    Team,
    User,
)
from customers.operations import undo_import as module
from customers.operations.add_contact_point import add_contact_point
from customers.operations.deliver_order import deliver_order
from customers.operations.ensure_attributes import NewAttribute
from customers.operations.import_consents import import_consents
from customers.operations.import_customers import import_customers
from customers.operations.import_interactions import import_interactions
from customers.operations.import_orders import import_orders
from customers.operations.import_products import import_products
from customers.operations.import_relations import import_relations
from customers.operations.log_interaction import log_interaction
from customers.operations.price_orders import price_orders
from customers.operations.promise_fact import MOMENT
from customers.operations.records import (
    ConsentRecord,
    ContactRecord,
    CustomerRecord,
    InteractionRecord,
    LineRecord,
    OrderRecord,
    ProductRecord,
    RelationRecord,
)
from customers.operations.undo_import import CannotUndo, RowsTouched, undo_import
from customers.operations.update_customer import update_customer
from customers.operations.what_was_touched import what_was_touched
from tests.cast import NOW
from tests.imports import Tables, new_batch, tables, work_for

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LATER = NOW + DAY

ANA = CustomerRecord(
    "c1",
    "Ana",
    given_name="Ana",
    contacts=(ContactRecord("email", "ana@example.com", is_primary=True), ContactRecord("phone", "+44 20 7946 0000")),
    attributes={"size": 40},
    tags=("VIP", "Fair 2026"),
)
RUI = CustomerRecord("c2", "Rui", tags=("VIP",))
SHOP = CustomerRecord("c3", "Shop", kind="organisation")
PUMP = ProductRecord("p1", "P-1", "Pump", "Pumps", Decimal("90.00"), "EUR")
ORDER = OrderRecord(
    "o1",
    "N-1",
    "c1",
    "EUR",
    NOW - 5 * DAY,
    status="delivered",
    promised_at=NOW - 2 * DAY,
    delivered_at=NOW - DAY,
    lines=(LineRecord("p1", Decimal("80.00")), LineRecord("p1", Decimal("81.50"), Decimal("2"), Decimal("90.00"))),
)
CALL = InteractionRecord("c1", "call", "inbound", "Asked for a price", "", NOW - DAY)
WORKS = RelationRecord("works-for", "c1", "c3", since=date(2020, 1, 31))


def bring_all(batch: ImportBatch, **more: Any) -> None:
    """An import of one of everything."""
    work = work_for(batch, **more)
    work["source"].ensure_attributes([NewAttribute("size", "Size", AttributeType.NUMBER, "person")])
    import_customers(records=[ANA, RUI, SHOP], **work)
    import_relations(records=[WORKS], **work)
    import_products(records=[PUMP], **work)
    import_orders(records=[ORDER], **work)
    price_orders(at=NOW)
    import_interactions(records=[CALL], **work)
    import_consents(records=[ConsentRecord("c1", "marketing", "email", True)], **work)


@pytest.fixture
def before(acme: Customer) -> Tables:
    """What stood there before."""
    return tables()


@pytest.fixture
def batch(north: Team, before: Tables) -> ImportBatch:
    batch = new_batch(north)
    bring_all(batch)
    return batch


def reasons(batch: ImportBatch, by: User | None = None) -> dict[str, str]:
    """What is in the way, by name."""
    touched = what_was_touched(batch=batch, by=by)
    with pytest.raises(RowsTouched) as refused:
        undo_import(batch=batch, by=by, at=LATER)
    assert refused.value.touched == touched
    batch.refresh_from_db()
    assert batch.state == "done"
    return {row.name or f"{row.model._meta.model_name} {row.key}": row.reason for row in touched}


def test_everything_that_an_import_created_goes(batch: ImportBatch, before: Tables) -> None:
    assert tables() != before
    assert what_was_touched(batch=batch) == []
    done = undo_import(batch=batch, at=LATER)
    assert tables() == before
    assert (done.removed, done.restored, done.kept) == (22, 0, [])
    batch.refresh_from_db()
    assert (batch.state, batch.finished_at) == ("undone", LATER)


def test_everything_that_an_import_changed_has_its_old_values_back(batch: ImportBatch, north: Team) -> None:
    before = tables()
    second = new_batch(north)
    work = work_for(second)
    work["source"].ensure_attributes([NewAttribute("size", "Size", AttributeType.NUMBER, "organisation")])
    ana = CustomerRecord(
        "c1",
        "Ana Lima",
        language="pt",
        contacts=(ContactRecord("email", "ana@lima.example"),),
        attributes={"size": 41},
        tags=("Fair 2027", "VIP"),
    )
    import_customers(records=[ana, CustomerRecord("c4", "New")], **work)
    import_relations(records=[RelationRecord("works-for", "c1", "c3", "Chief", since=date(2020, 1, 31))], **work)
    import_products(records=[ProductRecord("p1", "P-1", "Big pump", "Big pumps", Decimal("95.00"), "EUR")], **work)
    moved = OrderRecord(
        "o1", "N-1b", "c4", "EUR", NOW - 4 * DAY, promised_at=NOW, lines=(LineRecord("p1", Decimal("70.00")),)
    )
    import_orders(records=[moved], **work)
    price_orders(at=NOW)
    import_interactions(
        records=[InteractionRecord("c1", "call", "outbound", "Asked for a price", "Offer sent", NOW - DAY)], **work
    )
    assert {label for label in before if before[label] != tables()[label]} > {"customers.Order", "facts"}

    done = undo_import(batch=second, at=LATER)
    assert tables() == before
    assert done.restored == 6
    # Nobody edited the rows: the first import can be undone as well.
    assert what_was_touched(batch=batch) == []


def test_the_price_fact_that_stood_on_record_comes_back(batch: ImportBatch, north: Team) -> None:
    before = tables()
    second = new_batch(north)
    cancelled = OrderRecord("o1", "N-1", "c1", "EUR", NOW - 5 * DAY, status="cancelled", lines=ORDER.lines)
    import_orders(records=[cancelled], **work_for(second))
    price_orders(at=NOW)
    assert tables()["facts"] == []
    undo_import(batch=second, at=LATER)
    assert tables() == before
    assert len(before["facts"]) == 2


def test_an_order_whose_delivery_is_taken_back_is_promised_again(north: Team) -> None:
    order = replace(ORDER, customer_id="c2", status="shipped", delivered_at=None, promised_at=LATER + DAY)
    first, second = new_batch(north), new_batch(north)
    import_customers(records=[RUI], **work_for(first))
    import_products(records=[PUMP], **work_for(first))
    import_orders(records=[order], **work_for(first))
    before = tables()
    import_orders(records=[replace(order, status="delivered", delivered_at=NOW)], **work_for(second))
    assert Observation.objects.get(factor=Factor.RELIABILITY, superseded_version=None).value == 1
    undo_import(batch=second, at=LATER)
    assert tables() == before
    row = Observation.objects.get(factor=Factor.RELIABILITY, superseded_version=None)
    assert (row.value, row.at) == (0, LATER + DAY + MOMENT)


def test_imports_that_built_on_each_other_are_undone_one_after_the_other(
    batch: ImportBatch, north: Team, before: Tables
) -> None:
    later = [new_batch(north) for _ in range(3)]
    for number, one in enumerate(later):
        import_customers(records=[CustomerRecord("c2", f"Rui {number}")], **work_for(one))
    assert reasons(batch) == {"Rui 2": "was edited"}
    for one in reversed(later):
        undo_import(batch=one, at=LATER)
    undo_import(batch=batch, at=LATER)
    assert tables() == before


def test_a_row_that_one_import_wrote_twice_goes_back_all_the_way(
    north: Team, acme: Customer, batch: ImportBatch
) -> None:
    before = tables()
    second = new_batch(north)
    for name in ("Rui A", "Rui B"):
        import_customers(records=[CustomerRecord("c2", name), CustomerRecord("c9", name)], **work_for(second))
    assert what_was_touched(batch=second) == []
    undo_import(batch=second, at=LATER)
    assert tables() == before


def test_an_edited_row_is_named_and_nothing_is_undone(batch: ImportBatch) -> None:
    update_customer(customer=Customer.objects.get(name="Rui"), changes={"language": "pt"}, at=LATER)
    now = tables()
    assert reasons(batch) == {"Rui": "was edited"}
    assert tables() == now


def test_whatever_refers_to_a_row_is_told(batch: ImportBatch, ann: User) -> None:
    ana = Customer.objects.get(name="Ana")
    add_contact_point(customer=ana, kind="email", value="new@example.com", at=LATER)
    log_interaction(customer=ana, kind="note", direction="inbound", subject="x", author=ann, at=LATER)
    ana.tags.add(Tag.objects.create(name="Regular"))
    OrderLine.objects.create(
        order=Order.objects.create(number="N-9", customer=ana, currency="EUR", ordered_at=NOW),
        product=Product.objects.get(),
        unit_price=1,
    )
    found = reasons(batch)
    assert found["Pump"] == "is referred to by: 1 order line"
    assert set(found["Ana"].removeprefix("is referred to by: ").split(", ")) == {
        "1 contact point",
        "1 interaction",
        "1 tag",
        "1 order",
    }


def test_a_delivered_order_was_edited(batch: ImportBatch) -> None:
    Order.objects.update(status="shipped")
    deliver_order(order=Order.objects.get(), at=LATER)
    assert reasons(batch) == {"N-1": "was edited"}


def test_a_deleted_row_is_told_by_its_key(batch: ImportBatch) -> None:
    gone = Customer.objects.get(name="Rui")
    key = gone.pk
    gone.delete()
    assert reasons(batch) == {f"customer {key}": "was deleted"}


def test_merged_customers_are_told(batch: ImportBatch, acme: Customer) -> None:
    ana, rui = Customer.objects.get(name="Ana"), Customer.objects.get(name="Rui")
    merge = Merge.objects.create(kept=ana, gone=rui, at=LATER)
    Customer.objects.filter(pk=rui.pk).update(merged_into=ana)
    found = reasons(batch)
    assert found["Rui"] == "was merged into another customer; is referred to by: 1 merge"
    assert found["Ana"] == "is referred to by: 1 merge"
    Customer.objects.filter(pk=rui.pk).update(merged_into=None)
    Merge.objects.filter(pk=merge.pk).update(undone_at=LATER)
    assert what_was_touched(batch=batch) == []


def test_a_changed_row_whose_old_owner_is_gone_is_told(batch: ImportBatch, north: Team) -> None:
    second = new_batch(north)
    moved = OrderRecord("o1", "N-1", "c2", "EUR", NOW - 5 * DAY, lines=ORDER.lines)
    import_orders(records=[moved], **work_for(second))
    Interaction.objects.all().delete()
    Relation.objects.all().delete()
    Customer.objects.get(name="Ana").delete()
    [(_, why)] = reasons(second).items()
    assert why == "the customer that it belonged to was deleted"


def test_an_old_value_that_another_row_took_is_told(batch: ImportBatch, north: Team) -> None:
    second = new_batch(north)
    import_products(records=[ProductRecord("p1", "P-2", "Pump")], **work_for(second))
    Product.objects.create(sku="P-1", name="Other")
    assert list(reasons(second).values()) == ["its old SKU is another's by now"]


def test_an_owner_who_left_does_not_stand_in_the_way(batch: ImportBatch, north: Team, ann: User) -> None:
    ana = Customer.objects.get(name="Ana")
    Customer.objects.filter(pk=ana.pk).update(owner=ann)
    second = new_batch(north)
    User.objects.create_user("eva")
    import_customers(records=[CustomerRecord("c1", "Ana", owner="eva")], **work_for(second))
    ann.agent.delete()
    ann.delete()
    undo_import(batch=second, at=LATER)
    ana.refresh_from_db()
    assert ana.owner is None


def test_a_catalogue_that_others_use_by_now_stays(batch: ImportBatch, acme: Customer) -> None:
    acme.tags.add(Tag.objects.get(name="VIP"))
    Product.objects.create(sku="P-2", name="Other", category=Category.objects.get())
    Customer.objects.filter(pk=acme.pk).update(attributes={"size": 3})
    assert what_was_touched(batch=batch) == []
    done = undo_import(batch=batch, at=LATER)
    assert done.kept == []
    assert [tag.name for tag in Tag.objects.all()] == ["VIP"]
    assert Category.objects.get().name == "Pumps"
    assert CustomAttribute.objects.get().code == "size"


def test_an_attribute_that_the_import_opened_to_others_stays_open_where_they_have_a_value(
    batch: ImportBatch, north: Team, acme: Customer
) -> None:
    second = new_batch(north)
    work_for(second)["source"].ensure_attributes([NewAttribute("size", "Size", AttributeType.NUMBER, "organisation")])
    Customer.objects.filter(pk=acme.pk).update(attributes={"size": 3})
    undo_import(batch=second, at=LATER)
    assert CustomAttribute.objects.get().kind == ""


def test_what_the_user_may_not_see_is_not_undone_and_not_named(
    north: Team, south: Team, bob: User, before: Tables
) -> None:
    batch = new_batch(north)
    import_customers(
        records=[CustomerRecord("c1", "Ana"), CustomerRecord("c2", "Rui", team="South")], **work_for(batch)
    )
    rui = Customer.objects.get(name="Rui")
    assert reasons(batch, by=bob) == {f"customer {rui.pk}": "belongs to a team whose rows you may not see"}
    assert what_was_touched(batch=batch) == []


def test_an_import_is_undone_once(batch: ImportBatch) -> None:
    undo_import(batch=batch, at=LATER)
    with pytest.raises(CannotUndo):
        undo_import(batch=batch, at=LATER)


@pytest.mark.parametrize("state", ["uploaded", "checking", "checked", "running"])
def test_only_an_import_that_has_ended_is_undone(batch: ImportBatch, state: str) -> None:
    batch.state = state
    batch.save()
    with pytest.raises(CannotUndo):
        undo_import(batch=batch, at=LATER)


def test_an_import_without_a_record_of_what_it_wrote_is_not(north: Team) -> None:
    with pytest.raises(CannotUndo):
        undo_import(batch=new_batch(north, counts={"customers": {"created": 3}}), at=LATER)
    with pytest.raises(CannotUndo):
        undo_import(batch=new_batch(north, dry_run=True), at=LATER)


def test_an_import_that_failed_half_way_is_undone(batch: ImportBatch, before: Tables) -> None:
    batch.state = "failed"
    batch.error = "the file ended"
    batch.save()
    undo_import(batch=batch, at=LATER)
    assert tables() == before


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every import is a large one."""
    monkeypatch.setattr(module, "AT_ONCE", 0)


@pytest.mark.usefixtures("in_parts")
def test_a_large_import_is_undone_in_parts_and_goes_on_where_it_was_killed(batch: ImportBatch, before: Tables) -> None:
    parts: list[tuple[int, int]] = []

    def die(done: int, total: int) -> None:
        parts.append((done, total))
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        undo_import(batch=batch, at=LATER, tell=die)
    batch.refresh_from_db()
    assert batch.state == "undoing"
    assert parts[-1][1] == batch.steps.count()
    undo_import(batch=batch, at=LATER)
    assert tables() == before


@pytest.mark.usefixtures("in_parts")
def test_one_that_was_killed_comes_to_its_end_whatever_is_touched_meanwhile(batch: ImportBatch) -> None:
    def die(done: int, total: int) -> None:
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        undo_import(batch=batch, at=LATER, tell=die)
    update_customer(customer=Customer.objects.get(name="Rui"), changes={"language": "pt"}, at=LATER)
    done = undo_import(batch=batch, at=LATER)
    assert [(row.name, row.reason) for row in done.kept] == [("Rui", "was edited")]
    assert (batch.state, Customer.objects.filter(name="Ana").exists()) == ("undone", False)


@pytest.mark.usefixtures("in_parts")
def test_a_large_import_with_a_touched_row_is_not_begun(batch: ImportBatch) -> None:
    update_customer(customer=Customer.objects.get(name="Rui"), changes={"language": "pt"}, at=LATER)
    now = tables()
    assert reasons(batch) == {"Rui": "was edited"}
    assert tables() == now


@pytest.mark.usefixtures("in_parts")
def test_what_is_touched_while_a_large_undo_is_under_way_stays_and_is_named(batch: ImportBatch) -> None:
    def edit(done: int, total: int) -> None:
        if done == 1:
            update_customer(customer=Customer.objects.get(name="Rui"), changes={"language": "pt"}, at=LATER)

    done = undo_import(batch=batch, at=LATER, tell=edit)
    assert [(row.name, row.reason) for row in done.kept] == [("Rui", "was edited")]
    assert {*Customer.objects.values_list("name", flat=True)} == {"Acme Pumps", "Rui"}
    batch.refresh_from_db()
    assert (batch.state, batch.error) == (
        "undone",
        f"Touched while the undo was under way, so kept: customer {done.kept[0].key}: was edited",
    )


def test_contact_points_are_put_down_in_short(batch: ImportBatch) -> None:
    step = batch.steps.get(model="customers.ContactPoint")
    assert len(step.created) == 1
    assert ContactPoint.objects.count() == 2


def test_old_values_leave_the_record_of_an_undone_import(batch: ImportBatch, north: Team) -> None:
    second = new_batch(north)
    import_customers(records=[CustomerRecord("c2", "Rui Dias")], **work_for(second))
    undo_import(batch=second, at=LATER)
    assert [step.changed for step in second.steps.all()] == [
        {str(Customer.objects.get(name="Rui").pk): {"version": 2, "restored": 3}}
    ]


def test_relation_types_stay(batch: ImportBatch) -> None:
    undo_import(batch=batch, at=LATER)
    assert RelationType.objects.filter(code="works-for").exists()
