"""The files of a backup, without a database: whole or not there, and never another's."""

import resource
from pathlib import Path
from random import Random
from typing import Any

import pytest

from customers.backup.archive import read_database, read_manifest, write_database, write_manifest
from customers.backup.files import check_file, copy_files, forget_files, restore_file
from customers.backup.keys import WrongKey
from customers.backup.manifest import Contents, Manifest
from customers.backup.place import NoSuchBackup, Place, new_name, taken_at, workshop
from customers.encryption.cipher import CannotDecrypt
from customers.tests.backup.world import write
from tests.cast import NOW

OTHER_KEY = "B" * 43 + "="
CONTENT = Random(1).randbytes(300_000)


def made(place: Place, content: bytes = CONTENT) -> Path:
    """A backup of these bytes."""
    name = new_name(NOW)
    place.prepare()
    with place.draft(name) as draft:
        copy = write_database(draft, name, [content[:70_000], content[70_000:]], lambda _done: None)
        contents = Contents({"t": (1, "2")}, {})
        write_manifest(draft, Manifest(name, NOW.isoformat(), "sqlite", {}, contents, copy, 1))
    return place.backup(name)


def read(folder: Path) -> bytes:
    return b"".join(read_database(folder, read_manifest(folder)))


def test_it_reads_as_it_was_and_says_nothing_on_the_disk(place: Place) -> None:
    folder = made(place, b"Quagga" * 10_000)
    assert read(folder) == b"Quagga" * 10_000
    assert taken_at(folder.name) == NOW
    assert all(b"Quagga" not in path.read_bytes() for path in folder.iterdir())
    assert {path.stat().st_mode & 0o077 for path in (folder, *folder.iterdir())} == {0}


@pytest.mark.parametrize("what", ["database", "manifest"])
def test_a_changed_bit_anywhere_is_noticed(place: Place, what: str) -> None:
    folder, chance = made(place), Random(7)
    path = folder / what
    whole = path.read_bytes()
    spots = [chance.randrange(256 if n % 4 == 0 else len(whole)) for n in range(40)]
    for spot in spots:
        path.write_bytes(whole[:spot] + bytes([whole[spot] ^ 1 << chance.randrange(8)]) + whole[spot + 1 :])
        with pytest.raises(CannotDecrypt):
            read(folder)
    path.write_bytes(whole)
    assert read(folder) == CONTENT


@pytest.mark.parametrize("what", ["database", "manifest"])
def test_a_cut_anywhere_is_noticed(place: Place, what: str) -> None:
    folder, chance = made(place), Random(8)
    path = folder / what
    whole = path.read_bytes()
    for size in [0, 1, 255, 256, 271, len(whole) - 1, *(chance.randrange(len(whole)) for _ in range(20))]:
        path.write_bytes(whole[:size])
        with pytest.raises(CannotDecrypt):
            read(folder)


def test_what_is_exchanged_between_backups_does_not_open(place: Place) -> None:
    one, other = made(place), made(place)
    for what in ("manifest", "database"):
        ours = (one / what).read_bytes()
        (one / what).write_bytes((other / what).read_bytes())
        with pytest.raises(CannotDecrypt, match=what):
            read(one)
        (one / what).write_bytes(ours)
    assert read(one) == CONTENT


def test_another_key_is_told_apart_from_damage(place: Place, settings: Any) -> None:
    folder = made(place)
    first, settings.CRM_ENCRYPTION_KEY = settings.CRM_ENCRYPTION_KEY, OTHER_KEY
    with pytest.raises(WrongKey, match="CRM_ENCRYPTION_KEY"):
        read_manifest(folder)
    settings.CRM_ENCRYPTION_KEY_OLD = first
    assert read(folder) == CONTENT, "while the key is changed, backups under the old one can be read"


def test_a_disk_that_is_full_leaves_nothing_under_a_name(place: Place) -> None:
    """The system refuses what goes beyond a size, as a full disk does."""
    place.prepare()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    name = new_name(NOW)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
        with pytest.raises(OSError, match="too large"), place.draft(name) as draft:
            write_database(draft, name, [CONTENT], lambda _done: None)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert place.names() == [] and [*(place.folder / "backups").iterdir()] == []
    with pytest.raises(NoSuchBackup):
        place.backup(name)


def test_what_a_dead_process_left_is_taken_away(place: Place) -> None:
    place.prepare()
    (place.folder / "backups" / f".{new_name(NOW)}.part").mkdir()
    (place.files / "ab").mkdir()
    (place.files / "ab" / ".ab12.99.part").write_bytes(b"half")
    with place.alone():
        assert [*(place.folder / "backups").iterdir()] == [*place.files.glob("*/*")] == []


def test_one_at_a_time(place: Place) -> None:
    class Enough(Exception):
        pass

    def enough() -> None:
        raise Enough

    with place.alone(), pytest.raises(Enough), place.alone(enough):
        raise AssertionError("two at once")
    with place.alone(enough):
        pass


def test_the_workshop_is_empty_afterwards_also_after_a_failure(place: Place, settings: Any) -> None:
    with pytest.raises(RuntimeError), workshop() as work:
        (work / "copy.sqlite3").write_bytes(b"in clear")
        raise RuntimeError
    assert [*(settings.VAR_DIR / "backup-work").iterdir()] == []


def test_a_file_is_stored_once_and_comes_back(place: Place, settings: Any) -> None:
    place.prepare()
    for path in ("attachments/aa/one", "attachments/two", "media/three"):
        write(settings, path, b"Quagga" * 5000)
    write(settings, "attachments/.draft", b"half written")
    write(settings, "exports/list", b"kept for three days only")
    files = copy_files(place, lambda _done: None)
    assert files.keys() == {"attachments/aa/one", "attachments/two", "media/three"}
    assert len([*place.files.glob("*/*")]) == 1
    assert all(b"Quagga" not in path.read_bytes() for path in place.files.glob("*/*"))
    name, size = files["media/three"]
    restore_file(place, name, size, settings.VAR_DIR / "elsewhere" / "three")
    assert (settings.VAR_DIR / "elsewhere" / "three").read_bytes() == b"Quagga" * 5000


def test_a_damaged_file_is_laid_aside_and_stored_anew(place: Place, settings: Any) -> None:
    place.prepare()
    write(settings, "attachments/one", CONTENT)
    name, size = copy_files(place, lambda _done: None)["attachments/one"]
    stored = next(place.files.glob("*/*"))
    whole = stored.read_bytes()
    for damage in (whole[:-1], whole[:100_000] + b"\0" + whole[100_001:], b""):
        stored.write_bytes(damage)
        with pytest.raises(CannotDecrypt):
            check_file(place, name, size)
        with pytest.raises(FileNotFoundError):
            check_file(place, name, size)
        copy_files(place, lambda _done: None)
        check_file(place, name, size)
    assert forget_files(place, {name}) == 1, "what was laid aside"
    assert forget_files(place, set()) == 1
