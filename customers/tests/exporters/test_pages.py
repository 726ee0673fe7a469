import pytest

from customers.exporters import pages
from customers.exporters.pages import pages_of_keys
from customers.models import Customer, Team

pytestmark = pytest.mark.django_db


@pytest.fixture
def keys(north: Team, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The keys of seven customers, whose names fall as the keys rise; two a page."""
    monkeypatch.setattr(pages, "ROWS_AT_ONCE", 2)
    return [Customer.objects.create(name=f"C{9 - number}", team=north).pk for number in range(7)]


@pytest.mark.parametrize("ordering", ["pk", "-pk", "id", "-id", "name", "-name", "-owner__username"])
def test_all_rows_come_once_in_the_order_of_the_list(keys: list[int], ordering: str) -> None:
    rows = Customer.objects.order_by(ordering, "-pk")
    found = [list(page) for page in pages_of_keys(rows)]
    assert [key for page in found for key in page] == list(rows.values_list("pk", flat=True))
    assert [len(page) for page in found] == [2, 2, 2, 1]


def test_a_row_that_comes_or_goes_meanwhile_disturbs_no_other(keys: list[int], north: Team) -> None:
    pages_found = pages_of_keys(Customer.objects.order_by("pk"))
    found = list(next(pages_found))
    Customer.objects.get(pk=keys[0]).delete()
    Customer.objects.get(pk=keys[3]).delete()
    new = Customer.objects.create(name="New", team=north).pk
    found += [key for page in pages_found for key in page]
    assert found == [*keys[:3], *keys[4:], new]


def test_nothing_has_no_page(db: None) -> None:
    assert list(pages_of_keys(Customer.objects.order_by("-pk"))) == []
    assert list(pages_of_keys(Customer.objects.order_by("name"))) == []
