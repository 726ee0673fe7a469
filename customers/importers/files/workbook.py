"""Excel workbooks (.xlsx, .xlsm), read as streams; macros, formulas and links are never followed.

A workbook is a zip of XML. What it declares about its size may be a lie, so every part is unpacked once, counting and
throwing away, before anything is parsed."""

import math
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from customers.cells import from_xlsx
from customers.encryption.files import size_of
from customers.importers.files.sheet import Progress, Row, clean_header, fit, no_progress, stop
from customers.operations.uploads import open_upload

MOST_PARTS = 5000
MOST_BYTES = 2 << 30
MOST_SHARED = 256 << 20  # of texts that openpyxl holds in memory
# Spreadsheets shrink to a tenth; so small a part may shrink as it likes.
MOST_SHRUNK, SMALL = 100, 32 << 20
MOST_ROWS = 1_048_576
LOWEST_HEAD = 1000
CHUNK = 1 << 20
# What openpyxl raises on files that are no proper workbooks.
DAMAGED = (
    zipfile.BadZipFile, zlib.error, InvalidFileException, ParseError, DefusedXmlException, KeyError, ValueError,
    TypeError, AttributeError, IndexError, OverflowError, EOFError, NotImplementedError, RuntimeError,
)  # fmt: skip


class ExcelSheet:
    """One sheet of a workbook that was found to be no bomb. See Sheet."""

    encoding = delimiter = ""
    is_guess = False

    def __init__(self, path: Path, *, file: str, name: str, head: tuple[int, list[str]], last: int) -> None:
        """`head` is the row of the header, and `last` the one that the workbook says is the last."""
        self.path, self.file, self.name = path, file, name
        self.size = size_of(path)
        self._first, cells = head
        self.header = clean_header(f"{path} [{name}]", cells)
        self.estimate = max(min(last, MOST_ROWS) - self._first, 0)

    def rows(self, progress: Progress = no_progress) -> Iterator[Row]:
        """All rows, each time anew."""
        width = len(self.header)
        with _damage_told(self.path):
            for line, cells in _filled(self._values()):
                if line == self._first:
                    continue
                cells += [""] * (width - len(cells))
                if problem := fit(cells, width):
                    yield line, [], problem
                else:
                    yield line, cells, ""
        progress(self.size)

    def _values(self) -> Iterator[tuple[int, tuple[Any, ...]]]:
        with _opened(self.path) as book:
            sheet = book[self.name]
            sheet.reset_dimensions()  # what it declares may be a lie
            for line, values in enumerate(sheet.iter_rows(values_only=True), 1):
                if line > MOST_ROWS:
                    raise stop(self.path, _("has more rows than a spreadsheet can have: save it again."))
                yield line, values


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    with open_upload(path) as file:
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        try:
            yield book
        finally:
            book.close()


@contextmanager
def _damage_told(path: Path) -> Iterator[None]:
    """Turns whatever openpyxl raises on a damaged file into one sentence."""
    try:
        yield
    except DAMAGED as error:
        text = _("the Excel file is damaged (%(reason)s): open it in a spreadsheet and save it again.")
        raise stop(path, text % {"reason": type(error).__name__}) from error


def open_workbook(path: Path, *, file: str) -> list[ExcelSheet]:
    """The sheets of a workbook that people see and that hold something. Raises ImportStopped for a bomb, for what is
    damaged, and where all are empty."""
    refuse_bomb(path)
    heads: dict[str, tuple[tuple[int, list[str]], int]] = {}
    with _damage_told(path), _opened(path) as book:
        for sheet in book.worksheets:
            last = sheet.max_row or 0
            head = _head(sheet)
            if sheet.sheet_state == "visible" and head:
                heads[sheet.title] = head, last
    if not heads:
        raise stop(path, _("is empty"))
    return [ExcelSheet(path, file=file, name=name, head=head, last=last) for name, (head, last) in heads.items()]


def refuse_bomb(path: Path) -> None:
    """Raise ImportStopped where a zip file unpacks to far more than it pretends, before anybody reads it."""
    total = 0
    try:
        with open_upload(path) as file, zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS:
                raise _bomb(path)
            for part in parts:
                total += _unpacked_size(archive, part, path, MOST_BYTES - total)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise stop(path, _("the file is damaged or incomplete: save or pack it again")) from error


def _unpacked_size(archive: zipfile.ZipFile, part: zipfile.ZipInfo, path: Path, most: int) -> int:
    limit = MOST_SHARED if part.filename.endswith("sharedStrings.xml") else most
    packed = size_of(path)  # no part is larger, whatever it says
    size = 0
    with archive.open(part) as stream:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > limit or (size > SMALL and size > MOST_SHRUNK * min(part.compress_size, packed)):
                raise _bomb(path)
    return size


def _bomb(path: Path) -> Exception:
    text = _("unpacks to far more than a spreadsheet holds, and is not read: save the table as CSV.")
    return stop(path, text)


def _head(sheet: Any) -> tuple[int, list[str]] | None:
    """The first row that holds something, and its place; None where there is none near the top."""
    sheet.reset_dimensions()
    return next(_filled(enumerate(sheet.iter_rows(values_only=True, max_row=LOWEST_HEAD), 1)), None)


def _filled(rows: Iterator[tuple[int, tuple[Any, ...]]]) -> Iterator[tuple[int, list[str]]]:
    for line, values in rows:
        cells = [in_text(value) for value in values]
        if any(cells):
            yield line, cells


def in_text(value: Any) -> str:
    """A value of a spreadsheet as text: ISO dates, whole numbers without .0, true and false."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return from_xlsx(value) if "_x" in value else value
        case float():
            return _number(value)
        case datetime():
            at_midnight = value.time() == time()
            return value.date().isoformat() if at_midnight else value.isoformat(" ", "seconds")
        case date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
    return str(value)


def _number(value: float) -> str:
    """As a spreadsheet shows it: to fifteen places, never with an exponent."""
    if not math.isfinite(value):
        return ""
    if value.is_integer():
        return str(int(value))
    return format(Decimal(format(value, ".15g")), "f")
