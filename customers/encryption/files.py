"""Files encrypted at rest, in chunks, so that neither writing nor reading holds a file in memory.

A file is a head, which holds the key of this one file under a data key, and chunks of AES-256-GCM. Each chunk is bound
to the file's id, its place and whether it is the last: chunks that are exchanged, left out or cut off do not open, nor
does a file under another name. A rotation writes the head anew, and no chunk."""

import io
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from customers.choices import KeyPurpose
from customers.encryption.cipher import CannotDecrypt, seal, unseal
from customers.encryption.keyring import current_key, key_by_id

MAGIC = b"candid-file-1\n"
HEAD_BYTES = 256
CHUNK_BYTES = 64 * 1024
TAG_BYTES = 16
STORED_BYTES = CHUNK_BYTES + TAG_BYTES


class Heads(Protocol):
    """How the head of a file holds the key of the file: HEAD_BYTES that begin with a mark of their own."""

    def write(self, key: bytes, file_id: str) -> bytes:
        """The head of a new file."""

    def read(self, head: bytes, file_id: str) -> bytes:
        """The key that is in a head. Raises CannotDecrypt."""


class _UnderDataKeys:
    """What the product itself reads: the keys of files are under a data key, which is a row."""

    def write(self, key: bytes, file_id: str) -> bytes:
        number, data_key = current_key(KeyPurpose.DATA)
        token = f"{number}.{seal(key, key=data_key, bound_to=head_bound_to(file_id))}"
        return (MAGIC + token.encode() + b"\n").ljust(HEAD_BYTES, b"\0")

    def read(self, head: bytes, file_id: str) -> bytes:
        number, _dot, body = _token(head).partition(".")
        if not number.isdigit():
            raise CannotDecrypt("the head of the file is spoilt")
        return unseal(body, key=key_by_id(int(number)), bound_to=head_bound_to(file_id))


UNDER_DATA_KEYS: Heads = _UnderDataKeys()


def encrypted(chunks: Iterable[bytes], *, file_id: str) -> Iterator[bytes]:
    """The bytes to be stored for a file of these contents."""
    sealing = _Sealing(file_id, UNDER_DATA_KEYS)
    yield sealing.head
    for chunk in chunks:
        yield from sealing.take(chunk)
    yield sealing.last()


class EncryptedFile(io.RawIOBase):
    """A file that is encrypted while it is written, from its beginning to its end. It is whole once it is closed, which
    leaves the file behind it open."""

    def __init__(self, file: IO[bytes], *, file_id: str, heads: Heads = UNDER_DATA_KEYS) -> None:
        super().__init__()
        self._file, self._sealing = file, _Sealing(file_id, heads)
        file.write(self._sealing.head)

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, data: Any) -> int:
        """Take all of it."""
        plain = bytes(data)
        for chunk in self._sealing.take(plain):
            self._file.write(chunk)
        return len(plain)

    def close(self) -> None:
        """Write what is left. Where that fails it is closed all the same: nobody is to try again, when the file behind
        it is closed as well."""
        try:
            if not self.closed:
                self._file.write(self._sealing.last())
                self._file.flush()
        finally:
            super().close()


class DecryptedFile(io.RawIOBase):
    """What was stored, as it reads, from any place: a chunk is opened when it is asked for. Raises CannotDecrypt while
    it is read."""

    def __init__(self, file: IO[bytes], *, file_id: str, heads: Heads = UNDER_DATA_KEYS) -> None:
        super().__init__()
        self._file, self._id, self._at = file, file_id, 0
        file.seek(0)
        self._cipher = AESGCM(heads.read(file.read(HEAD_BYTES), file_id))
        self._size, self._chunks = _plain_size(file.seek(0, io.SEEK_END))
        self._held: tuple[int, bytes] = (-1, b"")

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place of what is in it."""
        self._at = max(0, offset + (0, self._at, self._size)[whence])
        return self._at

    def tell(self) -> int:
        """The place of what comes next."""
        return self._at

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        """The next bytes. The end is believed of the last chunk alone, which says that it is the last."""
        place = min(self._at // CHUNK_BYTES, self._chunks - 1)
        begin = self._at - place * CHUNK_BYTES
        taken = self._chunk(place)[begin : begin + len(buffer)]
        buffer[: len(taken)] = taken
        self._at += len(taken)
        return len(taken)

    def close(self) -> None:
        """Close the file behind it as well."""
        self._file.close()
        super().close()

    def _chunk(self, place: int) -> bytes:
        if self._held[0] != place:
            self._file.seek(HEAD_BYTES + place * STORED_BYTES)
            bound_to = _bound_to(self._id, is_last=place == self._chunks - 1)
            try:
                self._held = place, self._cipher.decrypt(_nonce(place), self._file.read(STORED_BYTES), bound_to)
            except InvalidTag as error:
                raise CannotDecrypt("the file was changed, cut off or moved") from error
        return self._held[1]


def open_decrypted(path: Path, *, file_id: str) -> IO[bytes]:
    """A stored file, opened for reading what is in it. One from before files were encrypted reads as it is. Raises
    FileNotFoundError, CannotDecrypt."""
    file = path.open("rb")
    try:
        if file.read(len(MAGIC)) == MAGIC:
            return io.BufferedReader(DecryptedFile(file, file_id=file_id), CHUNK_BYTES)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def size_of(path: Path) -> int:
    """How many bytes are in a stored file. Raises FileNotFoundError."""
    stored = path.stat().st_size
    return stored if key_id_of(path) is None else _plain_size(stored)[0]


def key_id_of(path: Path) -> int | None:
    """Which data key a stored file is under; None where it is not encrypted."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    return int(_token(head).partition(".")[0]) if head.startswith(MAGIC) else None


def wrap_anew(path: Path, *, file_id: str) -> None:
    """Put a stored file under the current data key; one that is not encrypted yet becomes so. The old file stays until
    the new one is whole."""
    draft = path.with_name(f".{path.name}.anew.{os.getpid()}")
    mode = path.stat().st_mode & 0o777
    try:
        with path.open("rb") as file, draft.open("xb") as new:
            draft.chmod(mode)
            head = file.read(HEAD_BYTES)
            if head.startswith(MAGIC):
                new.write(UNDER_DATA_KEYS.write(UNDER_DATA_KEYS.read(head, file_id), file_id))
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


class _Sealing:
    """The chunks of one file that is being written."""

    def __init__(self, file_id: str, heads: Heads) -> None:
        key = AESGCM.generate_key(256)
        self.head = heads.write(key, file_id)
        self._cipher, self._id, self._waiting, self._place = AESGCM(key), file_id, bytearray(), 0

    def take(self, data: bytes) -> Iterator[bytes]:
        """What can be stored by now. A full chunk waits until there is more, since the last one says so."""
        self._waiting += data
        while len(self._waiting) > CHUNK_BYTES:
            yield self._sealed(bytes(self._waiting[:CHUNK_BYTES]), is_last=False)
            del self._waiting[:CHUNK_BYTES]
            self._place += 1

    def last(self) -> bytes:
        """What is left."""
        return self._sealed(bytes(self._waiting), is_last=True)

    def _sealed(self, plain: bytes, *, is_last: bool) -> bytes:
        return self._cipher.encrypt(_nonce(self._place), plain, _bound_to(self._id, is_last=is_last))


def _plain_size(stored: int) -> tuple[int, int]:
    """How many bytes are in a stored file of so many, and in how many chunks. Raises CannotDecrypt without any."""
    body = stored - HEAD_BYTES
    if body < TAG_BYTES:
        raise CannotDecrypt("the file was cut off")
    chunks = -(-body // STORED_BYTES)
    return max(0, body - chunks * TAG_BYTES), chunks


def _token(head: bytes) -> str:
    return head[len(MAGIC) :].partition(b"\n")[0].decode("ascii", "replace")


def head_bound_to(file_id: str) -> bytes:
    """What the key in a file's head is bound to."""
    return f"file head:{file_id}".encode()


def _bound_to(file_id: str, *, is_last: bool) -> bytes:
    return f"file:{file_id}:{'last' if is_last else 'more'}".encode()


def _nonce(place: int) -> bytes:
    """The place itself: the key is of this file alone, so no nonce comes twice."""
    return place.to_bytes(12, "big")
