from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from analytics.choices import VersionEventKind
from analytics.models import PreferenceModelVersion, ScoreModelVersion, VersionEvent
from customers.models import User

Version = ScoreModelVersion | PreferenceModelVersion


def note_version(
    *, version: Version, kind: VersionEventKind, at: datetime, by: User | None, changes: Mapping[str, Any] | None = None
) -> VersionEvent:
    """Put on record what happened to a version; for the verbs of versions, in their transactions."""
    return VersionEvent.objects.create(
        of=version.of, number=version.number, kind=kind, at=at, by=by, changes=dict(changes or {})
    )


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[Any]]:
    """What changed, value by value: {"quality.half_life_days": [180.0, 90.0]}; None where there was, or is, none.

    Overrides go by the key of their segment: "overrides.7.quality.exponent", and "overrides" for their order."""
    before, after = dict(_flat(old)), dict(_flat(new))
    names = [*before, *(name for name in after if name not in before)]
    return {name: [before.get(name), after.get(name)] for name in names if before.get(name) != after.get(name)}


def _flat(value: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, part in value.items():
        if name == "overrides":
            yield from _overrides(part)
        elif name == "parameters":
            yield from _flat(part)
        elif isinstance(part, Mapping):
            yield from _flat(part, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", part


def _overrides(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Any]]:
    yield "overrides", [row["name"] for row in rows]
    for row in rows:
        yield from _flat(row["parameters"], f"overrides.{row['segment']}.")
