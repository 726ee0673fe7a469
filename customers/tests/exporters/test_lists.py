import io
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.exporters.sheet import sheets
from customers.exporters.write_export import write_rows
from customers.models import Category, Customer, Order, Product, RelationType, User
from customers.operations.log_interaction import log_interaction
from customers.operations.place_order import NewLine, place_order
from customers.operations.relate_customers import relate_customers
from customers.tests.exporters.reading import read_csv
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def written(name: str, user: User) -> list[dict[str, str]]:
    sheet = next(sheet for sheet in sheets() if sheet.name == name)
    model: Any = sheet.model
    file = io.BytesIO()
    write_rows(file, format="csv", sheet=sheet, rows=model.objects.visible_to(user).order_by("pk"), user=user, query="")
    return read_csv(file.getvalue())


@pytest.fixture
def pump(db: None) -> Product:
    category = Category.objects.create(name="Wet pumps", parent=Category.objects.create(name="Pumps"))
    return Product.objects.create(sku="P-1", name="Pump", category=category, list_price="90.00", currency="EUR")


def test_products_and_categories(pump: Product, bob: User) -> None:
    assert written("categories", bob) == [{"name": "Pumps", "parent": ""}, {"name": "Wet pumps", "parent": "Pumps"}]
    [row] = written("products", bob)
    assert (row["sku"], row["category"], row["list_price"], row["is_active"]) == ("P-1", "Wet pumps", "90.00", "true")


def test_relations_from_end_to_end(acme: Customer, wang: Customer, bob: User) -> None:
    works, client = RelationType.objects.get(code="works-for"), RelationType.objects.get(code="client")
    relate_customers(type=works, from_customer=wang, to_customer=acme, role="=Chief", at=NOW)
    relate_customers(type=client, from_customer=acme, to_customer=None, at=NOW)
    first, second = written("relations", bob)
    assert (first["type"], first["from_name"], first["to_name"], first["role"]) == (
        "works-for",
        "王芳",
        "Acme Pumps",
        "=Chief",
    )
    assert (second["to_id"], second["to_name"]) == ("", "")


def test_interactions(acme: Customer, ann: User, bob: User) -> None:
    log_interaction(customer=acme, kind="call", direction="inbound", subject="Asked", author=ann, at=NOW)
    [row] = written("interactions", bob)
    assert (row["customer"], row["kind"], row["author"], row["at"]) == (
        "Acme Pumps",
        "call",
        "ann",
        "2026-06-03T10:00:00+00:00",
    )


def test_an_order_has_a_record_a_line(acme: Customer, pump: Product, bob: User) -> None:
    lines = [
        NewLine(product=pump, unit_price=Decimal(80)),
        NewLine(product=pump, unit_price=Decimal(-0), quantity=Decimal(2)),
    ]
    place_order(customer=acme, currency="EUR", lines=lines, number="N-1", at=NOW)
    Order.objects.create(number="N-2", customer=acme, currency="EUR", ordered_at=NOW)
    found = [(row["number"], row["sku"], row["quantity"], row["unit_price"]) for row in written("orders", bob)]
    assert found == [("N-1", "P-1", "1.000", "80.00"), ("N-1", "P-1", "2.000", "0.00"), ("N-2", "", "", "")]


def test_no_list_asks_for_each_row(acme: Customer, pump: Product, ann: User, bob: User) -> None:
    client = RelationType.objects.get(code="client")

    def more(count: int) -> None:
        for number in range(count):
            customer = Customer.objects.create(name=f"C{number}", team=acme.team)
            relate_customers(type=client, from_customer=customer, to_customer=None, at=NOW)
            log_interaction(customer=customer, kind="call", direction="inbound", subject="x", author=ann, at=NOW)
            line = NewLine(product=pump, unit_price=Decimal(80))
            place_order(customer=customer, currency="EUR", lines=[line], at=NOW)

    def asked() -> dict[str, int]:
        found = {}
        for name in ("relations", "interactions", "orders", "products", "categories"):
            with CaptureQueriesContext(connection) as queries:
                written(name, bob)
            found[name] = len(queries)
        return found

    more(1)
    asked()
    few = asked()
    more(5)
    assert asked() == few
