"""COPY writes what bulk_create would: compared column by column, in PostgreSQL itself."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction

from customers.models import ContactPoint, Customer, ExternalId, Order, Product, Relation, RelationType, Team
from customers.sql.copy_rows import copy_rows
from tests.cast import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
TEXTS = ["plain", "tab\tnew\nline\rback\\slash \\N \\.", "王芳 😀", "'\"", "\x01\x7f", "NULL", "\u2028"]


def stored(model: type[models.Model], keys: list[Any], *without: str) -> list[tuple[str, ...]]:
    """The rows as PostgreSQL shows them."""
    names = [str(f.column) for f in model._meta.concrete_fields if f.name not in without]
    columns = ", ".join(f'"{name}"::text' for name in names)
    with connection.cursor() as cursor:
        statement = f"SELECT {columns} FROM {model._meta.db_table} WHERE id = ANY(%s) ORDER BY id"  # noqa: S608
        cursor.execute(statement, [keys])
        rows: list[tuple[str, ...]] = cursor.fetchall()
    return rows


def customers(team: Team) -> list[Customer]:
    return [
        Customer(
            name=text,
            given_name=text[:5],
            country="CN" if number % 2 else "",
            team=team,
            attributes={"a": [text, 1.5, None, True], "b": {"c": text}} if number % 2 else {},
            created_at=NOW - timedelta(days=number, microseconds=7),
            last_activity_at=NOW,
        )
        for number, text in enumerate(TEXTS)
    ]


def test_customers_come_as_bulk_create_writes_them(north: Team) -> None:
    copied = copy_rows(Customer, customers(north))
    created = Customer.objects.bulk_create(customers(north))
    rest = ("id", "updated_at")
    assert stored(Customer, [c.pk for c in copied], *rest) == stored(Customer, [c.pk for c in created], *rest)
    assert [c._state.adding for c in copied] == [False] * len(TEXTS)
    assert [c.search_name for c in copied] == [c.search_name for c in created]
    assert Customer.objects.get(pk=copied[1].pk).attributes["b"] == {"c": TEXTS[1]}


def test_sealed_values_open_again(north: Team) -> None:
    customer = copy_rows(Customer, customers(north)[:1])[0]
    points = [ContactPoint(customer=customer, kind="messenger", value=text, created_at=NOW) for text in TEXTS]
    for point in points:
        point.index_value()
    copy_rows(ContactPoint, points)
    assert sorted(point.value for point in customer.contact_points.all()) == sorted(TEXTS)


def test_dates_numbers_nulls_and_keys_of_others(north: Team, acme: Customer, wang: Customer) -> None:
    kind = RelationType.objects.get(code="works-for")
    relation = Relation(
        type=kind, from_customer=wang, to_customer=acme, since=date(2020, 2, 29), until=None, strength=5, note="a\tb"
    )
    [copied] = copy_rows(Relation, [relation])
    read = Relation.objects.get(pk=copied.pk)
    assert (read.since, read.until, read.strength, read.note) == (date(2020, 2, 29), None, 5, "a\tb")
    copy_rows(Product, [Product(sku="p", name="P", list_price=Decimal("10.50"), source="s", source_id=None)])
    assert Product.objects.get().list_price == Decimal("10.50")
    copy_rows(Order, [Order(number="1", customer=acme, currency="EUR", ordered_at=NOW, total=Decimal("3.00"))])
    assert Order.objects.get().promised_at is None


def test_all_or_none(acme: Customer) -> None:
    twice = [ExternalId(customer=acme, source="s", source_id="1") for _ in range(2)]
    with pytest.raises(IntegrityError), transaction.atomic():
        copy_rows(ExternalId, twice)
    assert not ExternalId.objects.exists()


def test_nothing_is_nothing() -> None:
    assert copy_rows(Customer, []) == []
