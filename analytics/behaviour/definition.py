"""What a behaviour report asks for, once it has been read and found right."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from analytics.behaviour.events import DAY, HOUR
from analytics.behaviour.matching import Condition

UNITS = ("hours", "days")


@dataclass(frozen=True, slots=True)
class Step:
    """Events of one name (None: of any name) that meet all conditions."""

    event: str | None
    where: tuple[Condition, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As it is stored."""
        where = [{"property": one.property, "op": one.op, "value": one.value} for one in self.where]
        return {"event": self.event, "where": where}


@dataclass(frozen=True, slots=True)
class Window:
    """So many hours or days of 24 hours."""

    count: int
    unit: str

    @property
    def microseconds(self) -> int:
        """How long it is."""
        return self.count * (HOUR if self.unit == "hours" else DAY)

    def as_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {"count": self.count, "unit": self.unit}


@dataclass(frozen=True, slots=True)
class Span:
    """The days of a report, both ends in it: the last `days` up to today, or fixed ones."""

    days: int | None = None
    first: date | None = None
    last: date | None = None

    def ends(self, today: date) -> tuple[date, date]:
        """The first day and the last one."""
        if self.first is not None and self.last is not None:
            return self.first, self.last
        return today - timedelta(days=(self.days or 1) - 1), today

    def as_json(self) -> dict[str, Any]:
        """As it is stored."""
        if self.first is not None and self.last is not None:
            return {"first": self.first.isoformat(), "last": self.last.isoformat()}
        return {"days": self.days}


@dataclass(frozen=True, slots=True)
class Definition:
    """A question. What a kind of report does not ask for stands as it usually is.

    `steps`: of a trend, the events that are counted; of a funnel, its steps in order; of retention, the first event and
    the one that brings back; of paths, the anchor; of sessions none. `segments`: none is everybody, and each of several
    is counted by itself."""

    kind: str
    steps: tuple[Step, ...]
    period: Span
    time_zone: str
    by: str
    segments: tuple[int, ...]
    breakdown: str
    window: Window
    columns: int
    is_backwards: bool
    skips_repeats: bool
    depth: int
    top: int

    @property
    def zone(self) -> ZoneInfo:
        """The time zone whose days are meant."""
        return ZoneInfo(self.time_zone)

    def days_at(self, now: datetime) -> tuple[date, date]:
        """The first day and the last one, asked at this moment."""
        return self.period.ends(now.astimezone(self.zone).date())

    @property
    def properties(self) -> frozenset[str]:
        """The properties of events that are needed."""
        asked = {one.property for step in self.steps for one in step.where}
        return frozenset(asked | {self.breakdown} if self.breakdown else asked)

    def as_json(self) -> dict[str, Any]:
        """As it is stored: what this kind of report asks for, and no more."""
        written: dict[str, Any] = {
            "period": self.period.as_json(),
            "time_zone": self.time_zone,
            "segments": [*self.segments],
        }
        if self.steps:
            written["steps"] = [step.as_json() for step in self.steps]
        for name in ASKED[self.kind]:
            value = getattr(self, name)
            written[name] = value.as_json() if isinstance(value, Window) else value
        return written


# What is asked beside steps, period, zone and segments.
ASKED: dict[str, tuple[str, ...]] = {
    "trend": ("by", "breakdown"),
    "funnel": ("window",),
    "retention": ("by", "columns"),
    "paths": ("window", "is_backwards", "skips_repeats", "depth", "top"),
    "sessions": ("by",),
}
# How few steps and how many.
STEPS: dict[str, tuple[int, int]] = {
    "trend": (1, 10),
    "funnel": (2, 20),
    "retention": (2, 2),
    "paths": (1, 1),
    "sessions": (0, 0),
}
