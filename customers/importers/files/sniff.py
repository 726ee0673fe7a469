"""What a file is, told by its first bytes and never by its name; and for each kind that cannot be read, what to do."""

import re
import zipfile
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.importers.files.packed import opened
from customers.importers.files.sheet import ImportStopped, stop
from customers.operations.uploads import open_upload

FIRST_BYTES = 64 * 1024
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")

OTHER_KINDS: list[tuple[bytes, Any]] = [
    (b"%PDF", gettext_lazy("This is a PDF, which holds a picture of a table: export the table as .xlsx or CSV.")),
    (b"{\\rtf", gettext_lazy("This is a text document (.rtf): put the table into a spreadsheet and save it as CSV.")),
    (b"7z\xbc\xaf\x27\x1c", gettext_lazy("This is a 7z archive: unpack it, and import the files in it.")),
    (b"Rar!", gettext_lazy("This is a RAR archive: unpack it, and import the files in it.")),
    (b"BZh", gettext_lazy("This file is packed with bzip2: unpack it, or pack it with gzip or xz.")),
    (b"\x28\xb5\x2f\xfd", gettext_lazy("This file is packed with zstd: unpack it, or pack it with gzip or xz.")),
    (b"PAR1", gettext_lazy("This is a Parquet file: export the table as CSV.")),
    (b"SQLite format 3\x00", gettext_lazy("This is an SQLite database: export its tables as CSV.")),
    (b"\x89PNG", gettext_lazy("This is a picture: a table is needed, as .xlsx or CSV.")),
    (b"\xff\xd8\xff", gettext_lazy("This is a picture: a table is needed, as .xlsx or CSV.")),
    (b"GIF8", gettext_lazy("This is a picture: a table is needed, as .xlsx or CSV.")),
    (b"BEGIN:VCARD", gettext_lazy("These are business cards (vCard): export the contacts as CSV.")),
]
# A file of a zip archive -> what the archive then is.
OTHER_ARCHIVES: list[tuple[str, Any]] = [
    ("word/document.xml", gettext_lazy("This is a Word document: put the table into a spreadsheet and save it.")),
    ("ppt/presentation.xml", gettext_lazy("These are slides: put the table into a spreadsheet and save it.")),
    ("xl/workbook.bin", gettext_lazy("This is a binary Excel file (.xlsb): save it as .xlsx or CSV.")),
    ("Index/Document.iwa", gettext_lazy("This is a Numbers file: export it as Excel (.xlsx) or CSV.")),
    ("Index.zip", gettext_lazy("This is a Numbers file: export it as Excel (.xlsx) or CSV.")),
]
JSON_START = re.compile(rb'\[\s*[{\]]|\{\s*["}]')
MARKUP_START = re.compile(rb"<[!?a-zA-Z]")
OPEN_DOCUMENT = "application/vnd.oasis.opendocument"


class FileKind(StrEnum):
    TEXT = "text"  # rows of cells
    JSON = "json"
    WORKBOOK = "workbook"
    ARCHIVE = "archive"  # a zip of files


def kind_of(path: Path) -> FileKind:
    """What a file is. Raises ImportStopped for what is empty, missing, damaged or no table, saying what to do."""
    with opened(path) as (stream, _raw):
        start = stream.read(FIRST_BYTES)
    if not start:
        raise stop(path, _("is empty"))
    if start.startswith(OLE):
        raise stop(path, _ole(start))
    for magic, text in OTHER_KINDS:
        if start.lstrip(b"\xef\xbb\xbf").startswith(magic):
            raise stop(path, str(text))
    if start.startswith(ZIP):
        return _zip(path)
    return _text(path, start)


def is_archive(path: Path) -> bool:
    """Whether a path is a zip of files, and no workbook."""
    try:
        return path.is_file() and kind_of(path) == FileKind.ARCHIVE
    except ImportStopped:
        return False  # told of when it is opened


def _ole(start: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in start:
        return _("This Excel file is locked with a password: take the password off, and save it as .xlsx or CSV.")
    if "WordDocument".encode("utf-16-le") in start:
        return _("This is a Word document: put the table into a spreadsheet and save it.")
    return _("This is an old Excel file (.xls): save it as .xlsx or CSV.")


def _zip(path: Path) -> FileKind:
    try:
        with open_upload(path) as file, zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
            kind = _beginning(archive, "mimetype") if "mimetype" in names else b""
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError) as error:
        raise stop(path, _("the file is damaged or incomplete: save or pack it again")) from error
    if kind.decode("latin-1").startswith(OPEN_DOCUMENT):
        raise stop(path, _("This is an OpenDocument file (.ods): save it as .xlsx or CSV."))
    for name, text in OTHER_ARCHIVES:
        if name in names:
            raise stop(path, str(text))
    return FileKind.WORKBOOK if "xl/workbook.xml" in names else FileKind.ARCHIVE


def _beginning(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as entry:
        return entry.read(100)


def _text(path: Path, start: bytes) -> FileKind:
    bare = start.replace(b"\0", b"") if start.startswith(BYTE_ORDER_MARKS) else start
    bare = bare.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if JSON_START.match(bare):
        return FileKind.JSON
    if MARKUP_START.match(bare):
        raise stop(path, _markup(bare))
    if _is_binary(start):
        raise stop(path, _("This is no table that can be read here: save it as .xlsx or CSV."))
    return FileKind.TEXT


def _markup(bare: bytes) -> str:
    head = bare[:2000].lower()
    if b"<html" in head or b"<!doctype html" in head or b"<table" in head:
        return _("This is a web page: open it in a spreadsheet, and save it as .xlsx or CSV.")
    return _("This is an XML file: open it in a spreadsheet, and save it as .xlsx or CSV.")


def _is_binary(start: bytes) -> bool:
    """Whether it is no text in any encoding: full of control characters. NULs are told of row by row where they are
    few, and are half of a text in UTF-16 without its mark."""
    controls = sum(start.count(bytes([code])) for code in (*range(1, 9), *range(14, 32)) if code != 27)
    return controls > max(3, len(start) // 50)
