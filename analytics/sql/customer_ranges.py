from collections.abc import Iterator, Sequence
from typing import NamedTuple

from django.db import connection

from analytics.sql.profiled import is_profiled
from customers.models import Customer


class CustomerRange(NamedTuple):
    """The customers with lo <= id <= hi that a run is about, and how many they are; `keys`: only these of them."""

    lo: int
    hi: int
    customers: int
    keys: Sequence[int] | None = None


def customer_ranges(*, size: int) -> list[CustomerRange]:
    """All customers who may be profiled, cut into ranges that hold `size` of them each, the last one
    fewer.

    SQL, because the plan of a run over a million customers must not read a million keys: the database numbers them
    along the primary key and hands over every `size`-th.
    """
    table = connection.ops.quote_name(Customer._meta.db_table)
    profiled = f"FROM {table} WHERE {is_profiled()}"
    statement = f"""
        SELECT id, (SELECT MAX(id) {profiled}), (SELECT COUNT(*) {profiled})
        FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS place {profiled}) AS numbered
        WHERE (place - 1) %% %s = 0
        ORDER BY id
    """  # noqa: S608 - the name of a model's table
    with connection.cursor() as cursor:
        cursor.execute(statement, [size])
        rows = cursor.fetchall()
    starts = [row[0] for row in rows]
    ends = [*(start - 1 for start in starts[1:]), *(row[1] for row in rows[-1:])]
    sizes = [size] * (len(rows) - 1) + [row[2] - size * (len(rows) - 1) for row in rows[-1:]]
    return [CustomerRange(*part) for part in zip(starts, ends, sizes, strict=True)]


def ranges_of(keys: Sequence[int], *, size: int) -> Iterator[CustomerRange]:
    """Sorted keys cut into parts that hold `size` of them each, the last one fewer."""
    for start in range(0, len(keys), size):
        part = keys[start : start + size]
        yield CustomerRange(part[0], part[-1], len(part), part)
