from collections.abc import Mapping
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet


def capped_counts(sets: Mapping[str, QuerySet[Any]], *, most: int) -> dict[str, int]:
    """How many rows each set has, counted up to `most`: one statement for all of them.

    SQL, because each number must stop at its cap: among a million tickets a whole count reads a million rows, and the
    ORM has neither a count of a LIMIT within another query nor, on SQLite, a union of such."""
    counts = dict.fromkeys(sets, 0)
    names: list[str] = []
    parts: list[str] = []
    parameters: list[Any] = []
    for name, rows in sets.items():
        try:
            sql, given = rows.order_by().values("pk")[:most].query.sql_with_params()
        except EmptyResultSet:
            continue
        names.append(name)
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) AS {connection.ops.quote_name(f'c{len(parts)}')})")  # noqa: S608
        parameters += given
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(parts)}", parameters)
            counts.update(zip(names, cursor.fetchone() or (), strict=True))
    return counts
