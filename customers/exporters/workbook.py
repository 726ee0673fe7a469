"""A workbook of several sheets, guarded against formulas as every file is."""

import re
from collections.abc import Iterable
from typing import IO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from customers.exporters.files import for_excel, text_for_excel
from customers.exporters.sheet import Record

LONGEST_TITLE = 31
NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")

Sheet = tuple[str, Iterable[Record]]


def write_workbook(file: IO[bytes], sheets: Iterable[Sheet]) -> int:
    """Write sheets into an open file: (title, records), of which the first record is the header. Returns how many
    records were written, headers among them. A workbook has at least one sheet."""
    book = Workbook(write_only=True)
    taken: set[str] = set()
    count = 0
    for title, records in sheets:
        sheet = book.create_sheet(sheet_title(title, taken))
        sheet.freeze_panes = "A2"
        for number, record in enumerate(records):
            if number:
                sheet.append([for_excel(cell) for cell in record])
            else:
                head = [WriteOnlyCell(sheet, value=text_for_excel(str(cell))) for cell in record]
                for one in head:
                    one.font = Font(bold=True)
                sheet.append(head)
            count += 1
    if not book.worksheets:
        book.create_sheet("Sheet1")
    book.save(file)
    return count


def sheet_title(wanted: str, taken: set[str]) -> str:
    """A title that Excel takes and that is not taken yet; it is taken then. Excel tells no large letters from small."""
    plain = NOT_IN_TITLES.sub(" ", wanted).strip(" '") or "Sheet"
    title, number = plain[:LONGEST_TITLE], 1
    while title.casefold() in taken:
        number += 1
        mark = f" ({number})"
        title = f"{plain[: LONGEST_TITLE - len(mark)]}{mark}"
    taken.add(title.casefold())
    return title
