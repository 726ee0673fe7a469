from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analytics.behaviour.blocks import Array, Block, Tally, each_once, heads
from analytics.behaviour.calendar import Steps
from analytics.behaviour.events import NoSuchCell, numbers_of
from analytics.behaviour.matching import Selector

BEGAN = "began"


@dataclass(frozen=True, slots=True)
class Cohort:
    """The people who began in one step of the calendar, and how many of them came back in that step and in each one
    after it. None: that step has not begun yet."""

    step: int
    people: int
    back: list[int | None]


class Retention(Tally):
    """Who comes back. What is counted, exactly:

    A person **begins** with their first event in the period that meets the first step, in the day, week or month of the
    calendar that it lies in; they are in that cohort alone. They are **back** in column k if an event that meets the
    second step, later than the one they began with, lies in the k-th day, week or month of the calendar after it
    (column 0: in the same one), also after the end of the period. Of events of one moment that is later which has the
    larger key: the event that somebody began with never brings them back."""

    def __init__(
        self, first: Selector, back: Selector, *, steps: Steps, cohorts: int, columns: int, end: int, now: int
    ) -> None:
        """`steps` go on for `columns` beyond the last cohort; the period, in which people begin, ends at `end`."""
        self._first, self._again, self._steps = first, back, steps
        self._cohorts, self._columns, self._end, self._now = cohorts, columns, end, now
        self._people = np.zeros(cohorts, dtype=np.int64)
        self._back = np.zeros((cohorts, columns + 1), dtype=np.int64)

    def _began(self, block: Block) -> tuple[Array, Array]:
        """With which events people began, and in which step of the calendar."""
        inside = (block.at >= self._steps.start) & (block.at < self._end)
        places = np.flatnonzero(self._first.met(block) & inside)
        places = places[heads(block.person[places])]
        return places, self._steps.places(block.at[places])

    def _came_back(self, block: Block, began: Array, cohorts: Array) -> tuple[Array, Array]:
        """Who came back, by their places among those who began, and in which columns: each once."""
        back = np.flatnonzero(self._again.met(block))
        whose = np.searchsorted(began, back) - 1  # the last who began before; -1: nobody did
        back, whose = back[whose >= 0], whose[whose >= 0]
        columns = self._steps.places(block.at[back]) - cohorts[whose]
        counts = (block.person[back] == block.person[began[whose]]) & (columns >= 0) & (columns <= self._columns)
        whose, columns = whose[counts], columns[counts]
        once = heads(whose, columns)
        return whose[once], columns[once]

    def count(self, block: Block) -> None:
        """Count the people of a block."""
        began, cohorts = self._began(block)
        self._people += np.bincount(cohorts, minlength=self._cohorts)
        whose, columns = self._came_back(block, began, cohorts)
        np.add.at(self._back, (cohorts[whose], columns), 1)

    def result(self) -> list[Cohort]:
        """The cohorts, the first first."""
        return [
            Cohort(cohort, people, [self._known(cohort, column) for column in range(self._columns + 1)])
            for cohort, people in enumerate(self._people.tolist())
        ]

    def _known(self, cohort: int, column: int) -> int | None:
        return int(self._back[cohort, column]) if self._steps.starts[cohort + column] <= self._now else None

    def is_partial(self, cohort: int, column: int) -> bool:
        """Whether the step of a number is still going on."""
        step = cohort + column
        return self._steps.starts[step] <= self._now < self._steps.starts[step + 1]

    def behind(self, cell: str) -> Callable[[Block], Array]:
        """Whom a number counts: `0:began`, or `0:3` for cohort and column; of none: who began at any time. Raises
        NoSuchCell."""
        if not cell:
            return lambda block: block.person[self._began(block)[0]]
        row, _colon, column = cell.partition(":")
        (cohort,) = numbers_of(row, 1)
        number = None if column == BEGAN else numbers_of(column, 1)[0]
        if cohort >= self._cohorts or (number is not None and number > self._columns):
            raise NoSuchCell(cell)

        def find(block: Block) -> Array:
            began, cohorts = self._began(block)
            if number is None:
                return each_once(block.person[began[cohorts == cohort]])
            whose, columns = self._came_back(block, began, cohorts)
            counts = (cohorts[whose] == cohort) & (columns == number)
            return each_once(block.person[began[whose[counts]]])

        return find
