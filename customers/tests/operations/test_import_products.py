from collections.abc import Callable
from decimal import Decimal

import pytest

from customers.models import Category, Product, Team
from customers.operations.import_products import import_products
from customers.operations.records import Counts, ProductRecord
from customers.operations.source import Source
from tests.cast import NOW
from tests.imports import refusals_into

pytestmark = pytest.mark.django_db
Importing = Callable[..., Counts]


@pytest.fixture
def refused() -> dict[str, str]:
    return {}


@pytest.fixture
def bring(north: Team, refused: dict[str, str]) -> Importing:
    def importing(*records: ProductRecord) -> Counts:
        return import_products(
            source=Source("shop"), records=records, team=north, at=NOW, report=refusals_into(refused)
        )

    return importing


def test_a_category_is_made_once_whatever_its_case(bring: Importing) -> None:
    Category.objects.create(name="Home")
    records = ProductRecord("1", "A", "Vase", "home"), ProductRecord("2", "B", "Ball", "Toys")
    assert bring(*records, ProductRecord("3", "C", "Doll", "TOYS")) == Counts(created=3)
    assert list(Category.objects.values_list("name", flat=True)) == ["Home", "Toys"]


def test_the_same_again_changes_nothing(bring: Importing) -> None:
    record = ProductRecord("1", "A", "Vase", "Home", Decimal("9.90"), "EUR")
    bring(record)
    before = list(Product.objects.values())
    assert bring(record) == Counts(unchanged=1)
    assert list(Product.objects.values()) == before


def test_an_update_changes_what_differs_and_never_blanks_what_is_here(bring: Importing) -> None:
    bring(ProductRecord("1", "A", "Vase", "Home", Decimal("9.90"), "EUR"))
    assert bring(ProductRecord("1", "A", "Blue vase")) == Counts(updated=1)
    row = Product.objects.get()
    assert (row.name, row.list_price, row.currency, row.version) == ("Blue vase", Decimal("9.90"), "EUR", 2)
    assert row.category == Category.objects.get()


def test_a_bad_row_is_refused_and_stops_no_other(bring: Importing, refused: dict[str, str]) -> None:
    Product.objects.create(sku="TAKEN", name="Our own")
    bad = [
        ProductRecord("taken", "TAKEN", "Vase"),
        ProductRecord("price", "P", "Vase", list_price=Decimal(-1)),
        ProductRecord("cents", "C", "Vase", list_price=Decimal("0.001")),
        ProductRecord("category", "K", "Vase", "x" * 151),
        ProductRecord("name", "N", ""),
    ]
    assert bring(*bad, ProductRecord("good", "G", "Vase")) == Counts(created=1, refused=5)
    assert refused.keys() == {record.source_id for record in bad}
