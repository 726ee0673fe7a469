"""Files that hold a person without being theirs: exported lists that wait to be fetched, and uploads of imports."""

import gzip
import lzma
import zipfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import IO, Any

from django.db import transaction

from customers.encryption.cipher import CannotDecrypt
from customers.models import Export, ImportBatch
from customers.operations.forget_exports import exports_folder, open_export
from customers.operations.forget_uploads import ENDED
from customers.operations.old_values import OldValues
from customers.operations.uploads import forget_upload, open_report, open_upload, upload_of

BYTES_AT_ONCE = 1024 * 1024
OPENERS: dict[str, Any] = {".gz": gzip.open, ".xz": lzma.open}


def erase_files(*, values: OldValues) -> list[str]:
    """Delete, once the transaction has ended well, exported lists and files of ended imports in which an address, a
    number, an identifier or a name of the person stands; returns the random names of the files. An import that is not
    done yet keeps its files for a few days: what it brings is looked at when it is done."""
    wanted = [text.encode() for text in (*values.certain, *values.names)]
    gone = []
    for export in Export.objects.filter(person=None).exclude(file=""):
        path = exports_folder() / export.file
        if path.is_file() and holds(path, wanted, partial(open_export, export)):
            gone.append(path.name)
            export.delete()
            transaction.on_commit(partial(Path.unlink, path, missing_ok=True))
    for batch in ImportBatch.objects.exclude(folder="").filter(state__in=ENDED):
        folder = upload_of(batch)
        if folder is not None and any(
            holds(path, wanted, partial(open_upload, path)) for path in folder.rglob("*") if path.is_file()
        ):
            gone.append(folder.name)
            transaction.on_commit(partial(forget_upload, batch))
    for batch in ImportBatch.objects.exclude(report_path=""):
        report = Path(batch.report_path)
        if report.is_file() and holds(report, wanted, partial(open_report, report)):
            gone.append(report.name)
            ImportBatch.objects.filter(pk=batch.pk).update(report_path="")
            transaction.on_commit(partial(Path.unlink, report, missing_ok=True))
    return gone


def holds(path: Path, wanted: Sequence[bytes], opener: Callable[[], IO[bytes]]) -> bool:
    """Whether one of these texts, in UTF-8, stands in a file: once it is decrypted: plain, in gzip or xz, or in a
    zip, as XLSX is."""
    if not wanted:
        return False
    try:
        with opener() as file:
            return any(_in_stream(part, wanted) for part in _parts(file, path.suffix))
    except (CannotDecrypt, OSError, EOFError, lzma.LZMAError, zipfile.BadZipFile):
        return True  # rather one file too many


def _parts(file: IO[bytes], suffix: str) -> Iterator[IO[bytes]]:
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            for name in archive.namelist():
                with archive.open(name) as part:
                    yield part
        return
    file.seek(0)
    yield OPENERS[suffix](file, "rb") if suffix in OPENERS else file


def _in_stream(file: IO[bytes], wanted: Sequence[bytes]) -> bool:
    overlap, before = max(len(text) for text in wanted), b""
    while block := file.read(BYTES_AT_ONCE):
        held = before + block
        if any(text in held for text in wanted):
            return True
        before = held[-overlap:]
    return False
