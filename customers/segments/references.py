"""Which definitions ask for what, without reading them: also of definitions that can no longer be read."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from customers.models import Segment


def conditions_in(definition: Any) -> Iterator[dict[str, Any]]:
    """The conditions of a definition as they stand."""
    groups = definition.get("groups") if isinstance(definition, dict) else None
    for group in groups if isinstance(groups, list) else ():
        rows = group.get("conditions") if isinstance(group, dict) else None
        yield from (row for row in (rows if isinstance(rows, list) else ()) if isinstance(row, dict))


def segments_that_ask_for(fact: str) -> list[Segment]:
    """The segments with a condition on this fact. There are few segments: all are looked at."""
    asking: Iterable[Segment] = Segment.objects.order_by("name")
    return [row for row in asking if any(one.get("fact") == fact for one in conditions_in(row.definition))]


def segments_that_name(fact: str, values: Collection[Any]) -> list[Segment]:
    """The segments with a condition on this fact that names one of these values."""

    def names(row: dict[str, Any]) -> bool:
        value = row.get("value")
        return row.get("fact") == fact and any(one in values for one in (value if isinstance(value, list) else [value]))

    return [row for row in Segment.objects.order_by("name") if any(map(names, conditions_in(row.definition)))]


def replace_value(definition: Any, *, fact: str, old: Collection[Any], new: Any) -> Any:
    """The definition with another value where its conditions on a fact name one of the old ones."""

    def replaced(row: dict[str, Any]) -> dict[str, Any]:
        value = row.get("value")
        if row.get("fact") != fact or "value" not in row:
            return row
        if isinstance(value, list):
            return {**row, "value": list(dict.fromkeys(new if one in old else one for one in value))}
        return {**row, "value": new if value in old else value}

    if not list(conditions_in(definition)):
        return definition
    groups = [
        {**group, "conditions": [replaced(row) for row in group.get("conditions", [])]}
        for group in definition["groups"]
    ]
    return {**definition, "groups": groups}
