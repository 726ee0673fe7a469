import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.behaviour.blocks import NOBODY, Array, Block, Tally, each_once, heads
from analytics.behaviour.calendar import Steps
from analytics.behaviour.events import NoSuchCell, numbers_of
from analytics.behaviour.matching import Selector, label_of

MOST_VALUES = 10_000
TOP = 8
WHOLE = "all"


class TooManyValues(Exception):
    """A property has more different values than are worth telling apart."""


@dataclass(frozen=True, slots=True)
class Series:
    """The events of one step, of one value of the property where the report is broken down (None: of all the other
    values), and how many different people did them: a step of the calendar at a time, and in the whole period."""

    selector: int
    value: str | None
    events: list[int]
    people: list[int]
    all_events: int
    all_people: int


class Trend(Tally):
    """Events and different people per day, week or month.

    A person counts once in each step of the calendar, and once in the whole period, of each series: so people of days
    do not add up to people of weeks. An event without the property is one of the value ""."""

    def __init__(
        self, selectors: Sequence[Selector], *, steps: Steps, by: str = "", values: Sequence[str] | None = None
    ) -> None:
        self._selectors, self._steps, self._by = selectors, steps, by
        # Of each selector: the values that are told apart, then all others.
        self._values: list[str | None] = [*(values or ()), None]
        self._place = {value: place for place, value in enumerate(self._values) if value is not None}
        size = len(selectors) * len(self._values)
        self._events = np.zeros((size, len(steps)), dtype=np.int64)
        self._people = np.zeros((size, len(steps)), dtype=np.int64)
        self._whole = [0] * size

    def _series(self, block: Block) -> Iterator[tuple[int, Array, Array]]:
        """Of each series that has some events: who did them, and in which steps of the calendar."""
        steps, width = self._steps.places(block.at), len(self._values)
        inside = steps >= 0
        value = self._values_of(block, inside)
        for number, selector in enumerate(self._selectors):
            met = selector.met(block) & inside
            for place in range(width):
                rows = met & (value == place) if self._by else met
                if rows.any():
                    yield number * width + place, block.person[rows], steps[rows]

    def _values_of(self, block: Block, inside: Array) -> Array:
        """The places of the values that the events have."""
        places = np.full(len(block.kinds), len(self._values) - 1)
        for kind in np.unique(block.kind[inside]) if self._by else ():
            places[kind] = self._place.get(label_of(block.kinds[kind].get(self._by)), places[kind])
        found: Array = places[block.kind]
        return found

    def count(self, block: Block) -> None:
        """Count the people of a block."""
        size = len(self._steps)
        for series, people, steps in self._series(block):
            self._events[series] += np.bincount(steps, minlength=size)
            self._people[series] += np.bincount(steps[heads(people, steps)], minlength=size)
            self._whole[series] += int(np.count_nonzero(heads(people)))

    def result(self) -> list[Series]:
        """The series. Where it is broken down, what is left is one of them if there is anything."""
        width = len(self._values)
        series = [
            Series(place // width, self._values[place % width], events, people, sum(events), self._whole[place])
            for place, (events, people) in enumerate(zip(self._events.tolist(), self._people.tolist(), strict=True))
        ]
        return [one for one in series if not self._by or one.value is not None or one.all_events]

    def cell(self, series: Series, step: int | None) -> str:
        """The name of a number of a series: of a step, or of the whole period."""
        when = WHOLE if step is None else str(step)
        return f"{series.selector}:{when}:{json.dumps(series.value, ensure_ascii=False)}"

    def behind(self, cell: str) -> Callable[[Block], Array]:
        """Whom a number counts (see `cell`); of none: who did any of it. Raises NoSuchCell."""
        if not cell:
            return self._anybody
        first, _colon, rest = cell.partition(":")
        when, _colon, value = rest.partition(":")
        try:
            wanted = json.loads(value)
        except (ValueError, RecursionError):
            raise NoSuchCell(cell) from None
        (selector,) = numbers_of(first, 1)
        step = None if when == WHOLE else numbers_of(when, 1)[0]
        is_known = wanted is None or (isinstance(wanted, str) and wanted in self._place)
        if selector >= len(self._selectors) or not is_known or (step is not None and step >= len(self._steps)):
            raise NoSuchCell(cell)
        place = len(self._values) - 1 if wanted is None else self._place[wanted]
        return self._behind_one(selector * len(self._values) + place, step)

    def _anybody(self, block: Block) -> Array:
        return np.unique(np.concatenate([NOBODY, *(people for _series, people, _steps in self._series(block))]))

    def _behind_one(self, series: int, step: int | None) -> Callable[[Block], Array]:
        def find(block: Block) -> Array:
            for number, people, steps in self._series(block):
                if number == series:
                    return each_once(people if step is None else people[steps == step])
            return NOBODY

        return find


class Values(Tally):
    """How often each value of a property comes: those that come most often are told apart."""

    def __init__(self, selectors: Sequence[Selector], *, steps: Steps, by: str) -> None:
        self._selectors, self._steps, self._by = selectors, steps, by
        self._counts: Counter[str] = Counter()

    def count(self, block: Block) -> None:
        """Count the events of a block. Raises TooManyValues: what is counted must fit into memory."""
        met = np.any([one.met(block) for one in self._selectors], axis=0) & (self._steps.places(block.at) >= 0)
        for kind, events in zip(*np.unique(block.kind[met], return_counts=True), strict=True):
            self._counts[label_of(block.kinds[kind].get(self._by))] += int(events)
        if len(self._counts) > MOST_VALUES:
            raise TooManyValues

    def top(self) -> list[str]:
        """Those that come most often; of equally many, in the order of the alphabet."""
        ranked = sorted(self._counts, key=lambda value: (-self._counts[value], value))
        return ranked[:TOP]
