"""The register of personal data: what each column of each model holds of a person, what for, for how long, and what an
erasure makes of it. Plain data, declared once; a test fails on a column that is missing or superfluous.

It is the record of processing (GDPR art. 30; PIPL art. 55 and 56), and it drives the export of a person's data
(customers.operations.export_person) and their erasure (customers.operations.erase_person)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from customers.registry.terms import OnErasure, Pii, Purpose, Retention


@dataclass(frozen=True, slots=True)
class Columns:
    """Some columns of a model that are the same in this. `because` says why they are kept."""

    names: tuple[str, ...]
    pii: Pii
    on_erasure: OnErasure
    because: Any = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the register says of a model.

    `about`: the paths from a row to the customer whom it is about. `is_deleted`: an erasure deletes these rows; else
    they stay, and their columns are treated one by one."""

    model: str
    purpose: Purpose
    retention: Retention
    columns: tuple[Columns, ...]
    about: tuple[str, ...] = ()
    is_deleted: bool = False

    def names(self) -> list[str]:
        """All columns that are declared, in order; one that is declared twice comes twice."""
        return [name for group in self.columns for name in group.names]

    def each(self) -> "Iterator[Column]":
        """Column by column."""
        for group in self.columns:
            deleted = self.is_deleted and group.pii != Pii.NONE
            for name in group.names:
                yield Column(self, name, group.pii, OnErasure.DELETE if deleted else group.on_erasure, group.because)


class Column(NamedTuple):
    """One column of the register."""

    entry: Entry
    name: str
    pii: Pii
    on_erasure: OnErasure
    because: Any


def none(names: str) -> Columns:
    """Columns that hold nothing of a person."""
    return Columns(tuple(names.split()), Pii.NONE, OnErasure.NOTHING)


def direct(names: str, on_erasure: OnErasure = OnErasure.DELETE, *, keep: Any = "") -> Columns:
    """Columns that name a person, or reach them."""
    return _personal(names, Pii.DIRECT, on_erasure, keep)


def indirect(names: str, on_erasure: OnErasure = OnErasure.DELETE, *, keep: Any = "") -> Columns:
    """Columns that tell something of a person who is known from elsewhere."""
    return _personal(names, Pii.INDIRECT, on_erasure, keep)


def free(names: str, on_erasure: OnErasure = OnErasure.DELETE, *, keep: Any = "") -> Columns:
    """Texts in which anything may stand."""
    return _personal(names, Pii.FREE, on_erasure, keep)


def staff(names: str) -> Columns:
    """Columns that name a member of staff: who did it. They are not the customer's."""
    return Columns(tuple(names.split()), Pii.STAFF, OnErasure.NOTHING)


def _personal(names: str, pii: Pii, on_erasure: OnErasure, keep: Any) -> Columns:
    return Columns(tuple(names.split()), pii, OnErasure.KEEP if keep else on_erasure, keep)


_entries: dict[str, Entry] = {}


def register(entries: Iterable[Entry]) -> None:
    """Make entries known. Called once a process by each room, when it is ready."""
    for entry in entries:
        _entries[entry.model] = entry


def register_entries() -> list[Entry]:
    """All entries, by the names of their models."""
    return [_entries[label] for label in sorted(_entries)]


def entry_of(label: str) -> Entry:
    """The entry of a model. Raises KeyError for one that is not declared."""
    return _entries[label]
