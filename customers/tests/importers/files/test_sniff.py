import gzip
import lzma
import zipfile
from pathlib import Path
from typing import Any

import pytest

from customers.importers.files.open_file import open_file
from customers.importers.files.sheet import ImportStopped
from customers.importers.files.sniff import FileKind, is_archive, kind_of

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def zipped(path: Path, **entries: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return path


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"a,b\n1,2\n", FileKind.TEXT),
        (b"\xef\xbb\xbfa;b\n", FileKind.TEXT),
        ("a\tb\n".encode("utf-16"), FileKind.TEXT),
        (b"[id],[name]\n1,2\n", FileKind.TEXT),
        (b'  [ {"a": 1}]', FileKind.JSON),
        (b"[]", FileKind.JSON),
        ('[{"a": 1}]'.encode("utf-16"), FileKind.JSON),
        (b'{"rows": []}', FileKind.JSON),
    ],
)
def test_what_a_file_is_stands_in_its_first_bytes(content: bytes, kind: FileKind, tmp_path: Path) -> None:
    path = tmp_path / "misnamed.pdf"
    path.write_bytes(content)
    assert kind_of(path) == kind


@pytest.mark.parametrize("packer", [gzip, lzma])
def test_packed_files_are_read_whatever_their_name(packer: Any, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(packer.compress(b"a,b\n1,2\n"))
    assert list(open_file(path)[0].rows()) == [(2, ["1", "2"], "")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (PNG, "This is a picture"),
        (b"%PDF-1.4", "This is a PDF"),
        (b"PAR1\0\0", "This is a Parquet file"),
        (b"BEGIN:VCARD\r\n", "These are business cards"),
        (b"<?xml version='1.0'?><a/>", "This is an XML file"),
        (b"\n <HTML><table>", "This is a web page"),
        (b"\x01\x02\x03\x04\x05\x06\x07\x08", "This is no table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "locked with a password"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "This is a Word document"),
        (b"PK\x03\x04 cut off", "damaged or incomplete"),
    ],
)
def test_what_is_no_table_is_named_with_what_to_do(content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(content)
    with pytest.raises(ImportStopped, match=said):
        kind_of(path)


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ({"word__document_dot_xml": b""}, "Word document"),
        ({"xl__workbook_dot_bin": b""}, "binary Excel file"),
        ({"Index__Document_dot_iwa": b""}, "Numbers file"),
        ({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}, "OpenDocument"),
    ],
)
def test_other_archives_are_named(entries: dict[str, bytes], said: str, tmp_path: Path) -> None:
    with pytest.raises(ImportStopped, match=said):
        kind_of(zipped(tmp_path / "x.xlsx", **entries))


def test_a_zip_of_files_is_told_from_a_workbook(tmp_path: Path) -> None:
    assert is_archive(zipped(tmp_path / "a.zip", a_dot_csv=b"a\n"))
    assert not is_archive(zipped(tmp_path / "b.zip", xl__workbook_dot_xml=b""))
    assert not is_archive(tmp_path)
    with pytest.raises(ImportStopped, match="unpack it"):
        open_file(tmp_path / "a.zip")
