"""A sheet and its mapping made ready: which place of a row holds what, worked out once and not for each row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from zoneinfo import ZoneInfo

from customers.importers.dates import DateOrder, ReadDate, ReadMoment, date_reader, moment_reader
from customers.importers.files.sheet import Sheet
from customers.importers.formats import TableKind
from customers.importers.mapping.table import TableMapping
from customers.importers.mapping.targets import Aim, parts_of
from customers.importers.run import ImportRun


@dataclass
class SheetPlan:
    """What a content's makers read.

    A row has the cells of the sheet, then `extra`: the constants, and last an empty cell, which stands for all that is
    not there. So each target has a place in every row, and no row needs to be asked what it has."""

    sheet: Sheet
    kind: TableKind
    mapping: TableMapping
    run: ImportRun
    zone: ZoneInfo
    orders: dict[int, str] = field(default_factory=dict)  # of the dates of each column that holds some

    @cached_property
    def placed(self) -> list[tuple[str, int]]:
        """Each target that is mapped with the place of its value, in the order of the columns; constants come last."""
        columns = self.mapping.columns
        header = self.sheet.header
        found = [(code, place) for place, name in enumerate(header) for code in parts_of(columns.get(name, ""))]
        return [*found, *((target, len(header) + n) for n, target in enumerate(self._constants))]

    @cached_property
    def _constants(self) -> dict[str, str]:
        """A constant stands where no column says the same."""
        columns = {code for target in self.mapping.columns.values() for code in parts_of(target)}
        merged = {**self.kind.constants, **self.mapping.constants}
        return {target: text for target, text in merged.items() if text and target not in columns}

    def constant(self, target: str) -> str:
        """The value that a target has in every row; empty where rows differ, or have none."""
        return self._constants.get(target, "")

    @cached_property
    def extra(self) -> list[str]:
        """What is to be put behind the cells of each row."""
        return [*self._constants.values(), ""]

    @property
    def nowhere(self) -> int:
        """The place of the cell that is always empty."""
        return len(self.sheet.header) + len(self.extra) - 1

    def place(self, target: str) -> int:
        """The place of the first value with this target; `nowhere` without one."""
        return next((place for found, place in self.placed if found == target), self.nowhere)

    def places(self, target: str) -> list[int]:
        """The places of all values with this target."""
        return [place for found, place in self.placed if found == target]

    def has(self, *targets: str) -> bool:
        """Whether a column or constant has one of these targets."""
        return any(found in targets for found, _place in self.placed)

    def aims(self, *nouns: str) -> Iterator[tuple[Aim, int]]:
        """The targets with these nouns, taken apart, each with the place of its value."""
        for target, place in self.placed:
            aim = Aim.of(target)
            if aim.noun in nouns:
                yield aim, place

    def column(self, place: int) -> str:
        """What people call the value at a place: the name of its column."""
        header = self.sheet.header
        return header[place] if place < len(header) else next(t for t, found in self.placed if found == place)

    def reads_moment(self, place: int) -> ReadMoment:
        """How the times at this place are read."""
        return moment_reader(self.orders.get(place, DateOrder.ISO), self.zone)

    def reads_date(self, place: int) -> ReadDate:
        """How the dates at this place are read."""
        return date_reader(self.orders.get(place, DateOrder.ISO))


def first_filled(cells: Sequence[str], places: Sequence[int]) -> str:
    """The first value that is not empty."""
    return next((cells[place] for place in places if cells[place]), "")
