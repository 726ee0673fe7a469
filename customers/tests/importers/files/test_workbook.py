import io
import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from customers.importers.files import workbook
from customers.importers.files.open_file import open_file
from customers.importers.files.sheet import ImportStopped
from customers.importers.files.spool import spooled


def book(path: Path, **sheets: list[Any]) -> Path:
    made = Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made.save(path)
    return path


def repacked(path: Path, **changed: bytes) -> Path:
    """The workbook with other parts; `sheet1` is the first sheet."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            key = Path(name).stem
            new.writestr(name, changed.get(key) or old.read(name))
    path.write_bytes(out.getvalue())
    return path


SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'


def test_values_become_plain_text(tmp_path: Path) -> None:
    row = [1, 2.0, 0.1 + 0.2, 1e21, True, date(2026, 1, 31), datetime(2026, 1, 31, 10, 30), time(9, 5), None, "007"]
    sheet = open_file(book(tmp_path / "a.xlsx", One=[["h"] * 10, row]))[0]
    assert next(sheet.rows())[1] == [
        "1", "2", "0.3", "1000000000000000000000", "true", "2026-01-31", "2026-01-31 10:30:00", "09:05:00", "", "007",
    ]  # fmt: skip


def test_signs_that_xml_cannot_hold_come_back(tmp_path: Path) -> None:
    sheet = open_file(book(tmp_path / "a.xlsx", One=[["h"], ["a_x0008_b_x005F_x0041_"]]))[0]
    assert next(sheet.rows())[1] == ["a\x08b_x0041_"]


def test_sheets_that_are_hidden_or_empty_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    made = Workbook()
    made.active.title = "Empty"
    for name in ("Hidden", "People"):
        made.create_sheet(name).append(["name"])
        made[name].append(["Ann"])
    made["Hidden"].sheet_state = "hidden"
    made.save(path)
    assert [sheet.name for sheet in open_file(path)] == ["People"]


def test_the_header_may_stand_lower_and_short_rows_are_filled_up(tmp_path: Path) -> None:
    rows = [[None], [None], ["id", "name", "note"], [1, "Ann"], [None, None, None], [2, "Bo", "x", "too much"]]
    sheet = open_file(book(tmp_path / "a.xlsx", One=rows))[0]
    assert sheet.header == ["id", "name", "note"]
    assert list(sheet.rows()) == [(4, ["1", "Ann", ""], ""), (6, [], "has 4 cells, not 3")]


def test_a_bomb_is_refused_before_it_is_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = book(tmp_path / "a.xlsx", One=[["name"], ["Ann"]])
    rows = b"<row><c><v>1</v></c></row>" * 100
    repacked(path, sheet1=SHEET % (rows * 40_000))
    assert path.stat().st_size < 600_000  # unpacks to a hundred megabytes
    monkeypatch.setattr(workbook, "load_workbook", None)
    with pytest.raises(ImportStopped, match="unpacks to far more than a spreadsheet holds"):
        open_file(path)


@pytest.mark.parametrize("limit", ["MOST_PARTS", "MOST_BYTES"])
def test_too_many_parts_and_too_much_of_all_are_refused(
    limit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = book(tmp_path / "a.xlsx", One=[["name"], ["Ann"]])
    monkeypatch.setattr(workbook, limit, 5)
    with pytest.raises(ImportStopped, match="unpacks to far more"):
        open_file(path)


def test_what_the_zip_says_about_its_size_is_not_believed(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", One=[["name"], ["Ann"]])
    repacked(path, sheet1=SHEET % (b"<row><c><v>1</v></c></row>" * 4_000_000))
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        part = archive.getinfo("xl/worksheets/sheet1.xml")
    real = part.file_size.to_bytes(4, "little")
    place = content.rfind(real)
    content[place : place + 4] = (1000).to_bytes(4, "little")
    path.write_bytes(content)
    with pytest.raises(ImportStopped):
        open_file(path)


@pytest.mark.parametrize(
    "rows",
    [
        b'<row r="99999999999"><c r="A99999999999"><v>1</v></c></row>',
        b'<row r="2"><c r="ZZZZZZZ2"><v>1</v></c></row>',
        b'<row r="x"><c r="A2"><v>1</v></c></row>',
        b'<row r="2"><c r="A2" t="s"><v>999</v></c></row>',
        b"<row><c><v>1</v></c>",
    ],
)
def test_a_workbook_that_lies_is_damaged_not_endless(rows: bytes, tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", One=[["name"], ["Ann"]])
    head = b'<row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c></row>'
    repacked(path, sheet1=SHEET % (head + rows))
    with pytest.raises(ImportStopped):
        for sheet in open_file(path):
            list(sheet.rows())


def test_entities_are_never_expanded(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", One=[["name"], ["Ann"]])
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
    repacked(path, sheet1=laughs + SHEET % b'<row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row>')
    with pytest.raises(ImportStopped, match="damaged"):
        open_file(path)


def test_a_file_that_is_cut_off_is_damaged(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", One=[["name"], ["Ann"]])
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(ImportStopped, match="damaged or incomplete"):
        open_file(path)


def test_rows_are_written_down_once_and_read_as_often_as_one_likes(tmp_path: Path) -> None:
    rows = [["id", "note"], *([n, f'line\n{n}, “q” "w" \r'] for n in range(3000))]
    sheet = spooled(open_file(book(tmp_path / "a.xlsx", One=rows))[0])
    first = list(sheet.rows())
    told: list[int] = []
    assert list(sheet.rows(told.append)) == first
    assert len(first) == 3000
    assert told[-1] == sheet.size
