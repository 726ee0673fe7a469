"""Which backups are kept: of each of the last days, weeks and months that have one, the newest. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any


@dataclass(frozen=True, slots=True)
class Kept:
    """So many days, weeks and months."""

    days: int = 7
    weeks: int = 4
    months: int = 12


@dataclass(frozen=True, slots=True)
class Candidate:
    """A backup: its name, when it was taken, and whether it was restored once and compared (None: not tried yet)."""

    name: str
    taken_at: datetime
    is_good: bool | None


def keep(backups: Iterable[Candidate], kept: Kept, zone: tzinfo) -> dict[str, set[str]]:
    """The names of those to be kept, each with what it is kept as: "daily", "weekly", "monthly", "newest verified".
    Days and weeks are those of `zone`.

    One that was tried and found wanting is never kept. Of a period the newest that was verified stands for it, and the
    newest of all only where none was. The newest verified one stays however old it is, and the newest of all."""
    usable = sorted((one for one in backups if one.is_good is not False), key=lambda one: (one.taken_at, one.name))
    found: dict[str, set[str]] = {}
    for name, most, period in (
        ("daily", kept.days, _day),
        ("weekly", kept.weeks, _week),
        ("monthly", kept.months, _month),
    ):
        for one in _newest_of_each(usable, period, zone, most):
            found.setdefault(one.name, set()).add(name)
    verified = [one for one in usable if one.is_good]
    for one in (*verified[-1:], *usable[-1:]):
        found.setdefault(one.name, set()).add("newest verified" if one.is_good else "newest")
    return found


def _newest_of_each(
    usable: list[Candidate], period: Callable[[datetime], Any], zone: tzinfo, most: int
) -> list[Candidate]:
    by_period: dict[Any, Candidate] = {}
    for one in usable:  # the oldest first, so that a later one takes the place
        key = period(one.taken_at.astimezone(zone))
        standing = by_period.get(key)
        if standing is None or one.is_good or not standing.is_good:
            by_period[key] = one
    newest = sorted(by_period, reverse=True)[:most] if most > 0 else []
    return [by_period[key] for key in newest]


def _day(moment: datetime) -> Any:
    return moment.date()


def _week(moment: datetime) -> Any:
    return moment.isocalendar()[:2]


def _month(moment: datetime) -> Any:
    return moment.year, moment.month
