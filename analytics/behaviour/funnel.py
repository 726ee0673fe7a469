from array import array
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.behaviour.events import SECOND, NoSuchCell, Seen, numbers_of
from analytics.behaviour.matching import Selector, matcher


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """How many people came as far as here. Shares are of 1. `median_seconds` is from the step before to this one, of
    those who came here; None for the first, and where nobody came."""

    people: int
    of_first: float | None
    of_previous: float | None
    dropped: int
    median_seconds: float | None


class Funnel:
    """An ordered funnel with a window. What is counted, exactly:

    An **attempt** of a person begins with an event that meets the first step and lies in the period. It comes to the
    next step with the earliest later event that meets it, at most `window` after the attempt began (on the dot counts),
    also after the end of the period. One event is one step: a step that is asked for twice takes two events. Of events
    of one moment that is later which has the larger key.

    Each person **counts once**, by the attempt that came farthest; of several that came equally far, by the one that
    began first. So whoever ever completed the funnel is counted by their earliest full attempt, and reaches a step if
    any attempt did. Times between steps are those of the attempt that counts.

    Who **dropped** after a step reached it and not the next; nobody drops after the last."""

    def __init__(self, steps: Sequence[Selector], *, window: int, start: int, end: int) -> None:
        self._match, self._count = matcher(steps), len(steps)
        self._window, self._start, self._end = window, start, end
        self._reached = [0] * len(steps)
        self._waits = [array("d") for _step in steps]

    def attempt(self, events: Sequence[Seen]) -> list[int]:
        """The places of the events of the attempt that counts; none: the person never began."""
        places: list[list[int]] = [[] for _step in range(self._count)]
        for place, seen in enumerate(events):
            for step in self._match(seen):
                places[step].append(place)
        best: list[int] = []
        for first in places[0]:
            if not self._start <= events[first].at < self._end:
                continue
            path = self._from(first, places, events)
            if len(path) > len(best):
                best = path
            if len(best) == self._count:
                break
        return best

    def _from(self, first: int, places: list[list[int]], events: Sequence[Seen]) -> list[int]:
        path, latest = [first], events[first].at + self._window
        for step in range(1, self._count):
            at = bisect_right(places[step], path[-1])
            if at == len(places[step]) or events[places[step][at]].at > latest:
                break
            path.append(places[step][at])
        return path

    def add(self, events: Sequence[Seen]) -> None:
        """Count a person."""
        path = self.attempt(events)
        for step, place in enumerate(path):
            self._reached[step] += 1
            if step:
                self._waits[step].append((events[place].at - events[path[step - 1]].at) / SECOND)

    def result(self) -> list[FunnelStep]:
        """The steps, the first first."""
        reached = self._reached
        return [
            FunnelStep(
                people=count,
                of_first=count / reached[0] if reached[0] else None,
                of_previous=None if not step or not reached[step - 1] else count / reached[step - 1],
                dropped=count - reached[step + 1] if step + 1 < self._count else 0,
                median_seconds=float(np.median(self._waits[step])) if len(self._waits[step]) else None,
            )
            for step, count in enumerate(reached)
        ]

    def who(self, cell: str) -> Callable[[Sequence[Seen]], bool]:
        """Who stands behind a number: `reached:2` or `dropped:2`, steps from 0; of no number: who began.
        Raises NoSuchCell."""
        kind, _colon, rest = (cell or "reached:0").partition(":")
        (step,) = numbers_of(rest, 1)
        if kind not in ("reached", "dropped") or step >= self._count:
            raise NoSuchCell(cell)
        if kind == "reached":
            return lambda events: len(self.attempt(events)) > step
        return lambda events: len(self.attempt(events)) == step + 1 < self._count
