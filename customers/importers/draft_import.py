from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _

from customers.choices import ImportState, OnDuplicate
from customers.importers.files.archive import unpack
from customers.importers.files.sheet import ImportStopped
from customers.importers.files.sniff import is_archive
from customers.importers.formats import format_of
from customers.importers.prepare import usual_source
from customers.importers.seen import look, remember
from customers.models import ImportBatch, Team, User


class NothingReadable(Exception):
    """None of the files can be read. `reasons` say of each why, and what to do."""

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons = list(reasons)
        super().__init__(" ".join(self.reasons))


def draft_import(
    *,
    folder: Path,
    by: User,
    team: Team,
    at: datetime,
    format: str = "",
    source: str = "",
    on_duplicate: str = OnDuplicate.CREATE,
    encoding: str = "",
    delimiter: str = "",
) -> ImportBatch:
    """Begin an import of the files in an upload's folder: unpack archives, look at what is there, and propose how it
    is read. What is empty is found out. Nothing is imported yet. Raises NothingReadable; the folder is the caller's."""
    names = ", ".join(sorted(path.name for path in folder.iterdir()))
    reasons = _unpack_all(folder)
    inspection, seen = look(folder, format=format, encoding=encoding, delimiter=delimiter)
    code = format or inspection.format
    if not code or all(table.error for table in seen):
        reasons += [table.error for table in seen if table.error]
        raise NothingReadable(reasons or [_("There are no files in it.")])
    mappings = [table.as_mapping() for table in inspection.tables]
    first = next(table.file for table in seen if not table.error)
    remember(folder, seen)  # before there is a row: a rotation of keys must not come between
    return ImportBatch.objects.create(
        format=code,
        source=source or usual_source(first, format_of(code), mappings),
        path=names[:255],
        folder=folder.name,
        tables=[mapping.as_entry() for mapping in mappings],
        on_duplicate=on_duplicate,
        team=team,
        state=ImportState.UPLOADED,
        started_at=at,
        started_by=by,
    )


def _unpack_all(folder: Path) -> list[str]:
    """Unpack the archives of a folder in place; returns why some cannot be."""
    reasons = []
    for path in [path for path in folder.iterdir() if is_archive(path)]:
        try:
            unpack(path, folder)
        except ImportStopped as error:
            reasons.append(str(error).replace(f"{folder}/", ""))
        path.unlink()
    return reasons
