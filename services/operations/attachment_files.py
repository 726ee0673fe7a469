"""Where attachments lie: below a folder that no web server knows, under names that nobody guesses, encrypted."""

import hashlib
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from django.conf import settings
from django.utils.translation import gettext as _

from customers.encryption.files import encrypted, open_decrypted
from services.operations.file_types import FileRefused


def attachments_folder() -> Path:
    """All of them."""
    folder = Path(settings.VAR_DIR) / "attachments"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def keep_content(chunks: Iterable[bytes], *, most: int, allow_empty: bool = False) -> tuple[str, int, str]:
    """Write a file, encrypted; returns its path below the folder, and the size and SHA-256 of what is in it. Raises
    FileRefused, keeping nothing, where it is larger than `most` bytes, whatever was said before, or empty, unless that
    is allowed."""
    name = secrets.token_urlsafe(24)
    path = Path(name[:2]) / name
    whole = attachments_folder() / path
    whole.parent.mkdir(exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0

    def looked_at() -> Iterator[bytes]:
        nonlocal size
        for chunk in chunks:
            size += len(chunk)
            if size > most:
                raise FileRefused(_("A file may hold %(mb)d MB at most.") % {"mb": most // 1024**2})
            digest.update(chunk)
            yield chunk

    try:
        whole.touch(mode=0o600)
        with whole.open("r+b") as file:
            for chunk in encrypted(looked_at(), file_id=str(path)):
                file.write(chunk)
        if not size and not allow_empty:
            raise FileRefused(_("This file is empty."))
    except BaseException:
        whole.unlink(missing_ok=True)
        raise
    return str(path), size, digest.hexdigest()


def content_of(path: str) -> IO[bytes]:
    """What is in a file, to be streamed and closed. Raises FileNotFoundError; CannotDecrypt where it was changed."""
    return open_decrypted(stored_file(path), file_id=path)


def stored_file(path: str) -> Path:
    """The file as it lies on the disk, encrypted."""
    return attachments_folder() / path


def forget_content(path: str) -> None:
    """Delete a file. One that is gone already is no error."""
    stored_file(path).unlink(missing_ok=True)
