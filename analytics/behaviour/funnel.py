from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.behaviour.blocks import Array, Block, Tally, each_once, heads
from analytics.behaviour.events import SECOND, NoSuchCell, numbers_of
from analytics.behaviour.matching import Selector


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """How many people came as far as here. Shares are of 1. `median_seconds` is from the step before to this one, of
    those who came here; None for the first, and where nobody came."""

    people: int
    of_first: float | None
    of_previous: float | None
    dropped: int
    median_seconds: float | None


class Funnel(Tally):
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
        self._steps, self._count = steps, len(steps)
        self._window, self._start, self._end = window, start, end
        self._reached = [0] * len(steps)
        self._waits = [array("d") for _step in steps]

    def _attempts(self, block: Block, met: Sequence[Array]) -> tuple[Array, Array]:
        """Of each person who began the attempt that counts: the place of its first event, and how many steps it came.
        `met`: the places of the events that meet each step."""
        at = block.at[met[0]]
        first = met[0][(at >= self._start) & (at < self._end)]
        if not first.size:
            return first, first
        came = np.ones(len(first), dtype=np.int64)
        for _step, going, _places in self._ways(block, met, first):
            came[going] += 1
        people = np.flatnonzero(heads(block.person[first]))
        farthest = np.repeat(np.maximum.reduceat(came, people), np.diff(people, append=len(first)))
        best = np.flatnonzero(came == farthest)
        best = best[heads(block.person[first[best]])]
        return first[best], came[best]

    def _ways(self, block: Block, met: Sequence[Array], first: Array) -> Iterator[tuple[int, Array, Array]]:
        """The attempts that begin with these events, a step after the other: which of them come to it, and with which
        event."""
        going, places = np.arange(len(first)), first
        for step in range(1, self._count):
            following = np.searchsorted(met[step], places, side="right")
            exists = following < len(met[step])
            going, places = going[exists], met[step][following[exists]]
            begun = first[going]
            in_time = block.at[places] <= block.at[begun] + self._window
            comes = in_time & (block.person[places] == block.person[begun])
            going, places = going[comes], places[comes]
            yield step, going, places

    def _met(self, block: Block) -> list[Array]:
        return [np.flatnonzero(one.met(block)) for one in self._steps]

    def count(self, block: Block) -> None:
        """Count the people of a block."""
        met = self._met(block)
        first, _came = self._attempts(block, met)
        self._reached[0] += len(first)
        before = first.copy()
        for step, going, places in self._ways(block, met, first):
            self._reached[step] += len(going)
            self._waits[step].frombytes(((block.at[places] - block.at[before[going]]) / SECOND).tobytes())
            before[going] = places

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

    def behind(self, cell: str) -> Callable[[Block], Array]:
        """Whom a number counts: `reached:2` or `dropped:2`, steps from 0; of no number: who began. Raises
        NoSuchCell."""
        kind, _colon, rest = (cell or "reached:0").partition(":")
        (step,) = numbers_of(rest, 1)
        if kind not in ("reached", "dropped") or step >= self._count:
            raise NoSuchCell(cell)

        def find(block: Block) -> Array:
            first, came = self._attempts(block, self._met(block))
            counts = came > step if kind == "reached" else (came == step + 1) & (came < self._count)
            return each_once(block.person[first[counts]])

        return find
