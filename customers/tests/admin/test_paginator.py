"""Pages of a large table."""

import pytest

from customers.admin.paginator import CappedPaginator
from customers.models import Category


@pytest.fixture(autouse=True)
def few(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven categories, of which five are counted."""
    monkeypatch.setattr(CappedPaginator, "counted_rows", 5)
    Category.objects.bulk_create(Category(name=f"c{i}") for i in range(7))


def test_it_counts_no_further_than_it_must() -> None:
    pages = CappedPaginator(Category.objects.all(), 2)
    assert (pages.count, pages.is_capped, pages.num_pages) == (5, True, 3)


def test_it_counts_a_small_table_exactly() -> None:
    pages = CappedPaginator(Category.objects.filter(name__lt="c3"), 2)
    assert (pages.count, pages.is_capped) == (3, False)


def test_it_takes_lists_too() -> None:
    assert CappedPaginator(list("abc"), 2).count == 3
