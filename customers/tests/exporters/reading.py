"""How a program reads what we export: with csv or openpyxl, and what the guide of exports says."""

import csv
import io
from itertools import zip_longest
from typing import Any

from openpyxl import load_workbook

from customers.cells import from_xlsx, unguard


def read_csv(content: bytes) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    header = next(rows)
    return [dict(zip(header, map(unguard, row), strict=True)) for row in rows]


def read_xlsx(content: bytes) -> list[dict[str, Any]]:
    """The rows of all sheets of an XLSX file."""
    found = []
    for sheet in load_workbook(io.BytesIO(content), read_only=True).worksheets:
        header, *rows = sheet.iter_rows(values_only=True)
        found += [dict(zip_longest(header, map(_value, row))) for row in rows]
    return found


def _value(cell: Any) -> Any:
    return unguard(from_xlsx(cell)) if isinstance(cell, str) else cell
