"""Events one by one. Reports count them in columns (`blocks`); whoever asks about one person may give them so."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

SECOND = 1_000_000  # moments are whole microseconds since 1970 UTC
HOUR = 3600 * SECOND
DAY = 24 * HOUR


class NoSuchCell(Exception):
    """A report has no such number, so nobody stands behind it."""


class Seen(NamedTuple):
    """An event: when, what, and, where a report asks for them, its session and its properties."""

    at: int
    name: int
    session: int | None = None
    properties: Mapping[str, Any] | None = None


Row = tuple[int, Seen]


def by_person(rows: Iterable[Row]) -> Iterator[tuple[int, list[Seen]]]:
    """Each person with all their events. The rows come ordered as those of a block."""
    current, events = None, list[Seen]()
    for person, seen in rows:
        if person != current:
            if current is not None:
                yield current, events
            current, events = person, []
        events.append(seen)
    if current is not None:
        yield current, events


def numbers_of(cell: str, count: int) -> list[int]:
    """The whole numbers in the name of a cell, such as `2:5`. Raises NoSuchCell."""
    parts = cell.split(":")
    if len(parts) != count or not all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts):
        raise NoSuchCell(cell)
    return [int(part) for part in parts]
