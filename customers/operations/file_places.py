"""Files encrypted by data keys, as places of a rotation: their heads are written anew, and those from before files were
encrypted become so."""

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from customers.choices import ImportState, KeyPurpose
from customers.encryption.cipher import CannotDecrypt
from customers.encryption.files import key_id_of, wrap_anew
from customers.encryption.keyring import current_key
from customers.models import Export, ImportBatch
from customers.operations.encrypted_places import Step
from customers.operations.forget_exports import export_file, export_id
from customers.operations.uploads import report_id, upload_id, upload_of

ROWS_AT_ONCE = 50
NO_KEY = 0

StoredFile = tuple[Path, str]
"""Where a file lies, and what it is bound to."""


class FilesPlace:
    """Files that belong to rows of one model."""

    def __init__(
        self, code: str, rows: Callable[[], "QuerySet[Any]"], files_of: Callable[[Any], Iterable[StoredFile]]
    ) -> None:
        self.code, self._rows, self._files_of = code, rows, files_of

    def by_key(self) -> Counter[int]:
        """A look at the head of every file; those that are not encrypted count under 0."""
        return Counter(
            key
            for row in self._rows().order_by().iterator(chunk_size=2000)
            for path, _file_id in self._files_of(row)
            if (key := key_of(path)) is not None
        )

    def reseal(self, *, after: Any) -> Step:
        """The files of the next rows. Each row is locked meanwhile: what writes a file anew locks it as well."""
        number, _key = current_key(KeyPurpose.DATA)
        rows = self._rows().filter(pk__gt=after or 0).order_by("pk")
        seen = unreadable = 0
        keys = list(rows.values_list("pk", flat=True)[:ROWS_AT_ONCE])
        for pk in keys:
            with transaction.atomic():
                row = self._rows().select_for_update().filter(pk=pk).first()
                for path, file_id in self._files_of(row) if row is not None else ():
                    seen += 1
                    if key_of(path) not in (None, number):
                        unreadable += not _wrapped_anew(path, file_id)
        return Step(seen, unreadable, keys[-1] if keys else None)


def key_of(path: Path) -> int | None:
    """The data key of a file, NO_KEY where it is not encrypted, None where it is lost."""
    try:
        return key_id_of(path) or NO_KEY
    except FileNotFoundError:
        return None


def _wrapped_anew(path: Path, file_id: str) -> bool:
    try:
        wrap_anew(path, file_id=file_id)
    except FileNotFoundError:  # thrown away just now
        return True
    except CannotDecrypt:
        return False
    return True


def _of_import(batch: ImportBatch) -> Iterable[StoredFile]:
    """What was uploaded, what was seen of it, and the report, unless a worker is writing it."""
    folder = upload_of(batch)
    if folder is not None:
        yield from ((path, upload_id(path)) for path in folder.iterdir() if path.is_file())
    # The reports of commands are for people to read where they lie.
    is_written = batch.state not in (ImportState.CHECKING, ImportState.RUNNING)
    if batch.report_path and is_written:
        path = Path(batch.report_path)
        if key_of(path):
            yield path, report_id(path)


def _of_export(export: Export) -> Iterable[StoredFile]:
    path = export_file(export)
    return [(path, export_id(export))] if path is not None else []


UPLOADS = FilesPlace("customers.importbatch.files", ImportBatch.objects.all, _of_import)
EXPORTS = FilesPlace("customers.export.file", Export.objects.all, _of_export)
