"""Files at rest: whoever has the disk reads nothing and changes nothing unseen."""

import io
import secrets
import zipfile
from pathlib import Path
from typing import IO, cast

import pytest

from customers.encryption.cipher import CannotDecrypt
from customers.encryption.files import (
    CHUNK_BYTES,
    HEAD_BYTES,
    TAG_BYTES,
    EncryptedFile,
    encrypted,
    key_id_of,
    open_decrypted,
    size_of,
    wrap_anew,
)
from customers.encryption.keyring import current_key, forget_keys, new_wrapped_key
from customers.models import DataKey

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_keys")]

SIZES = [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES, 3 * CHUNK_BYTES + 7]


def store(path: Path, content: bytes, file_id: str = "a") -> None:
    pieces = [content[start : start + 1000] for start in range(0, len(content), 1000)]
    path.write_bytes(b"".join(encrypted(pieces, file_id=file_id)))


def read(path: Path, file_id: str = "a") -> bytes:
    with open_decrypted(path, file_id=file_id) as file:
        return file.read()


@pytest.mark.parametrize("size", SIZES)
def test_it_reads_as_it_was(tmp_path: Path, size: int) -> None:
    content, path = bytes(range(256)) * (size // 256) + bytes(size % 256), tmp_path / "f"
    store(path, content)
    assert read(path) == content
    assert size < 100 or content[:100] not in path.read_bytes()


def test_no_more_than_a_chunk_is_held(tmp_path: Path) -> None:
    store(tmp_path / "f", b"x" * 10 * CHUNK_BYTES)
    with open_decrypted(tmp_path / "f", file_id="a") as file:
        assert file.read(10) == b"x" * 10


@pytest.mark.parametrize("size", SIZES)
def test_it_can_be_written_in_pieces_and_read_from_any_place(tmp_path: Path, size: int) -> None:
    content, path = (bytes(range(251)) * (size // 251 + 1))[:size], tmp_path / "f"
    with path.open("wb") as stored, EncryptedFile(stored, file_id="a") as file:
        for start in range(0, size, 7000):
            file.write(memoryview(content)[start : start + 7000])
    assert read(path) == content and size_of(path) == size
    with open_decrypted(path, file_id="a") as file:
        assert file.seek(0, io.SEEK_END) == size and file.read() == b""
        for place in (0, size // 2, size - 1, CHUNK_BYTES, CHUNK_BYTES - 3):
            assert file.seek(max(0, place)) == file.tell()
            assert file.read(10) == content[max(0, place) : max(0, place) + 10]


def test_one_that_cannot_be_ended_is_closed_all_the_same(tmp_path: Path) -> None:
    with (tmp_path / "f").open("wb") as stored:
        file = EncryptedFile(stored, file_id="a")
    with pytest.raises(ValueError, match="closed file"):
        file.close()
    assert file.closed
    file.close()  # as when it is thrown away: there is nothing to write to any more


def test_an_archive_is_written_and_read_in_it(tmp_path: Path) -> None:
    path = tmp_path / "f"
    with (
        path.open("wb") as stored,
        EncryptedFile(stored, file_id="a") as file,
        zipfile.ZipFile(cast("IO[bytes]", file), "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        archive.writestr("one", b"1" * 200_000)
        archive.writestr("two", secrets.token_bytes(200_000))
    with open_decrypted(path, file_id="a") as found, zipfile.ZipFile(found) as archive:
        assert archive.testzip() is None and archive.read("one") == b"1" * 200_000


def test_an_empty_file_that_was_cut_off_does_not_open(tmp_path: Path) -> None:
    path = tmp_path / "f"
    store(path, b"x" * 100)
    path.write_bytes(path.read_bytes()[: HEAD_BYTES + TAG_BYTES])
    with pytest.raises(CannotDecrypt):
        read(path)
    path.write_bytes(path.read_bytes()[:HEAD_BYTES])
    with pytest.raises(CannotDecrypt):
        read(path)


def chunk(place: int) -> slice:
    size = CHUNK_BYTES + TAG_BYTES
    return slice(HEAD_BYTES + place * size, HEAD_BYTES + (place + 1) * size)


def flipped(stored: bytes) -> bytes:
    return stored[: HEAD_BYTES + 5] + bytes([stored[HEAD_BYTES + 5] ^ 1]) + stored[HEAD_BYTES + 6 :]


def cut(stored: bytes) -> bytes:
    return stored[: chunk(2).start]


def without_one(stored: bytes) -> bytes:
    return stored[: chunk(1).start] + stored[chunk(2).start :]


def exchanged(stored: bytes) -> bytes:
    return stored[:HEAD_BYTES] + stored[chunk(1)] + stored[chunk(0)] + stored[chunk(2).start :]


def longer(stored: bytes) -> bytes:
    return stored + stored[chunk(0)]


@pytest.mark.parametrize("change", [flipped, cut, without_one, exchanged, longer])
def test_what_was_changed_does_not_open(tmp_path: Path, change: "object") -> None:
    path = tmp_path / "f"
    store(path, bytes(3 * CHUNK_BYTES + 7))
    path.write_bytes(change(path.read_bytes()))  # type: ignore[operator]
    with pytest.raises(CannotDecrypt):
        read(path)


def test_a_file_under_another_name_does_not_open(tmp_path: Path) -> None:
    store(tmp_path / "f", b"secret")
    with pytest.raises(CannotDecrypt):
        read(tmp_path / "f", file_id="b")


def test_a_file_from_before_reads_as_it_is(tmp_path: Path) -> None:
    for content in (b"", b"plain", b"x" * 3 * CHUNK_BYTES):
        (tmp_path / "f").write_bytes(content)
        assert read(tmp_path / "f") == content
    assert key_id_of(tmp_path / "f") is None


@pytest.mark.parametrize("is_plain", [True, False])
def test_it_is_put_under_the_newest_key(tmp_path: Path, is_plain: bool) -> None:
    path, content = tmp_path / "f", b"x" * (2 * CHUNK_BYTES + 5)
    if is_plain:
        path.write_bytes(content)
    else:
        store(path, content)
    path.chmod(0o600)
    key = DataKey.objects.create(purpose="data", wrapped=new_wrapped_key(purpose="data"))
    forget_keys()
    assert current_key("data")[0] == key.pk
    wrap_anew(path, file_id="a")
    assert key_id_of(path) == key.pk and read(path) == content
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]
