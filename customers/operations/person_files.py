"""Files on disk that belong to rows about a person. Higher rooms register theirs: they go into the export of a person
and go with an erasure."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

PathOf = Callable[[Any], Path | None]

_paths: dict[str, PathOf] = {}


def register_files(label: str, path_of: PathOf) -> None:
    """Say where the file of a row of this model lies. Called once a process, when the app is ready."""
    _paths[label] = path_of


def has_files(label: str) -> bool:
    """Whether rows of this model have files."""
    return label in _paths


def file_of(row: Any) -> Path | None:
    """The file of a row; None where it has none, or it is gone."""
    path_of = _paths.get(row._meta.label)
    path = path_of(row) if path_of else None
    return path if path is not None and path.is_file() else None
