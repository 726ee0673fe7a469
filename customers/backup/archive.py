"""The two files of a backup. Each is bound to the name of the backup and to what it is: one that is exchanged for that
of another backup does not open."""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from customers.backup.keys import UNDER_BACKUP_KEY, WrongKey
from customers.backup.manifest import Manifest
from customers.backup.tools import CHUNK_BYTES
from customers.encryption.cipher import CannotDecrypt
from customers.encryption.files import DecryptedFile, EncryptedFile

DATABASE, MANIFEST = "database", "manifest"


def write_database(draft: Path, name: str, chunks: Iterable[bytes], tell: Callable[[int], None]) -> tuple[str, int]:
    """Write the copy of the database, encrypted; returns its SHA-256 and its bytes."""
    return _write(draft / DATABASE, _file_id(name, DATABASE), chunks, tell)


def write_manifest(draft: Path, manifest: Manifest) -> None:
    """Write what must be in it, encrypted."""
    _write(draft / MANIFEST, _file_id(manifest.name, MANIFEST), [manifest.as_bytes()], lambda _done: None)


def read_manifest(folder: Path) -> Manifest:
    """What must be in a backup. Raises CannotDecrypt, with what is wrong, and FileNotFoundError."""
    name = folder.name
    manifest = Manifest.from_bytes(b"".join(_read(folder / MANIFEST, _file_id(name, MANIFEST))))
    if manifest.name != name:
        raise CannotDecrypt("the manifest is of another backup")
    return manifest


def read_database(folder: Path, manifest: Manifest) -> Iterator[bytes]:
    """The copy of the database. Raises CannotDecrypt, at the latest when all was read, and FileNotFoundError."""
    content, read = hashlib.sha256(), 0
    for chunk in _read(folder / DATABASE, _file_id(manifest.name, DATABASE)):
        content.update(chunk)
        read += len(chunk)
        yield chunk
    if (content.hexdigest(), read) != manifest.database:
        raise CannotDecrypt("the copy of the database is not the one that the manifest tells of")


def stored_bytes(folder: Path) -> int:
    """What the two files take on the disk."""
    return sum((folder / name).stat().st_size for name in (DATABASE, MANIFEST))


def _file_id(name: str, what: str) -> str:
    return f"backup:{name}:{what}"


def _write(path: Path, file_id: str, chunks: Iterable[bytes], tell: Callable[[int], None]) -> tuple[str, int]:
    content, written = hashlib.sha256(), 0
    with path.open("xb") as raw:
        path.chmod(0o600)
        with EncryptedFile(raw, file_id=file_id, heads=UNDER_BACKUP_KEY) as sealed:
            for chunk in chunks:
                content.update(chunk)
                sealed.write(chunk)
                written += len(chunk)
                tell(written)
        raw.flush()
        os.fsync(raw.fileno())
    return content.hexdigest(), written


def _read(path: Path, file_id: str) -> Iterator[bytes]:
    try:
        with DecryptedFile(path.open("rb"), file_id=file_id, heads=UNDER_BACKUP_KEY) as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk
    except WrongKey:
        raise
    except CannotDecrypt as error:
        raise CannotDecrypt(f"{path.name}: {error}") from error
