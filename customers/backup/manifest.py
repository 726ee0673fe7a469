"""What must be in a backup. The figures of its tables were taken in the same snapshot as the copy, by another way: the
copy is good if what is restored from it gives the same."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from customers.encryption.cipher import CannotDecrypt

# Kinds of names: what each is called in a finding.
OBJECTS = ("index", "trigger", "constraint")
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Contents:
    """`tables`: rows, and a checksum of them whatever their order, by table. `objects`: names of indexes, triggers and
    constraints by kind: a tool may leave them out without a word."""

    tables: dict[str, tuple[int, str]]
    objects: dict[str, list[str]]

    @property
    def rows(self) -> int:
        """Of all tables."""
        return sum(rows for rows, _checksum in self.tables.values())


@dataclass(frozen=True, slots=True)
class Manifest:
    """`files`: the name it is stored under and the size in bytes, by path below VAR_DIR. `database`: SHA-256 and bytes
    of the copy. `key_id`: the newest data key that the copy holds. `about`: what the database is, to make another."""

    name: str
    taken_at: str
    engine: str
    about: dict[str, str]
    contents: Contents
    database: tuple[str, int]
    key_id: int
    files: dict[str, tuple[str, int]] = field(default_factory=dict)

    @property
    def file_bytes(self) -> int:
        """Of all files."""
        return sum(size for _name, size in self.files.values())

    def as_bytes(self) -> bytes:
        """As it is stored."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Manifest":
        """As it was stored. Raises CannotDecrypt where it is none."""
        try:
            values: dict[str, Any] = json.loads(data)
            contents = values.pop("contents")
            tables = {name: (int(rows), str(total)) for name, (rows, total) in contents["tables"].items()}
            files = {path: (str(name), int(size)) for path, (name, size) in values.pop("files").items()}
            sha, size = values.pop("database")
            return cls(contents=Contents(tables, contents["objects"]), files=files, database=(sha, size), **values)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise CannotDecrypt("the manifest cannot be understood: was it made by a newer release?") from error


def differences(wanted: Contents, found: Contents) -> list[str]:
    """What is not as it should be, in words. Names of tables and numbers, never what is in a row."""
    told = [_("table %(name)s is missing") % {"name": name} for name in sorted({*wanted.tables} - {*found.tables})]
    more = sorted({*found.tables} - {*wanted.tables})
    told += [_("table %(name)s should not be there") % {"name": name} for name in more]
    for name in sorted({*wanted.tables} & {*found.tables}):
        (rows, total), (rows_found, total_found) = wanted.tables[name], found.tables[name]
        values = {"name": name, "found": rows_found, "wanted": rows}
        if rows != rows_found:
            told.append(_("table %(name)s has %(found)s rows, not %(wanted)s") % values)
        elif total != total_found:
            told.append(_("table %(name)s has other contents") % values)
    for kind in OBJECTS:
        missing = sorted({*wanted.objects.get(kind, [])} - {*found.objects.get(kind, [])})
        if missing:
            names = ", ".join(missing[:MOST_NAMED]) + (" ..." if len(missing) > MOST_NAMED else "")
            told.append(_("missing, %(kind)s: %(names)s") % {"kind": kind, "names": names})
    return told
