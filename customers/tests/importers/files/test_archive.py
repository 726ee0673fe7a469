import zipfile
from pathlib import Path

import pytest

from customers.importers.files import archive
from customers.importers.files.archive import unpack
from customers.importers.files.sheet import ImportStopped
from customers.operations.uploads import open_upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_keys")]  # files are encrypted


def zipped(path: Path, *entries: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as found:
        for name, content in entries:
            found.writestr(name, content)
    return path


@pytest.fixture
def into(tmp_path: Path) -> Path:
    folder = tmp_path / "into"
    folder.mkdir()
    return folder


def test_files_come_out_under_plain_names_and_never_outside(tmp_path: Path, into: Path) -> None:
    path = zipped(
        tmp_path / "a.zip",
        ("export/Account.csv", b"1"),
        ("../../etc/passwd", b"2"),
        ("/abs/Account.csv", b"3"),
        ("c:\\x\\y?.csv", b"4"),
        ("__MACOSX/._Account.csv", b"5"),
        ("export/.hidden", b"6"),
        ("empty/", b""),
    )
    found = unpack(path, into)
    assert [(one.name, open_upload(one).read()) for one in found] == [
        ("Account.csv", b"1"), ("passwd", b"2"), ("2-Account.csv", b"3"), ("y_.csv", b"4"),
    ]  # fmt: skip
    assert {one.parent for one in found} == {into}
    assert {one.name for one in tmp_path.iterdir()} == {"a.zip", "into"}


def test_what_is_too_much_stops_in_the_middle(tmp_path: Path, into: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = zipped(tmp_path / "a.zip", ("a.csv", b"x" * 50), ("b.csv", b"x" * 60))
    monkeypatch.setattr(archive, "MOST_BYTES", 100)
    with pytest.raises(ImportStopped, match="more than there is room for"):
        unpack(path, into)
    monkeypatch.setattr(archive, "MOST_FILES", 1)
    with pytest.raises(ImportStopped, match="more than 1 files"):
        unpack(path, into)


def test_an_archive_of_nothing_says_so(tmp_path: Path, into: Path) -> None:
    with pytest.raises(ImportStopped, match="is empty"):
        unpack(zipped(tmp_path / "a.zip"), into)


def test_a_damaged_archive_says_so(tmp_path: Path, into: Path) -> None:
    path = zipped(tmp_path / "a.zip", ("a.csv", b"name\n" * 100))
    content = path.read_bytes()
    path.write_bytes(content.replace(b"name\nname", b"nomenname", 1))
    with pytest.raises(ImportStopped, match="damaged"):
        unpack(path, into)
