"""Rows of PostgreSQL as columns of numpy, some of them at a time."""

from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

import numpy as np
from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet

from analytics.sql.arrays import HEADER, Array

END = 2  # bytes, behind the last row


def copied_rows(
    rows: QuerySet[Any, Any], *, columns: int, texts: bool, size: int
) -> Iterator[tuple[list[Array], list[bytes]]]:
    """The rows of a queryset in their order, so many at a time: the columns of its values_list, and, where `texts`, the
    texts of one more column, in UTF-8. A column has eight bytes (bigint; timestamptz as microseconds since 2000), and
    nothing is null.

    SQL, because COPY hands over a row as bytes of a width that is known, which numpy reads as they are: no value of a
    column becomes an object of Python's. Unlike a cursor it may be planned for several processes. Nothing else can be
    asked of the connection before the last row; whoever stops earlier stops the query, and ends the transaction."""
    connection: Any = connections[rows.db]
    try:
        sql, params = rows.query.get_compiler(using=rows.db).as_sql()
    except EmptyResultSet:
        return
    statement = connection.ops.compose_sql(f"COPY ({sql}) TO STDOUT (FORMAT BINARY)", params)  # COPY takes none
    layout = [("columns", ">i2")]
    for number in range(columns):
        layout += [(f"size{number}", ">i4"), (f"value{number}", ">i8")]
    dtype = np.dtype(layout)
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        messages: Iterator[bytes] = map(bytes, copy)  # of psycopg's memoryviews many at once are three times as slow
        messages = chain([next(messages)[HEADER:]], messages)
        while received := [*islice(messages, size)]:
            if some := [row for row in received if len(row) > END]:
                yield _columns(some, dtype, columns), [row[dtype.itemsize + 4 :] for row in some] if texts else []


def _columns(rows: list[bytes], dtype: np.dtype[Any], count: int) -> list[Array]:
    data = b"".join(row[: dtype.itemsize] for row in rows) if len(rows[0]) > dtype.itemsize else b"".join(rows)
    given = np.frombuffer(data, dtype)
    return [given[f"value{number}"].astype(np.int64) for number in range(count)]
