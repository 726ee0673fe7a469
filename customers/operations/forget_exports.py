from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, cast

from django.conf import settings

from customers.encryption.files import EncryptedFile, open_decrypted
from customers.models import Export
from customers.operations.start_export import KEPT


def exports_folder() -> Path:
    """Where exported files wait for their owners; nobody else reads there."""
    folder = Path(settings.VAR_DIR) / "exports"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def export_file(export: Export) -> Path | None:
    """The file of an export, once it is written; None before, and after it is gone."""
    path = exports_folder() / export.file
    return path if export.rows is not None and export.file and path.is_file() else None


def export_id(export: Export) -> str:
    """What its encrypted file is bound to."""
    return f"export:{export.file}"


def open_export(export: Export) -> IO[bytes]:
    """What is in its file, to be handed out and closed. Raises FileNotFoundError, CannotDecrypt."""
    return open_decrypted(exports_folder() / export.file, file_id=export_id(export))


@contextmanager
def new_export_file(export: Export, draft: Path) -> Iterator[IO[bytes]]:
    """A draft of its file to write to, encrypted as it is written."""
    draft.touch(mode=0o600)
    with draft.open("r+b") as stored, EncryptedFile(stored, file_id=export_id(export)) as file:
        yield cast("IO[bytes]", file)


def forget_exports(*, at: datetime) -> int:
    """Delete exports whose time is over, with their files, and files that nobody knows of; returns how many exports."""
    expired = list(Export.objects.filter(expires_at__lte=at))
    for export in expired:
        (exports_folder() / export.file).unlink(missing_ok=True)
        export.delete()
    for path in exports_folder().iterdir():
        if datetime.fromtimestamp(path.stat().st_mtime, UTC) < at - 2 * KEPT:
            path.unlink(missing_ok=True)
    return len(expired)
