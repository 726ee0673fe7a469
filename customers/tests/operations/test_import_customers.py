from collections.abc import Callable

import pytest

from customers.choices import AttributeType
from customers.models import ContactPoint, CustomAttribute, Customer, ExternalId, Team, User
from customers.operations.import_customers import import_customers
from customers.operations.records import ContactRecord, Counts, CustomerRecord
from customers.operations.source import Source
from tests.cast import NOW
from tests.imports import refusals_into

pytestmark = pytest.mark.django_db
Importing = Callable[..., Counts]
EMAIL = ContactRecord("email", "Fang@Example.com", label="work", is_primary=True)


@pytest.fixture
def refused() -> dict[str, str]:
    return {}


@pytest.fixture
def bring(north: Team, refused: dict[str, str]) -> Importing:
    for code, kind in (("size", AttributeType.NUMBER), ("a", AttributeType.NUMBER), ("b", AttributeType.NUMBER)):
        CustomAttribute.objects.create(code=code, name=code, type=kind)

    def importing(*records: CustomerRecord) -> Counts:
        return import_customers(
            source=Source("old"), records=records, team=north, at=NOW, report=refusals_into(refused)
        )

    return importing


def everything() -> list[object]:
    return [list(model.objects.order_by("pk").values()) for model in (Customer, ExternalId, ContactPoint)]


def test_it_brings_customers_in_with_contact_points(bring: Importing, north: Team, bob: User) -> None:
    record = CustomerRecord("1", "王芳", country="CN", contacts=(EMAIL,), attributes={"size": 4}, owner="bob")
    assert bring(record) == Counts(created=1)
    customer = Customer.objects.get()
    assert (customer.name, customer.team, customer.owner, customer.attributes) == ("王芳", north, bob, {"size": 4})
    assert Customer.objects.reached_at("email", "fang@example.com").get() == customer
    assert customer.contact_points.get().value == "Fang@Example.com"


def test_the_same_again_changes_nothing_not_even_activity(bring: Importing) -> None:
    records = CustomerRecord("1", "Ana", contacts=(EMAIL,), attributes={"a": 1}), CustomerRecord("2", "Rui")
    bring(*records)
    before = everything()
    assert bring(*records) == Counts(unchanged=2)
    assert [str(rows) for rows in everything()] == [str(rows) for rows in before]


def test_an_update_changes_what_differs_and_never_blanks_what_is_here(bring: Importing, south: Team) -> None:
    bring(CustomerRecord("1", "Ana", country="PT", contacts=(EMAIL,), attributes={"a": 1, "b": 1}))
    phone = ContactRecord("phone", "+351 21 000 0000")
    other = ContactRecord("email", "ana@example.org", is_primary=True)
    update = CustomerRecord("1", "Ana Lima", contacts=(phone, other), attributes={"b": 2}, team="South")
    assert bring(update) == Counts(updated=1)
    customer = Customer.objects.get()
    assert (customer.name, customer.country, customer.attributes) == ("Ana Lima", "PT", {"a": 1, "b": 2})
    assert (customer.team, customer.version, customer.activity_version) == (south, 2, 2)
    primary = customer.contact_points.filter(kind="email", is_primary=True)
    assert customer.contact_points.count() == 3
    assert primary.get().value == "Fang@Example.com"


def test_the_same_contact_point_twice_is_one(bring: Importing) -> None:
    bring(CustomerRecord("1", "Ana", contacts=(EMAIL, ContactRecord("email", "fang@EXAMPLE.com"))))
    assert ContactPoint.objects.count() == 1


def test_a_bad_row_is_refused_and_stops_no_other(bring: Importing, refused: dict[str, str]) -> None:
    bad = [
        CustomerRecord("name", ""),
        CustomerRecord("long", "x" * 256),
        CustomerRecord("kind", "Ana", kind="robot"),
        CustomerRecord("nul", "Ana\0"),
        CustomerRecord("type", "Ana", attributes={"a": "many"}),
        CustomerRecord("unknown", "Ana", attributes={"colour": "red"}),
        CustomerRecord("half", "a\ud800"),
        CustomerRecord("team", "Ana", team="Nobody"),
        CustomerRecord("owner", "Ana", owner="nobody"),
        CustomerRecord("contact", "Ana", contacts=(ContactRecord("pigeon", "x"),)),
    ]
    counts = bring(*bad, CustomerRecord("good", "Ana"), CustomerRecord("good", "Rui"))
    assert counts == Counts(created=1, refused=11)
    assert refused.keys() == {record.source_id for record in bad} | {"good"}
    assert refused["owner"] == "there is no user named “nobody”"
    assert Customer.objects.get().name == "Ana"
