"""Files encrypted at rest, in chunks, so that neither writing nor reading holds a file in memory.

A file is a head, which holds the key of this one file under a data key, and chunks of AES-256-GCM. Each chunk is bound
to the file's id, its place and whether it is the last: chunks that are exchanged, left out or cut off do not open, nor
does a file under another name. A rotation writes the head anew, and no chunk."""

import io
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from customers.choices import KeyPurpose
from customers.encryption.cipher import CannotDecrypt, seal, unseal
from customers.encryption.keyring import current_key, key_by_id

MAGIC = b"candid-file-1\n"
HEAD_BYTES = 256
CHUNK_BYTES = 64 * 1024
TAG_BYTES = 16


def encrypted(chunks: Iterable[bytes], *, file_id: str) -> Iterator[bytes]:
    """The bytes to be stored for a file of these contents."""
    key = AESGCM.generate_key(256)
    yield _head(key, file_id)
    cipher, waiting, place = AESGCM(key), b"", 0
    for chunk in chunks:
        waiting += bytes(chunk)
        while len(waiting) > CHUNK_BYTES:
            yield cipher.encrypt(_nonce(place), waiting[:CHUNK_BYTES], _bound_to(file_id, is_last=False))
            waiting, place = waiting[CHUNK_BYTES:], place + 1
    yield cipher.encrypt(_nonce(place), waiting, _bound_to(file_id, is_last=True))


class DecryptedFile(io.RawIOBase):
    """What was stored, as it reads: for whoever streams it from the beginning. A file that was stored before files were
    encrypted reads as it is. Raises CannotDecrypt while it is read."""

    def __init__(self, file: IO[bytes], *, file_id: str) -> None:
        super().__init__()
        self._file, self._id = file, file_id
        head = file.read(HEAD_BYTES)
        self._is_plain = not head.startswith(MAGIC)
        self._ready, self._place = (head, 0) if self._is_plain else (b"", 0)
        self._cipher = None if self._is_plain else AESGCM(_key_of(head, file_id))
        self._ahead = b"" if self._is_plain else file.read(CHUNK_BYTES + TAG_BYTES)

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        """The next bytes."""
        if not self._ready:
            self._ready = self._file.read(CHUNK_BYTES) if self._cipher is None else self._next(self._cipher)
        taken = self._ready[: len(buffer)]
        buffer[: len(taken)] = taken
        self._ready = self._ready[len(taken) :]
        return len(taken)

    def close(self) -> None:
        """Close the file behind it as well."""
        self._file.close()
        super().close()

    def _next(self, cipher: AESGCM) -> bytes:
        if not self._ahead:
            return b""
        chunk, self._ahead = self._ahead, self._file.read(CHUNK_BYTES + TAG_BYTES)
        try:
            plain = cipher.decrypt(_nonce(self._place), chunk, _bound_to(self._id, is_last=not self._ahead))
        except InvalidTag as error:
            raise CannotDecrypt("the file was changed, cut off or moved") from error
        self._place += 1
        return plain


def open_decrypted(path: Path, *, file_id: str) -> IO[bytes]:
    """A stored file, opened for reading what is in it. Raises FileNotFoundError, CannotDecrypt."""
    file = path.open("rb")
    try:
        return io.BufferedReader(DecryptedFile(file, file_id=file_id), CHUNK_BYTES)
    except BaseException:
        file.close()
        raise


def key_id_of(path: Path) -> int | None:
    """Which data key a stored file is under; None where it is not encrypted."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    return int(_token(head).partition(".")[0]) if head.startswith(MAGIC) else None


def wrap_anew(path: Path, *, file_id: str) -> None:
    """Put a stored file under the current data key; one that is not encrypted yet becomes so. The old file stays until
    the new one is whole."""
    draft = path.with_name(f"{path.name}.anew.{os.getpid()}")
    mode = path.stat().st_mode & 0o777
    try:
        with path.open("rb") as file, draft.open("xb") as new:
            draft.chmod(mode)
            head = file.read(HEAD_BYTES)
            if head.startswith(MAGIC):
                new.write(_head(_key_of(head, file_id), file_id))
                while chunk := file.read(CHUNK_BYTES):
                    new.write(chunk)
            else:
                file.seek(0)
                for chunk in encrypted(iter(lambda: file.read(CHUNK_BYTES), b""), file_id=file_id):
                    new.write(chunk)
            new.flush()
            os.fsync(new.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _head(key: bytes, file_id: str) -> bytes:
    number, data_key = current_key(KeyPurpose.DATA)
    token = f"{number}.{seal(key, key=data_key, bound_to=_head_bound_to(file_id))}"
    return (MAGIC + token.encode() + b"\n").ljust(HEAD_BYTES, b"\0")


def _token(head: bytes) -> str:
    return head[len(MAGIC) :].partition(b"\n")[0].decode("ascii", "replace")


def _key_of(head: bytes, file_id: str) -> bytes:
    number, _dot, body = _token(head).partition(".")
    if not number.isdigit():
        raise CannotDecrypt("the head of the file is spoilt")
    return unseal(body, key=key_by_id(int(number)), bound_to=_head_bound_to(file_id))


def _head_bound_to(file_id: str) -> bytes:
    return f"file head:{file_id}".encode()


def _bound_to(file_id: str, *, is_last: bool) -> bytes:
    return f"file:{file_id}:{'last' if is_last else 'more'}".encode()


def _nonce(place: int) -> bytes:
    """The place itself: the key is of this file alone, so no nonce comes twice."""
    return place.to_bytes(12, "big")
