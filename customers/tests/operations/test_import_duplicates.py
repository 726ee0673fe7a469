"""What an import does with new rows that look like customers who are here."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from customers.models import (
    ContactPoint,
    CustomAttribute,
    Customer,
    DuplicatePair,
    ExternalId,
    IdentifierKey,
    ImportBatch,
    ImportStep,
    Team,
    User,
)
from customers.operations.import_customers import import_customers
from customers.operations.records import ContactRecord, Counts, CustomerRecord
from customers.operations.source import Source
from tests.cast import NOW
from tests.customers import enter

pytestmark = pytest.mark.django_db

PHONE = ContactRecord("phone", "+44 113 496 0001")
EMAIL = ContactRecord("email", "ann@example.com")
ANN = CustomerRecord("a1", "Ann Lee", country="GB", contacts=(PHONE, EMAIL))
OTHER = CustomerRecord("t1", "Tom Berg", contacts=(PHONE,))

Bring = Callable[..., Counts]
Told = list[tuple[str, str, str]]


@pytest.fixture
def told() -> Told:
    return []


@pytest.fixture
def bring(north: Team, told: Told) -> Bring:
    def bring(*records: CustomerRecord, source: Source | None = None, **options: Any) -> Counts:
        return import_customers(
            source=source or Source("old", **options),
            records=records,
            team=north,
            at=NOW,
            report=lambda source_id, outcome, label, detail: told.append((source_id, outcome, detail)),
        )

    return bring


@pytest.fixture
def here(north: Team) -> Customer:
    """Ann, who is here already."""
    return enter(north, "Ann Lee", ("phone", PHONE.value))


def outcomes(told: Told, source_id: str) -> list[str]:
    return [outcome for name, outcome, _ in told if name == source_id]


def known_as() -> dict[str, int]:
    return dict(ExternalId.objects.values_list("source_id", "customer_id"))


def test_it_is_created_reported_and_put_into_the_queue(bring: Bring, here: Customer, told: Told) -> None:
    assert bring(ANN, OTHER) == Counts(created=2)
    row = DuplicatePair.objects.get()
    assert (row.first, row.second_id, row.found_by) == (here, known_as()["a1"], "import")
    assert outcomes(told, "a1") == ["duplicate", "created"]
    assert outcomes(told, "t1") == ["created"]
    assert told[0][2] == f"99% like customer #{here.pk} (phone, family name, given name)"


def test_it_is_left_out_where_the_source_says_so(bring: Bring, here: Customer, told: Told) -> None:
    assert bring(ANN, OTHER, on_duplicate="skip") == Counts(created=1, refused=1)
    assert known_as().keys() == {"t1"}
    assert outcomes(told, "a1") == ["duplicate"]
    assert not DuplicatePair.objects.exists()


def test_it_is_taken_for_who_is_here_where_the_source_says_so(bring: Bring, here: Customer, told: Told) -> None:
    assert bring(ANN, OTHER, on_duplicate="update") == Counts(created=1, updated=1)
    assert known_as()["a1"] == here.pk
    here.refresh_from_db()
    assert (here.country, here.contact_points.count(), here.version) == ("GB", 2, 2)
    assert outcomes(told, "a1") == ["duplicate", "updated"]
    assert bring(ANN, OTHER) == Counts(unchanged=2)


def test_what_only_may_be_the_same_is_created_whatever_the_source_says(bring: Bring, north: Team) -> None:
    enter(north, "Acme Pumps", ("phone", "+44 113 496 0002"), kind="organisation")
    record = CustomerRecord("1", "ACME Pumps Ltd", kind="organisation", contacts=(ContactRecord("phone", "+44 1 2"),))
    assert bring(record, on_duplicate="skip") == Counts(created=1)
    assert DuplicatePair.objects.get().score < 0.97


@pytest.mark.parametrize("on_duplicate", ["skip", "update"])
def test_whom_the_importer_may_not_see_is_neither_named_nor_touched(
    bring: Bring, here: Customer, told: Told, otto: User, south: Team, on_duplicate: str
) -> None:
    assert bring(
        CustomerRecord("a1", "Ann Lee", contacts=(PHONE,), team="South"), on_duplicate=on_duplicate, user=otto
    ) == (Counts(created=1))
    assert outcomes(told, "a1") == ["created"]
    assert DuplicatePair.objects.get().first == here  # seen by whoever sees both


def test_rows_of_one_file_are_compared_too(bring: Bring, told: Told) -> None:
    again = CustomerRecord("a2", "LEE, Ann", contacts=(PHONE,))
    assert bring(ANN, OTHER, again) == Counts(created=3)
    ids = known_as()
    row = DuplicatePair.objects.get()
    assert (row.first_id, row.second_id) == (ids["a1"], ids["a2"])
    assert "like row “a1” of this file" in told[0][2]


def test_the_second_of_two_rows_is_left_out_or_updates_the_first(bring: Bring, told: Told) -> None:
    again = CustomerRecord("a2", "Ann Lee", language="en", contacts=(PHONE, ContactRecord("email", "ann@b.example")))
    third = CustomerRecord("a3", "Ann Lee", industry="Pumps", contacts=(PHONE,))
    assert bring(ANN, again, on_duplicate="skip", source=None) == Counts(created=1, refused=1)
    Customer.objects.all().delete()
    assert bring(ANN, OTHER, again, third, on_duplicate="update") == Counts(created=2, updated=2)
    ids = known_as()
    assert ids["a1"] == ids["a2"] == ids["a3"] != ids["t1"]
    customer = Customer.objects.get(pk=ids["a1"])
    assert (customer.country, customer.language, customer.industry) == ("GB", "en", "Pumps")
    assert customer.contact_points.count() == 3


def test_one_customer_is_updated_by_two_rows_one_after_the_other(bring: Bring, here: Customer) -> None:
    bring(CustomerRecord("known", "Ann Lee", contacts=(PHONE,)), on_duplicate="update")
    known = CustomerRecord("known", "Ann Lee", language="en")
    again = CustomerRecord("a2", "Ann Lee", industry="Pumps", contacts=(PHONE,))
    assert bring(known, again, on_duplicate="update") == Counts(updated=2)
    here.refresh_from_db()
    assert (here.language, here.industry) == ("en", "Pumps")


def test_two_ids_of_one_customer_may_stand_in_one_file(bring: Bring, here: Customer, north: Team) -> None:
    for source_id in ("a1", "a2"):
        ExternalId.objects.create(customer=here, source="old", source_id=source_id)
    first = CustomerRecord("a1", "Ann Lee", language="en", contacts=(EMAIL,))
    batch = ImportBatch.objects.create(format="csv", source="old", team=north, started_at=NOW)
    source = Source("old", batch=batch)
    assert bring(first, CustomerRecord("a2", "Anne Lee", language="de", contacts=(EMAIL,)), source=source) == Counts(
        updated=2
    )
    here.refresh_from_db()
    assert (here.name, here.language, here.version, here.contact_points.count()) == ("Anne Lee", "de", 2, 2)
    step = ImportStep.objects.get(model="customers.Customer")
    assert step.changed[str(here.pk)]["before"] == {"name": "Ann Lee", "language": ""}


@pytest.mark.parametrize(
    ("on_duplicate", "counts"),
    [
        ("create", Counts(created=3)),
        ("skip", Counts(created=1, refused=2)),
        ("update", Counts(created=1, updated=1, unchanged=1)),
    ],
)
def test_a_rehearsal_says_the_same_and_writes_nothing(
    bring: Bring, here: Customer, told: Told, on_duplicate: str, counts: Counts
) -> None:
    again = CustomerRecord("t2", "Tom Berg", contacts=(PHONE,))
    source = Source("old", rehearsal=True, on_duplicate=on_duplicate)
    got = bring(ANN, OTHER, source=source)
    got.add(bring(again, source=source))  # in another batch of the file
    assert got == counts
    assert [source_id for source_id, outcome, _ in told if outcome == "duplicate"] == ["a1", "t2"]
    assert (Customer.objects.count(), DuplicatePair.objects.count(), ExternalId.objects.count()) == (1, 0, 0)
    assert source.customers(["a1", "t1", "t2"]).keys() == ({"t1"} if on_duplicate == "skip" else {"a1", "t1", "t2"})


def test_it_can_be_undone(bring: Bring, here: Customer, north: Team) -> None:
    batch = ImportBatch.objects.create(format="csv", source="old", team=north, started_at=NOW)
    bring(ANN, source=Source("old", batch=batch, on_duplicate="update"))
    steps = {step.model: step for step in ImportStep.objects.all()}
    assert steps["customers.ExternalId"].created == [[ExternalId.objects.get().pk] * 2]
    assert steps["customers.Customer"].changed[str(here.pk)]["before"] == {"country": ""}
    assert steps["customers.ContactPoint"].created == [[str(ContactPoint.objects.get(kind="email").pk)] * 2]


def test_rows_are_found_by_identifiers(bring: Bring, told: Told) -> None:
    CustomAttribute.objects.create(code="vat", name="VAT", matching="identifier")
    first = CustomerRecord("1", "Alpha Trading", kind="organisation", attributes={"vat": "GB123456"})
    second = CustomerRecord("2", "Omega", kind="organisation", attributes={"vat": "gb 123 456"})
    bring(first)
    bring(second)
    assert outcomes(told, "2") == ["duplicate", "created"]
    assert DuplicatePair.objects.count() == 1
    bring(CustomerRecord("1", "Alpha Trading", kind="organisation", attributes={"vat": "GB999999"}))
    assert IdentifierKey.objects.filter(customer=known_as()["1"]).count() == 1


def test_a_refused_duplicate_stops_no_other(bring: Bring, here: Customer, told: Told) -> None:
    bad = CustomerRecord("a1", "Ann Lee", contacts=(PHONE,), owner="nobody")
    assert bring(bad, OTHER, on_duplicate="update") == Counts(created=1, refused=1)
    assert outcomes(told, "a1") == ["refused"]


def test_the_queries_of_a_batch_do_not_grow_with_its_rows(
    bring: Bring, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    def rows(start: int, many: int) -> Sequence[CustomerRecord]:
        return [
            CustomerRecord(str(n), f"Ann Number{n}", contacts=(ContactRecord("phone", f"+44 113 496 {n:04}"),))
            for n in range(start, start + many)
        ]

    with django_assert_max_num_queries(25):
        bring(*rows(0, 10))
    with django_assert_max_num_queries(25):
        bring(*rows(1000, 400))
