from array import array
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analytics.behaviour.blocks import NO_SESSION, Array, Block, Tally, each_once, heads
from analytics.behaviour.calendar import Steps
from analytics.behaviour.events import SECOND, NoSuchCell, numbers_of

GAP = 30 * 60 * SECOND
WHOLE = "all"


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


def sessions_of(block: Block) -> tuple[Array, Array, Array]:
    """The sessions of a block, in the order of their beginnings: the places of their first events and of their last,
    and how many events they have.

    Events for which the source names a session are one session if it is the same. Of all others a new session begins
    with the first, and with each that comes more than thirty minutes after the one before it (on the dot: the same)."""
    is_named = block.session != NO_SESSION
    named, nameless = np.flatnonzero(is_named), np.flatnonzero(~is_named)
    named = named[np.lexsort((block.session[named], block.person[named]))]
    begins = heads(block.person[nameless])
    begins[1:] |= np.diff(block.at[nameless]) > GAP
    begins = np.concatenate([heads(block.person[named], block.session[named]), begins])
    places, starts = np.concatenate([named, nameless]), np.flatnonzero(begins)
    events = np.diff(starts, append=len(places))
    first, last = places[starts], places[starts + events - 1]
    order = np.argsort(first)
    return first[order], last[order], events[order]


class SessionReport(Tally):
    """Sessions per day, week or month, by their beginning. Only events of the period are looked at: what lies before it
    or after it makes no session of it longer."""

    def __init__(self, *, steps: Steps) -> None:
        self._steps = steps
        size = len(steps)
        self._lengths = [array("d") for _step in range(size)]
        self._people, self._events, self._bounced = (np.zeros(size, dtype=np.int64) for _figure in range(3))
        self._everybody = 0

    def _sessions(self, block: Block) -> tuple[Array, Array, Array, Array]:
        """Of each session: whose, its step of the calendar, how long it is in seconds, and how many events it has."""
        inside = block.rows(self._steps.places(block.at) >= 0)
        first, last, events = sessions_of(inside)
        lengths = (inside.at[last] - inside.at[first]) / SECOND
        return inside.person[first], self._steps.places(inside.at[first]), lengths, events

    def count(self, block: Block) -> None:
        """Count the people of a block."""
        people, steps, lengths, events = self._sessions(block)
        size = len(self._steps)
        for step in np.unique(steps):
            self._lengths[step].frombytes(lengths[steps == step].tobytes())
        np.add.at(self._events, steps, events)
        self._bounced += np.bincount(steps[events == 1], minlength=size)
        self._people += np.bincount(steps[heads(people, steps)], minlength=size)
        self._everybody += int(np.count_nonzero(heads(people)))

    def result(self) -> tuple[Sessions, list[Sessions]]:
        """Of the whole period, and of each step."""
        steps = [
            _summed(*figures)
            for figures in zip(
                self._lengths, self._people.tolist(), self._events.tolist(), self._bounced.tolist(), strict=True
            )
        ]
        lengths = array("d")
        for some in self._lengths:
            lengths.extend(some)
        return _summed(lengths, self._everybody, int(self._events.sum()), int(self._bounced.sum())), steps

    def behind(self, cell: str) -> Callable[[Block], Array]:
        """Whom a number counts: `people:all`, `people:3` or `bounced:3`. Raises NoSuchCell."""
        kind, _colon, when = (cell or "people:all").partition(":")
        wanted = None if when == WHOLE else numbers_of(when, 1)[0]
        if kind not in ("people", "bounced") or (wanted is not None and wanted >= len(self._steps)):
            raise NoSuchCell(cell)

        def find(block: Block) -> Array:
            people, steps, _lengths, events = self._sessions(block)
            counts = np.ones(len(people), dtype=bool) if wanted is None else steps == wanted
            return each_once(people[counts if kind == "people" else counts & (events == 1)])

        return find


def _summed(lengths: "array[float]", people: int, events: int, bounced: int) -> Sessions:
    return Sessions(
        sessions=len(lengths),
        people=people,
        events=events,
        bounced=bounced,
        mean_seconds=float(np.mean(lengths)) if lengths else None,
        median_seconds=float(np.median(lengths)) if lengths else None,
    )
