"""What the rows of a list become in a file: a header, and one or more records of typed cells for each row. Higher rooms
register theirs here."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from django.db.models import Model, QuerySet

from customers.models import User

Cell = str | int | float | Decimal | bool | date | datetime | None
Record = list[Cell]


class Plan(Protocol):
    """How one export is written, once it is known which rows it has."""

    @property
    def header(self) -> list[str]:
        """Names of the columns, for programs: they are the same in every language."""
        ...

    def records(self, keys: Sequence[int]) -> Iterator[Record]:
        """The records of the rows with these keys, in their order; a row that is gone by now has none."""
        ...


class Sheet(Protocol):
    """How the rows of one model are written."""

    @property
    def name(self) -> str:
        """What programs call the list."""
        ...

    @property
    def model(self) -> type[Model]:
        """Of the rows."""
        ...

    def plan(self, rows: "QuerySet[Any]", user: User) -> Plan:
        """Look at the rows that will be written, and decide on the columns: those that the user may read."""
        ...


@dataclass(frozen=True, slots=True)
class Column:
    """A column and how its cell is got from a row. Nothing is asked of the database for a row alone."""

    name: str
    value: Callable[[Any], Cell]


class ColumnSheet:
    """A sheet of fixed columns, one record a row."""

    def __init__(
        self, name: str, model: type[Model], columns: Sequence[Column], *, related: tuple[str, ...] = ()
    ) -> None:
        self.name, self.model, self.columns, self.related = name, model, columns, related

    def plan(self, rows: "QuerySet[Any]", user: User) -> "ColumnSheet":
        """The columns are always the same."""
        return self

    @property
    def header(self) -> list[str]:
        return [column.name for column in self.columns]

    def records(self, keys: Sequence[int]) -> Iterator[Record]:
        rows = (
            self.model._default_manager.select_related(*self.related) if self.related else self.model._default_manager
        )
        for row in in_order(rows.filter(pk__in=keys), keys):
            yield [column.value(row) for column in self.columns]


def in_order(rows: "QuerySet[Any]", keys: Sequence[int]) -> Iterator[Any]:
    """The rows in the order of these keys; those that are gone are left out."""
    found = {row.pk: row for row in rows}
    return (found[key] for key in keys if key in found)


_sheets: dict[type[Model], Sheet] = {}


def register_sheet(sheet: Sheet) -> None:
    """Make it possible to export the lists of a model. Called once a process, when the app is ready."""
    _sheets[sheet.model] = sheet


def sheet_of(model: type[Model]) -> Sheet | None:
    """The sheet of a model; None where its lists are not exported."""
    return _sheets.get(model)


def sheets() -> list[Sheet]:
    """All of them, by name."""
    return sorted(_sheets.values(), key=lambda sheet: sheet.name)
