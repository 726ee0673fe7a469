"""Files on disk that belong to rows about a person. Higher rooms register theirs: they go into the export of a person
and go with an erasure."""

from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, NamedTuple

PathOf = Callable[[Any], Path | None]
Opener = Callable[[Any], IO[bytes]]


class PersonFile(NamedTuple):
    """Where a file lies, and how what is in it is read: on the disk it may be encrypted."""

    path: Path
    open: Callable[[], IO[bytes]]


_known: dict[str, tuple[PathOf, Opener | None]] = {}


def register_files(label: str, path_of: PathOf, opener: Opener | None = None) -> None:
    """Say where the file of a row of this model lies, and how it is opened unless it lies there as it is. Called once a
    process, when the app is ready."""
    _known[label] = path_of, opener


def has_files(label: str) -> bool:
    """Whether rows of this model have files."""
    return label in _known


def file_of(row: Any) -> PersonFile | None:
    """The file of a row; None where it has none, or it is gone."""
    path_of, opener = _known[row._meta.label]
    path = path_of(row)
    if path is None or not path.is_file():
        return None
    return PersonFile(path, lambda: opener(row) if opener else path.open("rb"))
