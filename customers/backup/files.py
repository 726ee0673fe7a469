"""Files beside the database. Each content is stored once for all backups, under a name made of it, so that a night
costs what is new. They are copied after the snapshot: a file that a row tells of is there before the row."""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from django.conf import settings
from django.utils.translation import gettext as _

from customers.backup.keys import UNDER_BACKUP_KEY, name_of, names_of
from customers.backup.place import PART, Place
from customers.backup.tools import CHUNK_BYTES, BackupFailed
from customers.encryption.cipher import CannotDecrypt
from customers.encryption.files import DecryptedFile, EncryptedFile

DAMAGED = ".damaged"
_folders: set[str] = set()

Stored = tuple[str, int]


def register_folder(name: str) -> None:
    """Have a folder below VAR_DIR backed up; each room tells of its own, once a process."""
    _folders.add(name)


def all_files() -> Iterator[Path]:
    """Every file of those folders. What begins with a dot is being written."""
    for name in sorted(_folders):
        for folder, below, names in os.walk(Path(settings.VAR_DIR) / name):
            below[:] = sorted(one for one in below if not one.startswith("."))
            for file in sorted(names):
                path = Path(folder) / file
                if not file.startswith(".") and path.is_file() and not path.is_symlink():
                    yield path


def copy_files(place: Place, tell: Callable[[int], None]) -> dict[str, Stored]:
    """Store what is not stored yet; returns what each path holds. A file that goes meanwhile is left out: somebody
    deleted it."""
    found: dict[str, Stored] = {}
    for path in all_files():
        with suppress(FileNotFoundError):
            found[path.relative_to(settings.VAR_DIR).as_posix()] = _stored(place, path)
        tell(len(found))
    return found


def _stored(place: Place, path: Path) -> Stored:
    with path.open("rb") as file:
        content, size = hashlib.sha256(), 0
        while chunk := file.read(CHUNK_BYTES):
            content.update(chunk)
            size += len(chunk)
        name = name_of(content)
        target = _path(place, name)
        if not target.exists():
            file.seek(0)
            _store(target, name, file)
    return name, size


def _store(target: Path, name: str, file: IO[bytes]) -> None:
    target.parent.mkdir(mode=0o700, exist_ok=True)
    draft = target.with_name(f".{name}.{os.getpid()}{PART}")
    content = hashlib.sha256()
    try:
        with draft.open("xb") as raw:
            draft.chmod(0o600)
            with EncryptedFile(raw, file_id=_file_id(name), heads=UNDER_BACKUP_KEY) as sealed:
                while chunk := file.read(CHUNK_BYTES):
                    content.update(chunk)
                    sealed.write(chunk)
            raw.flush()
            os.fsync(raw.fileno())
        if name_of(content) != name:
            raise BackupFailed(_("A file was changed while it was read: try again."))
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def check_file(place: Place, name: str, size: int) -> None:
    """Read a stored file to its end. Raises CannotDecrypt, FileNotFoundError. One that is damaged is laid aside, so
    that the next backup stores it anew."""
    path = _path(place, name)
    try:
        for _chunk in _opened(path, name, size):
            pass
    except CannotDecrypt:
        path.replace(path.with_name(path.name + DAMAGED))
        raise


def restore_file(place: Place, name: str, size: int, target: Path) -> None:
    """Put a stored file where it was. Raises CannotDecrypt, FileNotFoundError."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = target.with_name(f".{target.name}{PART}")
    try:
        with draft.open("wb") as file:
            draft.chmod(0o600)
            for chunk in _opened(_path(place, name), name, size):
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def holds(path: Path, name: str) -> bool:
    """Whether a file has the content of that name."""
    with path.open("rb") as file:
        return name in names_of(hashlib.file_digest(file, "sha256"))


def forget_files(place: Place, used: set[str]) -> int:
    """Delete stored files that no backup needs any more; returns how many."""
    gone = 0
    for path in [*place.files.glob("*/*")]:
        if path.name not in used:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _path(place: Place, name: str) -> Path:
    return place.files / name[:2] / name


def _file_id(name: str) -> str:
    return f"backup file:{name}"


def _opened(path: Path, name: str, size: int) -> Iterator[bytes]:
    content, read = hashlib.sha256(), 0
    with DecryptedFile(path.open("rb"), file_id=_file_id(name), heads=UNDER_BACKUP_KEY) as file:
        while chunk := file.read(CHUNK_BYTES):
            content.update(chunk)
            read += len(chunk)
            yield chunk
    if read != size or name not in names_of(content):
        raise CannotDecrypt("the file is not the one that was stored")
