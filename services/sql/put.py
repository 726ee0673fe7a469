from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Model


def put(row: Model, *, key: Sequence[str], columns: Sequence[str]) -> None:
    """Write a row, or these columns of the one that has the same unique `key` already, in one statement.

    One statement, because two browsers of one user write at the same moment: reading first and inserting after loses
    that race on PostgreSQL and MariaDB. MariaDB takes any unique key for the conflict and must not be told which."""
    named: dict[str, Any] = {}
    if connection.features.supports_update_conflicts_with_target:
        named["unique_fields"] = list(key)
    manager: Any = type(row)._default_manager
    manager.bulk_create([row], update_conflicts=True, update_fields=list(columns), **named)
