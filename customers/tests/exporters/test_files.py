import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from customers.exporters import files
from customers.exporters.files import BYTE_ORDER_MARK, writer_for
from customers.exporters.sheet import Record
from customers.tests.exporters.reading import read_csv, read_xlsx

MOMENT = datetime(2026, 6, 3, 10, 0, 0, 250_000, tzinfo=UTC)


def written(format: str, *records: Record, header: str = "cell") -> bytes:
    file = io.BytesIO()
    writer = writer_for(format, file, [header])
    for record in records:
        writer.write(record)
    writer.close()
    return file.getvalue()


def test_csv_begins_with_a_mark_and_keeps_line_breaks() -> None:
    content = written("csv", ["a\r\nb"], ['c,"d"'])
    assert content.startswith(BYTE_ORDER_MARK.encode())
    assert [row["cell"] for row in read_csv(content)] == ["a\r\nb", 'c,"d"']


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        (True, "true"),
        (-5, "-5"),
        (Decimal("-1E+3"), "-1000"),
        (Decimal("10.50"), "10.50"),
        (0.1, "0.1"),
        (date(2026, 1, 31), "2026-01-31"),
        (MOMENT, "2026-06-03T10:00:00.250000+00:00"),
        ("007", "007"),
        ("=1+1", "'=1+1"),
    ],
)
def test_csv_writes_what_programs_read(cell: Any, text: str) -> None:
    assert written("csv", [cell]).decode("utf-8-sig").split("\r\n")[1].strip('"') == text


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (None, None),
        (True, True),
        (-5, -5),
        (Decimal("10.50"), 10.5),
        (date(2026, 1, 31), datetime(2026, 1, 31)),
        (MOMENT, datetime(2026, 6, 3, 10, 0)),
        (date(1850, 1, 31), "1850-01-31"),
        (datetime(1850, 1, 31, tzinfo=UTC), "1850-01-31 00:00:00"),
        (1234567890123456789, "1234567890123456789"),
        ("007", "007"),
        ("2026-01-31", "2026-01-31"),
        ("=1+1", "=1+1"),
        ("\x0b_x0041_\r\n\ufffe", "\x0b_x0041_\r\n\ufffe"),
    ],
)
def test_xlsx_has_real_numbers_and_dates_and_texts_that_stay_texts(cell: Any, value: Any) -> None:
    [row] = read_xlsx(written("xlsx", [cell], ["end"]))[:1]
    assert row["cell"] == value


def test_no_cell_of_an_xlsx_is_a_formula() -> None:
    content = written("xlsx", ["=1+1"], ["'=1"], header="=2")
    cells = [cell for row in load_workbook(io.BytesIO(content)).active.iter_rows() for cell in row]
    assert [(cell.data_type, cell.value) for cell in cells] == [("s", "'=2"), ("s", "'=1+1"), ("s", "''=1")]


def test_a_text_that_excel_cannot_hold_ends_in_dots() -> None:
    text = read_xlsx(written("xlsx", ["x" * 40_000]))[0]["cell"]
    assert (len(text), text[-1]) == (32_767, "…")


def test_a_full_sheet_goes_on_in_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "ROWS_OF_SHEET", 3)
    records: list[Record] = [[number] for number in range(5)]
    content = written("xlsx", *records)
    assert [row["cell"] for row in read_xlsx(content)] == [0, 1, 2, 3, 4]
    assert len(load_workbook(io.BytesIO(content)).worksheets) == 3
