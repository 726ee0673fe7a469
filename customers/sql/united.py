import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F
from django.db.models.functions import JSONObject


@dataclass(frozen=True, slots=True)
class Part:
    """A short list: the first `limit` rows of an ordered queryset, and what is read of each, by name: columns (also
    across relations) or expressions."""

    rows: Any
    limit: int
    columns: Mapping[str, Any]


def united(parts: Mapping[str, Part]) -> dict[str, list[dict[str, Any]]]:
    """Several short lists in one query, by the names of the parts. The rows of a part come in no order that can be
    relied on. Values are those of JSON: a yes may be 1, and `moment` reads a moment.

    SQL, because a page that tells everything about a customer shows a dozen short lists, and a round trip for each
    costs more than its rows. The union() of the ORM takes neither ordered and sliced parts (SQLite) nor parts of
    different columns: here each part is a derived table of one column, its row as a JSON object.
    """
    statements, params, names = [], list[Any](), list(parts)
    for number, part in enumerate(parts.values()):
        rows = part.rows.annotate(united=JSONObject(**part.columns)).values_list("united")[: part.limit]
        try:
            sql, given = rows.query.sql_with_params()
        except EmptyResultSet:
            continue
        statements.append(f"SELECT {number} AS part, p{number}.united FROM ({sql}) p{number}")  # noqa: S608 - the ORM's
        params += given
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    if statements:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(statements), params)
            for number, row in cursor.fetchall():
                found[names[number]].append(json.loads(row))
    return found


def columns(*names: str, **others: str) -> dict[str, Any]:
    """What is read of a row: columns under their own names, and paths to columns under others."""
    return {name: F(name) for name in names} | {name: F(path) for name, path in others.items()}


def moment(text: str | None) -> datetime | None:
    """A moment as the database wrote it into JSON; without an offset it is in UTC."""
    if text is None:
        return None
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=UTC)
