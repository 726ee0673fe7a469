"""Which rows an export has, in which order, some at a time: a million rows take no more memory than a thousand."""

from array import array
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet

ROWS_AT_ONCE = 1000


def pages_of_keys(rows: "QuerySet[Any]") -> Iterator[Sequence[int]]:
    """The keys of the rows in their order, page by page.

    Ordered by key each page begins after the last. In another order, for which there may be no index, the keys are
    read once and kept: eight bytes a row."""
    ordering = [str(name) for name in rows.query.order_by or rows.model._meta.ordering or ()]
    if ordering[:1] in (["pk"], ["-pk"], ["id"], ["-id"]):
        yield from _after_each_other(rows, is_falling=ordering[0].startswith("-"))
    else:
        keys = array("q", rows.values_list("pk", flat=True).iterator(chunk_size=10_000))
        for start in range(0, len(keys), ROWS_AT_ONCE):
            yield keys[start : start + ROWS_AT_ONCE]


def _after_each_other(rows: "QuerySet[Any]", *, is_falling: bool) -> Iterator[Sequence[int]]:
    beyond = "pk__lt" if is_falling else "pk__gt"
    page: list[int] = list(_keys(rows))
    while page:
        yield page
        page = list(_keys(rows.filter(**{beyond: page[-1]})))


def _keys(rows: "QuerySet[Any]") -> "QuerySet[Any]":
    return rows.values_list("pk", flat=True)[:ROWS_AT_ONCE]
