from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analytics.behaviour.calendar import Steps
from analytics.behaviour.events import NoSuchCell, Seen, numbers_of
from analytics.behaviour.matching import Selector, matcher

BEGAN = "began"


@dataclass(frozen=True, slots=True)
class Cohort:
    """The people who began in one step of the calendar, and how many of them came back in that step and in each one
    after it. None: that step has not begun yet."""

    step: int
    people: int
    back: list[int | None]


class Retention:
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
        self._match, self._steps = matcher([first, back]), steps
        self._cohorts, self._columns, self._end, self._now = cohorts, columns, end, now
        self._people = [0] * cohorts
        self._back = [[0] * (columns + 1) for _cohort in range(cohorts)]

    def of(self, events: Sequence[Seen]) -> tuple[int, set[int]] | None:
        """The cohort of a person, and the columns in which they are back; None: they never began."""
        cohort, columns = None, set[int]()
        for seen in events:
            met = self._match(seen)
            if cohort is None:
                if 0 in met and self._steps.start <= seen.at < self._end:
                    cohort = self._steps.place(seen.at)
            elif 1 in met:
                step = self._steps.place(seen.at)
                if step is not None and step - cohort <= self._columns:
                    columns.add(step - cohort)
        return None if cohort is None else (cohort, columns)

    def add(self, events: Sequence[Seen]) -> None:
        """Count a person."""
        found = self.of(events)
        if found is not None:
            cohort, columns = found
            self._people[cohort] += 1
            for column in columns:
                self._back[cohort][column] += 1

    def result(self) -> list[Cohort]:
        """The cohorts, the first first."""
        return [
            Cohort(cohort, people, [self._known(cohort, column) for column in range(self._columns + 1)])
            for cohort, people in enumerate(self._people)
        ]

    def _known(self, cohort: int, column: int) -> int | None:
        return self._back[cohort][column] if self._steps.starts[cohort + column] <= self._now else None

    def is_partial(self, cohort: int, column: int) -> bool:
        """Whether the step of a number is still going on."""
        step = cohort + column
        return self._steps.starts[step] <= self._now < self._steps.starts[step + 1]

    def who(self, cell: str) -> Callable[[Sequence[Seen]], bool]:
        """Who stands behind a number: `0:began`, or `0:3` for cohort and column; of none: who began at any time. Raises
        NoSuchCell."""
        if not cell:
            return lambda events: self.of(events) is not None
        row, _colon, column = cell.partition(":")
        (cohort,) = numbers_of(row, 1)
        if cohort >= self._cohorts:
            raise NoSuchCell(cell)
        if column == BEGAN:
            return lambda events: (found := self.of(events)) is not None and found[0] == cohort
        (number,) = numbers_of(column, 1)
        if number > self._columns:
            raise NoSuchCell(cell)
        return lambda events: (found := self.of(events)) is not None and found[0] == cohort and number in found[1]
