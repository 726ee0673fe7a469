from typing import Any

import pytest

from customers.models import Category, Product, User
from tests.client import as_user, ids, url, with_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def pumps(db: None) -> Category:
    """A category."""
    return Category.objects.create(name="Pumps")


def test_the_back_office_keeps_products(bob: User, pumps: Category) -> None:
    client = as_user(bob)
    made = client.post(
        url("products/"), {"sku": "P-1", "name": "水泵", "category": pumps.pk, "list_price": "12.50", "currency": "CNY"}
    )
    assert made.status_code == 201, made.content
    path = url(f"products/{made.json()['id']}/")
    assert client.get(path).json()["list_price"] == "12.50"
    assert client.patch(path, {"is_active": False}, headers={"If-Match": '"1"'}).json()["is_active"] is False


@pytest.mark.parametrize(
    ("field", "value"),
    [("list_price", "-1"), ("list_price", "NaN"), ("list_price", "1e400"), ("sku", ""), ("category", 99), ("x", 1)],
)
def test_a_product_that_is_not_right_is_refused(bob: User, field: str, value: Any) -> None:
    response = as_user(bob).post(url("products/"), {"sku": "P-1", "name": "Pump", field: value})
    assert (response.status_code, list(response.json()["errors"])) == (400, [field])


@pytest.mark.parametrize(
    ("query", "count"), [("q=pump", 2), ("q=P-1", 1), ("sku=P-2", 1), ("is_active=false", 1), ("category=999", 0)]
)
def test_products_are_found(ann: User, query: str, count: int) -> None:
    Product.objects.create(sku="P-1", name="Pump")
    Product.objects.create(sku="P-2", name="Hand pump", is_active=False)
    assert len(ids(as_user(ann).get(url(f"products/?{query}")))) == count


@pytest.mark.parametrize("value", ["yes", "1", "TRUE", "null", "%00"])
def test_a_boolean_is_true_or_false(ann: User, value: str) -> None:
    assert as_user(ann).get(url(f"products/?is_active={value}")).status_code == 400


def test_categories_make_no_circle(bob: User, pumps: Category) -> None:
    client = as_user(bob)
    child = client.post(url("categories/"), {"name": "Hand pumps", "parent": pumps.pk}).json()
    response = client.patch(url(f"categories/{pumps.pk}/"), {"parent": child["id"]}, headers={"If-Match": "*"})
    assert (response.status_code, list(response.json()["errors"])) == (400, ["parent"])


def test_a_category_with_products_stays(bob: User, pumps: Category) -> None:
    Product.objects.create(sku="P-1", name="Pump", category=pumps)
    response = as_user(bob).delete(url(f"categories/{pumps.pk}/"), headers={"If-Match": "*"})
    assert response.status_code == 409


@pytest.mark.parametrize("count", [3, 50])
@pytest.mark.parametrize("path", ["products/", "categories/"])
def test_a_list_costs_the_same_however_long(
    ann: User, pumps: Category, path: str, count: int, django_assert_max_num_queries: Any
) -> None:
    for n in range(count):
        category = Category.objects.create(name=f"C{n}", parent=pumps)
        Product.objects.create(sku=f"P{n}", name="Pump", category=category)
    client = with_token(ann)
    with django_assert_max_num_queries(8):
        assert len(ids(client.get(url(path)))) >= count
