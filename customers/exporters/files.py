"""Records written to files: CSV for programs and for import, XLSX for people. Texts are guarded against formulas."""

import csv
import io
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any, Protocol

from django.utils.timezone import is_aware, localtime
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from customers.cells import guard, to_xlsx
from customers.choices import ExportFormat
from customers.exporters.sheet import Cell, Record

BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads CSV in the code page of the machine
CONTENT_TYPES = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.ZIP: "application/zip",
}

# What a sheet and a cell of Excel hold at most.
ROWS_OF_SHEET = 1_048_576
LONGEST_CELL = 32_767
# Beyond, Excel rounds.
LARGEST_NUMBER = 10**15
# Excel knows no date before.
FIRST_YEAR = 1900


class Writer(Protocol):
    """Takes records one by one."""

    def write(self, record: Record) -> None:
        """Write one record."""
        ...

    def close(self) -> None:
        """Write what is left. The file stays open."""
        ...


def writer_for(format: str, file: IO[bytes], header: list[str]) -> Writer:
    """A writer into an open file, with the header written."""
    return XlsxWriter(file, header) if format == ExportFormat.XLSX else CsvWriter(file, header)


class CsvWriter:
    """UTF-8 with a byte order mark, commas, and quotes where they are needed. Times carry their offset."""

    def __init__(self, file: IO[bytes], header: list[str]) -> None:
        self._text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        self._text.write(BYTE_ORDER_MARK)
        self._writer = csv.writer(self._text)
        self.write([*header])

    def write(self, record: Record) -> None:
        self._writer.writerow([_in_text(cell) for cell in record])

    def close(self) -> None:
        self._text.detach()


class XlsxWriter:
    """Numbers and dates as such, in local time; a text is a text whatever it looks like. It goes on in another sheet
    where one is full."""

    def __init__(self, file: IO[bytes], header: list[str]) -> None:
        self._file, self._header = file, header
        self._book = Workbook(write_only=True)
        self._begin_sheet()

    def _begin_sheet(self) -> None:
        self._sheet: Any = self._book.create_sheet(f"Sheet{len(self._book.worksheets) + 1}")
        self._sheet.freeze_panes = "A2"
        self._sheet.append([self._head(name) for name in self._header])
        self._rows = 1

    def _head(self, name: str) -> Any:
        cell = WriteOnlyCell(self._sheet, value=text_for_excel(name))
        cell.font = Font(bold=True)
        return cell

    def write(self, record: Record) -> None:
        if self._rows == ROWS_OF_SHEET:
            self._begin_sheet()
        self._sheet.append([for_excel(cell) for cell in record])
        self._rows += 1

    def close(self) -> None:
        self._book.save(self._file)


def _in_text(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case str():
            return guard(cell)
        case bool():
            return "true" if cell else "false"
        case datetime():
            return (localtime(cell) if is_aware(cell) else cell).isoformat()
        case date():
            return cell.isoformat()
        case Decimal():
            return f"{cell:f}"
    return str(cell)


def for_excel(cell: Cell) -> Any:
    if isinstance(cell, str):
        return text_for_excel(cell)
    if isinstance(cell, datetime):
        moment = (localtime(cell) if is_aware(cell) else cell).replace(tzinfo=None, microsecond=0)
        return moment if moment.year >= FIRST_YEAR else moment.isoformat(" ")
    if isinstance(cell, date):
        return cell if cell.year >= FIRST_YEAR else cell.isoformat()
    return cell if cell is None or -LARGEST_NUMBER < cell < LARGEST_NUMBER else str(cell)


def text_for_excel(text: str) -> str:
    safe = to_xlsx(guard(text))
    return safe if len(safe) <= LONGEST_CELL else f"{safe[: LONGEST_CELL - 1]}…"


def write_all(writer: Writer, records: Iterable[Record]) -> int:
    """Write records; returns how many."""
    count = 0
    for record in records:
        writer.write(record)
        count += 1
    return count
