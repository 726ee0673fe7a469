"""Dashboards as PDF and XLSX: readable in English and Chinese, safe, and whole."""

from io import BytesIO
from typing import Any

import pytest
from django.utils.translation import override
from openpyxl import load_workbook
from pypdf import PdfReader

from analytics.choices import TileShape
from analytics.exporters.boards.content import Cell, Content, Figure, Part, Table, Text
from analytics.exporters.boards.file import Told, board_bytes, tell_board
from analytics.exporters.number_words import SHARE
from analytics.tests.admin.test_behaviour_reports import QUESTIONS, saved
from analytics.tests.admin.test_behaviour_reports import events as events
from analytics.tests.boards import a_board, a_tile
from analytics.tests.boards import lea as lea
from customers.exporters.workbook import sheet_title
from customers.models import User
from tests.cast import NOW

NAUGHTY = ["=cmd|' /C calc'!A0", "<b>&\"'", "\x00\x0b\x1b", "🦆 \u202e", "水泵 Pump é ß Ж", "x" * 3000, "", "[]:*?/\\"]


def a_content(title: str = "Visits", values: Any = (3, 0, None, 5), **more: Any) -> Content:
    lines: list[list[Cell]] = [
        [Text(f"{number} {title}"), Figure(value), Figure(None if value is None else value / 10, SHARE)]
        for number, value in enumerate(values)
    ]
    parts = [Part(Table(["From", title, "Share"], lines, charted=(1,), is_heat=True))]
    return Content(title, note="now", link="/admin/", number=Figure(8), number_words="in all", parts=parts, **more)


def pdf(*told: Told, title: str = "Monday") -> str:
    content = board_bytes(format="pdf", title=title, told=told, note="As Lea sees it")
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


def book(*told: Told) -> Any:
    return load_workbook(BytesIO(board_bytes(format="xlsx", title="Monday", told=told, note="")))


@pytest.mark.parametrize("shape", TileShape)
def test_every_shape_has_its_numbers_in_the_pdf(shape: str) -> None:
    text = pdf(Told(shape, a_content()))
    assert "Monday" in text and "As Lea sees it" in text and "50.0 %" in text and "3 Visits" in text


def test_chinese_is_readable_in_the_pdf() -> None:
    text = pdf(Told("bar", a_content("客户来访")), title="周一 Monday")
    assert "周一" in text and "客户来访" in text


@pytest.mark.parametrize("text", NAUGHTY)
@pytest.mark.parametrize("shape", ["bar", "line", "funnel", "table"])
def test_whatever_a_name_holds_the_files_are_made(text: str, shape: str) -> None:
    told = Told(shape, a_content(text))
    assert pdf(told, title=text)
    assert book(told).worksheets


def test_no_cell_of_the_workbook_is_a_formula() -> None:
    sheet = book(Told("table", a_content("=1+1"))).worksheets[0]
    assert [cell.value for cell in sheet[1]][1] == "'=1+1"
    assert {cell.data_type for row in sheet.rows for cell in row} <= {"s", "n"}
    assert [cell.value for cell in sheet[2]] == ["0 =1+1", 3, 0.3]


def test_a_tile_that_tells_nothing_says_so_in_both() -> None:
    told = Told("bar", Content("Tile", problem="The report of this tile is gone, or you may not see it."))
    assert "is gone" in pdf(told) and "is gone" in str([cell.value for cell in book(told).worksheets[0]["A"]])
    assert "Nothing in this period." in pdf(Told("bar", a_content(is_empty=True)))
    assert "no tiles yet" in pdf()


def test_a_long_table_goes_over_pages_and_ends() -> None:
    content = board_bytes(format="pdf", title="x", told=[Told("table", a_content(values=range(400)))], note="x")
    reader = PdfReader(BytesIO(content))
    assert 3 < len(reader.pages) < 15
    assert "The first 200 lines" in reader.pages[-1].extract_text()
    assert len(list(book(Told("table", a_content(values=range(400)))).worksheets[0].rows)) == 401


def test_many_columns_stay_on_the_page() -> None:
    header = ["Began in", *map(str, range(60))]
    line: list[Cell] = [Text("1 Jun 2026"), *(Figure(0.5, SHARE, people=3) for _ in range(60))]
    assert pdf(Told("heat", Content("R", parts=[Part(Table(header, [line], is_heat=True))])))


def test_links_of_the_pdf_lead_to_the_house() -> None:
    content = board_bytes(format="pdf", title="x", told=[Told("bar", a_content())], note="x")
    links = [
        note.get_object()["/A"]["/URI"]
        for page in PdfReader(BytesIO(content)).pages
        for note in page.get("/Annots", [])
    ]
    assert links and all(link.startswith("http") and link.endswith("/admin/") for link in links)


def test_titles_of_sheets_are_such_that_excel_takes_them() -> None:
    taken: set[str] = set()
    titles = [sheet_title(text, taken) for text in ("A/B", "a b", "", "x" * 40, "X" * 40, "'q'", "[:]")]
    assert titles == ["A B", "a b (2)", "Sheet", "x" * 31, f"{'X' * 27} (2)", "q", "Sheet (2)"]


@pytest.mark.django_db
@pytest.mark.usefixtures("events")
def test_a_whole_dashboard_is_written_in_the_language_that_is_spoken(lea: User) -> None:
    board = a_board(lea)
    for kind in QUESTIONS:
        a_tile(board, lea, "report", "", report=saved(lea, kind))
    for source in ("waiting", "tickets", "targets", "csat", "scores", "movers", "orders"):
        a_tile(board, lea, source, "")
    heard: list[int] = []
    told = tell_board(dashboard=board, user=lea, at=NOW, tell=lambda done, _total: heard.append(done))
    assert heard == list(range(12))
    with override("zh-hans"):
        said = pdf(*tell_board(dashboard=board, user=lea, at=NOW))
    assert ("My funnel" in said and "\u7968" in said) or "工单" in said
    assert len(book(*told).worksheets) >= 12
    assert "My funnel" in pdf(*told)
