"""Opening hours as exact instants: how much business time lies between two moments, and when it is used up.

A calendar is said in local time ("Monday 9:00 to 12:30"); here every local interval becomes a pair of UTC
instants, whose distance is real seconds. So a shift over a change to summer time is an hour shorter, a night
one an hour longer. Instants are whole microseconds: sums are exact and `add` is the inverse of `elapsed`.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import accumulate
from typing import Self

from services.sla.local_time import (
    DAY,
    DAY_SECONDS,
    FIRST_YEAR,
    LAST_YEAR,
    SECOND,
    Shifts,
    instant,
    moment,
    new_year,
    spans_of_year,
    zone,
)


class BusinessHours:
    """The opening hours of a week in a time zone, less the holidays. Immutable; equal by content.

    weekly: weekday (0 is Monday) to its intervals of local time, several for split shifts; an end at midnight
    means 24:00. holidays: local dates on which nothing is open. tz: an IANA name.
    Raises ValueError for an unknown weekday or zone, an interval that ends before it starts, or an overlap.

    A local time that summer time skips stands for the moment of the change, one that occurs twice for the
    first.
    """

    __slots__ = ("_timeline", "_week", "holidays", "tz")

    def __init__(
        self,
        weekly: Mapping[int, Sequence[tuple[time, time]]],
        holidays: Collection[date] = (),
        tz: str = "UTC",
    ) -> None:
        seconds = {day: [(_second(a), _second(b) or DAY_SECONDS) for a, b in weekly[day]] for day in weekly}
        self._set_up(seconds, holidays, tz)

    @classmethod
    def from_json(
        cls,
        hours: Mapping[str, Sequence[Sequence[str]]],
        holidays: Collection[date] = (),
        tz: str = "UTC",
    ) -> Self:
        """Read {"0": [["09:00", "12:00"], ["13:00", "24:00"]], ...}, as the database keeps it.

        Raises ValueError as the constructor does, and for what is not a list of pairs of "HH:MM".
        """
        try:
            seconds = {int(day): [(_read(a), _read(b)) for a, b in spans] for day, spans in hours.items()}
        except (TypeError, AttributeError, ValueError) as error:
            raise ValueError(f"opening hours cannot be read: {error}") from error
        result = cls.__new__(cls)
        result._set_up(seconds, holidays, tz)
        return result

    def _set_up(self, weekly: Mapping[int, Sequence[tuple[int, int]]], holidays: Collection[date], tz: str) -> None:
        for day in weekly:
            if day not in range(7):
                raise ValueError(f"weekday {day} is not one of 0 (Monday) to 6 (Sunday)")
        zone(tz)
        self.tz = tz
        self.holidays = frozenset(holidays)
        self._week = tuple(_in_order(day, weekly.get(day, ())) for day in range(7))
        self._timeline = _Timeline()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, BusinessHours):
            return NotImplemented
        return (self._week, self.holidays, self.tz) == (other._week, other.holidays, other.tz)

    def __hash__(self) -> int:
        return hash((self._week, self.holidays, self.tz))

    def __repr__(self) -> str:
        return f"BusinessHours({self._week}, {len(self.holidays)} holidays, {self.tz!r})"

    def elapsed(self, start: datetime, end: datetime) -> float:
        """Seconds of business time from start to end, both aware. Raises ValueError when end is before start."""
        first, last = instant(start), instant(end)
        if last < first:
            raise ValueError(f"the end {end} is before the start {start}")
        timeline = self._covering(first, last)
        return (timeline.open_until(last) - timeline.open_until(first)) / SECOND

    def add(self, start: datetime, seconds: float) -> datetime:
        """The first moment (UTC) at which so many seconds of business time have passed since start.

        The inverse of `elapsed`: elapsed(start, add(start, s)) = s. Nothing to pass means start itself.
        Raises ValueError for negative seconds, and for a calendar that is not open so long.
        """
        if not 0 <= seconds < math.inf:
            raise ValueError(f"cannot add {seconds} seconds")
        first, amount = instant(start), round(seconds * SECOND)
        if amount == 0:
            return moment(first)
        timeline = self._covering(first, first)
        while True:
            due = timeline.open_until(first) + amount
            if due <= timeline.cumulated[-1]:
                index = bisect_left(timeline.cumulated, due) - 1
                return moment(timeline.starts[index] + due - timeline.cumulated[index])
            timeline = self._extended(timeline)

    def subtract(self, end: datetime, seconds: float) -> datetime:
        """The last moment (UTC) from which so many seconds of business time pass until end.

        elapsed(subtract(end, s), end) = s; nothing to pass means end itself. Raises ValueError for negative seconds,
        and for a calendar that was not open so long before.
        """
        if not 0 <= seconds < math.inf:
            raise ValueError(f"cannot subtract {seconds} seconds")
        last, amount = instant(end), round(seconds * SECOND)
        if amount == 0:
            return moment(last)
        timeline = self._covering(last, last)
        while True:
            left = timeline.open_until(last) - amount
            if left >= 0:
                index = bisect_right(timeline.cumulated, left) - 1
                return moment(timeline.starts[index] + left - timeline.cumulated[index])
            timeline = self._extended_back(timeline)

    def is_open(self, at: datetime) -> bool:
        """Whether business time passes at this moment: opening moments are open, closing moments are not."""
        now = instant(at)
        timeline = self._covering(now, now)
        index = bisect_right(timeline.ends, now)
        return index < len(timeline.ends) and timeline.starts[index] <= now

    def next_open(self, at: datetime) -> datetime:
        """The first open moment (UTC) at or after this one. Raises ValueError where none comes."""
        now = instant(at)
        timeline = self._covering(now, now)
        while True:
            index = bisect_right(timeline.ends, now)
            if index < len(timeline.ends):
                return moment(max(now, timeline.starts[index]))
            timeline = self._extended(timeline)

    def intervals(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The open intervals (UTC) between start and end, cut off at both. ValueError when end is before start."""
        first, last = instant(start), instant(end)
        if last < first:
            raise ValueError(f"the end {end} is before the start {start}")
        if first == last:
            return
        timeline = self._covering(first, last)
        for index in range(bisect_right(timeline.ends, first), bisect_left(timeline.starts, last)):
            yield moment(max(first, timeline.starts[index])), moment(min(last, timeline.ends[index]))

    def _covering(self, first: int, last: int) -> _Timeline:
        """The timeline, grown where it does not reach from the first instant to the last."""
        timeline = self._timeline
        if timeline.begin <= first and last < timeline.finish:
            return timeline
        # A day to spare on both sides: the local year is not the year in UTC.
        first_year, last_year = moment(first - DAY).year, moment(last + DAY).year
        if timeline.first_year:
            first_year, last_year = min(first_year, timeline.first_year), max(last_year, timeline.last_year)
        return self._build(first_year, last_year)

    def _extended(self, timeline: _Timeline) -> _Timeline:
        """A timeline that reaches twice as far, or to the last year. ValueError where nothing comes any more."""
        if not any(self._week):
            raise ValueError("the calendar has no opening hours")
        if timeline.last_year >= LAST_YEAR:
            raise ValueError(f"the calendar has not so many opening hours before {LAST_YEAR}")
        years = timeline.last_year - timeline.first_year + 1
        return self._build(timeline.first_year, min(timeline.last_year + years, LAST_YEAR))

    def _extended_back(self, timeline: _Timeline) -> _Timeline:
        """A timeline that reaches twice as far back, or to the first year. ValueError where nothing was before."""
        if not any(self._week):
            raise ValueError("the calendar has no opening hours")
        if timeline.first_year <= FIRST_YEAR:
            raise ValueError(f"the calendar had not so many opening hours since {FIRST_YEAR}")
        years = timeline.last_year - timeline.first_year + 1
        return self._build(max(timeline.first_year - years, FIRST_YEAR), timeline.last_year)

    def _build(self, first_year: int, last_year: int) -> _Timeline:
        spans: list[tuple[int, int]] = []
        for year in range(first_year, last_year + 1):
            holidays = frozenset(day for day in self.holidays if day.year == year)
            for start, end in spans_of_year(self._week, holidays, self.tz, year):
                if spans and spans[-1][1] == start:
                    spans[-1] = (spans[-1][0], end)
                else:
                    spans.append((start, end))
        # Whoever reads the old timeline meanwhile goes on with it: a timeline never changes.
        self._timeline = _Timeline(
            first_year=first_year,
            last_year=last_year,
            begin=new_year(first_year) + DAY,
            finish=new_year(last_year + 1) - DAY,
            starts=tuple(start for start, _ in spans),
            ends=tuple(end for _, end in spans),
            cumulated=tuple(accumulate((end - start for start, end in spans), initial=0)),
        )
        return self._timeline


@dataclass(frozen=True, slots=True)
class _Timeline:
    """The open spans of some years, in order and apart; cumulated[i] is the open time before span i.

    It answers for the instants from begin up to finish.
    """

    first_year: int = 0
    last_year: int = 0
    begin: int = 0
    finish: int = 0
    starts: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()
    cumulated: tuple[int, ...] = (0,)

    def open_until(self, now: int) -> int:
        index = bisect_right(self.starts, now) - 1
        if index < 0:
            return 0
        return self.cumulated[index] + min(now, self.ends[index]) - self.starts[index]


def _in_order(day: int, shifts: Sequence[tuple[int, int]]) -> Shifts:
    ordered = tuple(sorted(shifts))
    last_end = 0
    for start, end in ordered:
        if not 0 <= start < end <= DAY_SECONDS:
            raise ValueError(f"weekday {day}: an interval ends before it starts, or is outside the day")
        if start < last_end:
            raise ValueError(f"weekday {day}: two intervals overlap")
        last_end = end
    return ordered


def _second(at: time) -> int:
    return at.hour * 3600 + at.minute * 60 + at.second


def _read(text: str) -> int:
    return DAY_SECONDS if text == "24:00" else _second(time.fromisoformat(text))


ALWAYS_OPEN = BusinessHours({day: [(time(0), time(0))] for day in range(7)})
"""The calendar on which business time is real time."""
