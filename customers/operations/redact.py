"""Take texts out of rows in which they stand."""

import re
from collections.abc import Sequence
from typing import Any

from customers.operations.find_values import TextColumn

TOMBSTONE = "[erased]"
ROWS_AT_ONCE = 500


def redact(*, column: TextColumn, keys: Sequence[Any], values: Sequence[str]) -> int:
    """Put a tombstone in place of each of these texts in these rows; returns how many rows changed. By the queryset
    that keeps what follows from the column in step."""
    pattern = re.compile("|".join(re.escape(text) for text in sorted(values, key=len, reverse=True)), re.IGNORECASE)
    name, longest, changed = column.field.name, column.field.max_length, 0
    for start in range(0, len(keys), ROWS_AT_ONCE):
        rows = column.rows.filter(pk__in=keys[start : start + ROWS_AT_ONCE])
        for pk, held in list(rows.values_list("pk", name)):
            mark = f"{TOMBSTONE} {pk}" if column.field.unique else TOMBSTONE
            cleaned = _without(held, pattern, mark)
            if cleaned == held:
                continue
            if longest and isinstance(cleaned, str):
                cleaned = cleaned[:longest]
            changed += column.rows.filter(pk=pk).update(**{name: cleaned})
    return changed


def _without(held: Any, pattern: re.Pattern[str], mark: str) -> Any:
    if isinstance(held, str):
        return pattern.sub(mark, held)
    if isinstance(held, list):
        return [_without(one, pattern, mark) for one in held]
    if isinstance(held, dict):
        return {_without(name, pattern, mark): _without(one, pattern, mark) for name, one in held.items()}
    return held
