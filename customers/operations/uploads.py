"""Where uploaded files wait to be imported: a folder for each import, which nobody else reads."""

import re
import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from django.conf import settings

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
    """Write a file into an upload's folder, as it comes in, under a name that is safe and free."""
    path = folder / free_name(name, [one.name for one in folder.iterdir()])
    path.touch(mode=0o600)
    with path.open("r+b") as file:
        for chunk in chunks:
            file.write(chunk)
    return path


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
