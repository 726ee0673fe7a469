"""The formats that can be imported. Higher rooms register theirs, and their tables of formats that are here, when they
are ready: services adds the cases of Salesforce, and customers never hears of tickets.

A format is one of two things. Either its columns are *mapped*: it has kinds of tables, each with a mapping from columns
to targets that people may change; `customers.importers.read_tables` reads all of these. Or it is *fixed*: it has a
reader of its own (Olist, incident logs, Online Retail), and there is nothing to map."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from customers.importers.run import ImportRun

Reader = Callable[[ImportRun, Path], None]
"""Reads a file or folder and feeds the run."""


def as_it_is(text: str) -> str:
    """An id that has one form only."""
    return text


@dataclass(frozen=True, slots=True)
class TableKind:
    """One kind of table: how it is recognised, and what its columns mean.

    `needs`: of each of these sets at least one column must be there, and of `lacks` none (names in lower case).
    `columns`: what known columns become (name in lower case to target, see Content); what else there is becomes what
    the content makes of unknown columns. `constants`: targets that have the same value in each row.
    `clean_id`: brings an id of the source into its one form; empty for an id that stands for nothing."""

    code: str  # unique within the format
    label: Any
    content: str  # code of a Content
    needs: tuple[frozenset[str], ...]
    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    lacks: frozenset[str] = frozenset()
    clean_id: Callable[[str], str] = as_it_is
    # What stands for codes in a column (in lower case): {"statecode": {"0": "active"}}.
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    nothing: frozenset[str] = frozenset()  # cells that stand for an empty one
    # Whether columns that are not known are also recognised by what they are called in English or Chinese.
    is_free: bool = False
    # Whether cells are as our own exports write them, with a `'` before what a spreadsheet takes for a formula.
    is_own: bool = False

    def fits(self, header: Iterable[str]) -> bool:
        """Whether a table with these columns is of this kind."""
        names = {name.casefold() for name in header}
        return all(names & some for some in self.needs) and not names & self.lacks

    def score(self, header: Iterable[str]) -> tuple[int, int]:
        """How well it fits: how many of its columns are there, and how much it asks for."""
        known = self.columns.keys() | {name for some in self.needs for name in some}
        return len({name.casefold() for name in header} & known), len(self.needs)


@dataclass(frozen=True, slots=True)
class Format:
    """`tables` of a mapped format, in the order in which they are read. A fixed one has a `reader`, and recognises its
    files by `needs`, one set of columns (in lower case) a file, of which at least one file must be there."""

    code: str
    label: Any
    tables: list[TableKind] = field(default_factory=list)
    reader: Reader | None = None
    needs: tuple[frozenset[str], ...] = ()
    reads_folder: bool = False  # of a fixed one: whether its tables are several files

    @property
    def is_fixed(self) -> bool:
        """Whether there is nothing to map."""
        return self.reader is not None

    def table(self, code: str) -> TableKind:
        """A kind of table by its code. Raises KeyError for one that it does not have."""
        return next((kind for kind in self.tables if kind.code == code), None) or _unknown(code)

    def kind_of(self, header: Sequence[str]) -> TableKind | None:
        """The kind of table that fits these columns best."""
        fitting = [kind for kind in self.tables if kind.fits(header)]
        return max(fitting, key=lambda kind: kind.score(header), default=None)

    def takes(self, header: Iterable[str]) -> bool:
        """Of a fixed format: whether a table with these columns is one of its files."""
        names = {name.casefold() for name in header}
        return any(needed <= names for needed in self.needs)


_formats: dict[str, Format] = {}


def register_format(format: Format) -> Format:
    """Make a format known. Called once a process, when the app is ready."""
    _formats[format.code] = format
    return format


def register_table(format: str, kind: TableKind) -> TableKind:
    """Add a kind of table to a format of a lower room."""
    tables = _formats[format].tables
    tables[:] = [*(other for other in tables if other.code != kind.code), kind]
    return kind


def format_of(code: str) -> Format:
    """A format by its code. Raises KeyError for one that no installed room knows."""
    return _formats[code]


def label_of(code: str) -> str:
    """What people call a format; one that no installed room knows, and none, by its code."""
    return str(_formats[code].label) if code in _formats else code


def formats() -> Iterator[Format]:
    """All of them, in the order of their labels."""
    yield from sorted(_formats.values(), key=lambda format: str(format.label).casefold())


def _unknown(code: str) -> TableKind:
    raise KeyError(code)
