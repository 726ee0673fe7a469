"""What every kind of file is turned into: sheets of text, read as streams, one row at a time."""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from django.utils.translation import gettext as _

# Wider sheets are not lists of customers, and no form could map them.
MOST_COLUMNS = 1000

Row = tuple[int, list[str], str]
"""The line it begins in, the header being 1 as a rule; its cells, as many as the header; why it cannot be used."""

Progress = Callable[[int], object]
"""Told from time to time how many bytes of the file were read."""


def no_progress(_read: int) -> None:
    """Progress that nobody wants to hear of."""


class ImportStopped(Exception):
    """The file cannot be read at all; the message says what to do. What was written before stays and is found again."""


class Sheet(Protocol):
    """One table of a file: a CSV file is one, a workbook has several, a JSON file one for each of its arrays."""

    file: str  # as people know it
    name: str  # of the sheet or the array; empty where a file is one table
    header: list[str]
    size: int  # of the file on disk in bytes, what progress is told in
    estimate: int  # how many rows there are, as far as one can tell without reading them
    encoding: str  # empty where the kind of file says it
    is_guess: bool  # whether nobody said or knows that this is the encoding
    delimiter: str  # empty where there is none

    def rows(self, progress: Progress = no_progress) -> Iterator[Row]:
        """All rows from the first, each time anew. Raises ImportStopped where the file turns out to be damaged.

        A row that is broken in itself comes with a problem and without cells, and the rows after it go on. Lines
        without any text are left out."""
        ...


def stop(file: object, text: str) -> ImportStopped:
    """The exception that says what is wrong with a file."""
    return ImportStopped(f"{file}: {text}")


def clean_header(file: object, cells: Sequence[str]) -> list[str]:
    """The names of the columns: white space made plain, each name once. A column without a name is called by its
    place, one whose name is taken gets a number; mappings keep these names, so they are in no language. Raises
    ImportStopped where there are none, or too many."""
    names = [" ".join(cell.split()) for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise stop(file, _("is empty"))
    if len(names) > MOST_COLUMNS:
        text = _("has %(columns)s columns, and at most %(most)s can be read: leave out those that are not needed.")
        raise stop(file, text % {"columns": f"{len(names):,}", "most": f"{MOST_COLUMNS:,}"})
    taken: set[str] = set()
    clean = []
    for place, name in enumerate(names, 1):
        clean.append(_free_name(name or f"Column {place}", taken))
    return clean


def _free_name(name: str, taken: set[str]) -> str:
    free, number = name, 1
    while free.casefold() in taken:
        number += 1
        free = f"{name} ({number})"
    taken.add(free.casefold())
    return free


def fit(cells: list[str], width: int) -> str:
    """Bring a row to the width of the header, where what is too much is empty; else say what is wrong with it."""
    if len(cells) > width and not any(cells[width:]):
        del cells[width:]
    if len(cells) != width:
        return _("has %(cells)d cells, not %(width)d") % {"cells": len(cells), "width": width}
    return ""
