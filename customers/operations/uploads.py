"""Where uploaded files wait to be imported: a folder for each import, which nobody else reads, and in it encrypted."""

import re
import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import IO

from django.conf import settings

from customers.encryption.files import encrypted, open_decrypted
from customers.models import ImportBatch

FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
LONGEST_NAME = 150


def uploads_folder() -> Path:
    """All of them."""
    folder = Path(settings.VAR_DIR) / "imports"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def new_upload() -> Path:
    """An empty folder under a name that nobody guesses."""
    folder = uploads_folder() / secrets.token_urlsafe(24)
    folder.mkdir(mode=0o700)
    return folder


def upload_of(batch: ImportBatch) -> Path | None:
    """The folder of an import's files; None where they are gone, or were never uploaded."""
    folder = uploads_folder() / batch.folder
    return folder if batch.folder and folder.is_dir() else None


def keep_file(folder: Path, name: str, chunks: Iterable[bytes]) -> Path:
    """Write a file into an upload's folder, encrypted as it comes in, under a name that is safe and free."""
    path = folder / free_name(name, [one.name for one in folder.iterdir()])
    _write(path, chunks, upload_id(path))
    return path


def keep_beside(folder: Path, name: str, content: bytes) -> None:
    """Write something of our own into an upload's folder, encrypted, in place of what stood there: whoever is reading
    that goes on."""
    path = folder / name
    draft = folder / f".{name}.{secrets.token_hex(4)}"
    _write(draft, [content], upload_id(path))
    draft.replace(path)


def open_upload(path: Path) -> IO[bytes]:
    """A file that is to be imported, opened for reading what is in it; one that lies elsewhere, for a command, reads
    as it is. Raises FileNotFoundError, CannotDecrypt."""
    return open_decrypted(path, file_id=upload_id(path))


def open_report(path: Path) -> IO[bytes]:
    """The report of an import's refused rows, as it reads: encrypted if the files were uploaded. Raises
    FileNotFoundError, CannotDecrypt."""
    return open_decrypted(path, file_id=report_id(path))


def report_id(path: Path) -> str:
    """What an encrypted report is bound to."""
    return f"report:{path.name}"


def upload_id(path: Path) -> str:
    """What an encrypted file of an import is bound to."""
    return f"import:{path.parent.name}/{path.name}"


def _write(path: Path, chunks: Iterable[bytes], file_id: str) -> None:
    path.touch(mode=0o600)
    with path.open("r+b") as file:
        for chunk in encrypted(chunks, file_id=file_id):
            file.write(chunk)


def free_name(name: str, taken: Iterable[str]) -> str:
    """The last part of a name, without signs that a folder might take for more, and not among those taken."""
    plain = FORBIDDEN.sub("_", PurePosixPath(name.replace("\\", "/")).name).strip()
    plain = plain.lstrip(".")[-LONGEST_NAME:] or "file"
    names = {other.casefold() for other in taken}
    free, number = plain, 1
    while free.casefold() in names:
        number += 1
        free = f"{number}-{plain}"
    return free


def forget_upload(batch: ImportBatch) -> None:
    """Delete the files of an import."""
    if batch.folder:
        shutil.rmtree(uploads_folder() / batch.folder, ignore_errors=True)
        batch.folder = ""
        batch.save(update_fields=["folder"])
