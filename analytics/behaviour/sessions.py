from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.behaviour.calendar import Steps
from analytics.behaviour.events import SECOND, NoSuchCell, Seen, numbers_of

GAP = 30 * 60 * SECOND
WHOLE = "all"


@dataclass(slots=True)
class Session:
    """From its first event to its last."""

    start: int
    end: int
    events: int = 1


@dataclass(frozen=True, slots=True)
class Sessions:
    """Sessions that began in one step of the calendar. Length in seconds; a bounce is a session of one event. None
    where there is no session."""

    sessions: int
    people: int
    events: int
    bounced: int
    mean_seconds: float | None
    median_seconds: float | None

    @property
    def events_each(self) -> float | None:
        """Events a session."""
        return self.events / self.sessions if self.sessions else None

    @property
    def bounce_rate(self) -> float | None:
        """The share of bounces, of 1."""
        return self.bounced / self.sessions if self.sessions else None


def sessions_of(events: Sequence[Seen]) -> list[Session]:
    """The sessions of one person, in the order of their beginnings.

    Events for which the source names a session are one session if it is the same. Of all others a new session begins
    with the first, and with each that comes more than thirty minutes after the one before it (on the dot: the same)."""
    found: list[Session] = []
    named: dict[int, Session] = {}
    nameless: Session | None = None
    for seen in events:
        if seen.session is None:
            session = nameless if nameless is not None and seen.at - nameless.end <= GAP else None
        else:
            session = named.get(seen.session)
        if session is None:
            session = Session(seen.at, seen.at)
            found.append(session)
        else:
            session.end, session.events = seen.at, session.events + 1
        if seen.session is None:
            nameless = session
        else:
            named[seen.session] = session
    return found


class SessionReport:
    """Sessions per day, week or month, by their beginning. Only events of the period are looked at: what lies before it
    or after it makes no session of it longer."""

    def __init__(self, *, steps: Steps) -> None:
        self._steps = steps
        size = len(steps)
        self._lengths = [array("d") for _step in range(size)]
        self._people, self._events, self._bounced = [0] * size, [0] * size, [0] * size
        self._everybody = 0

    def of(self, events: Sequence[Seen]) -> list[tuple[int, Session]]:
        """A person's sessions, each with its step of the calendar."""
        inside = [seen for seen in events if self._steps.place(seen.at) is not None]
        return [(self._steps.place(one.start) or 0, one) for one in sessions_of(inside)]

    def add(self, events: Sequence[Seen]) -> None:
        """Count a person."""
        found = self.of(events)
        for step, session in found:
            self._lengths[step].append((session.end - session.start) / SECOND)
            self._events[step] += session.events
            self._bounced[step] += session.events == 1
        for step in {step for step, _session in found}:
            self._people[step] += 1
        self._everybody += bool(found)

    def result(self) -> tuple[Sessions, list[Sessions]]:
        """Of the whole period, and of each step."""
        steps = [
            _summed(self._lengths[step], self._people[step], self._events[step], self._bounced[step])
            for step in range(len(self._steps))
        ]
        lengths = array("d")
        for some in self._lengths:
            lengths.extend(some)
        return _summed(lengths, self._everybody, sum(self._events), sum(self._bounced)), steps

    def who(self, cell: str) -> Callable[[Sequence[Seen]], bool]:
        """Who stands behind a number: `people:all`, `people:3` or `bounced:3`. Raises NoSuchCell."""
        kind, _colon, when = (cell or "people:all").partition(":")
        wanted = None if when == WHOLE else numbers_of(when, 1)[0]
        if kind not in ("people", "bounced") or (wanted is not None and wanted >= len(self._steps)):
            raise NoSuchCell(cell)
        return lambda events: any(
            (wanted is None or step == wanted) and (kind == "people" or session.events == 1)
            for step, session in self.of(events)
        )


def _summed(lengths: "array[float]", people: int, events: int, bounced: int) -> Sessions:
    return Sessions(
        sessions=len(lengths),
        people=people,
        events=events,
        bounced=bounced,
        mean_seconds=float(np.mean(lengths)) if lengths else None,
        median_seconds=float(np.median(lengths)) if lengths else None,
    )
