"""Dashboards as PDF. Charts are drawn as lines and bars of the page, not as pictures; each has its table.

Fonts: Helvetica, and STSong for whatever else there is: every reader of PDF has both, so that no font goes along."""

import re
from collections.abc import Iterator, Sequence
from typing import IO, Any
from xml.sax.saxutils import escape

from django.conf import settings
from django.utils.translation import gettext as _
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import CondPageBreak, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from analytics.choices import TileShape
from analytics.exporters.boards.content import Cell, Content, Figure, Part
from analytics.exporters.boards.content import Table as Tabled
from analytics.exporters.boards.pdf_charts import CHINESE, LATIN, OTHERWISE, drawing
from analytics.exporters.number_words import SHARE

BOLD = "Helvetica-Bold"
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
WIDTH = A4[0] - 36 * mm - 12  # less what the frame keeps free on both sides
INK, FAINT, LINE, HEAT = (colors.HexColor(code) for code in ("#1f2937", "#6b7280", "#d1d5db", "#3c9aa6"))
BODY = ParagraphStyle("body", fontName=LATIN, fontSize=8.5, leading=11, textColor=INK, wordWrap="CJK")
RIGHT = ParagraphStyle("right", BODY, alignment=2)
SMALL = ParagraphStyle("small", BODY, fontSize=8, textColor=FAINT)
HEAD = ParagraphStyle("head", BODY, fontName=BOLD, fontSize=12, leading=16)
TITLE = ParagraphStyle("title", BODY, fontName=BOLD, fontSize=18, leading=23)
LARGE = ParagraphStyle("large", BODY, fontName=BOLD, fontSize=24, leading=30)
MOST_LINES = 200  # of a table: what is longer stands in the XLSX
MOST_COLUMNS = 10  # beside the first
LONGEST_WORDS = 300  # a cell is no longer than a page


def write_pdf(file: IO[bytes], *, title: str, note: str, told: Sequence[tuple[str, Content]]) -> None:
    """Write a page or more: a heading, and each tile below the other."""
    if CHINESE not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))
    margins = {"leftMargin": 18 * mm, "rightMargin": 18 * mm, "topMargin": 16 * mm, "bottomMargin": 18 * mm}
    document = SimpleDocTemplate(file, pagesize=A4, title=CONTROL.sub("", title), author="Candid", **margins)
    story: list[Any] = [_words(title, TITLE), _words(note, SMALL), Spacer(1, 6 * mm)]
    for shape, content in told:
        story += _tile(shape, content)
    if not told:
        story.append(_words(_("This dashboard has no tiles yet."), BODY))
    document.build(story, onFirstPage=_foot, onLaterPages=_foot)


def marked(text: str) -> str:
    """Text as the markup of a paragraph: escaped, and in the Chinese font where the other has no letter for it."""
    plain = CONTROL.sub("", text)
    parts, at = [], 0
    for found in OTHERWISE.finditer(plain):
        parts += [escape(plain[at : found.start()]), f'<font name="{CHINESE}">{escape(found.group())}</font>']
        at = found.end()
    return "".join([*parts, escape(plain[at:])])


def _words(text: str, style: ParagraphStyle, link: str = "") -> Paragraph:
    inner = marked(text if len(text) <= LONGEST_WORDS else f"{text[: LONGEST_WORDS - 1]}…")
    if link:
        address = escape(settings.PUBLIC_URL + link, {'"': "&quot;"})
        inner = f'<a href="{address}" color="#0f7f8c">{inner}</a>'
    return Paragraph(inner, style)


def _tile(shape: str, content: Content) -> Iterator[Any]:
    yield CondPageBreak(60 * mm)
    head: list[Any] = [_words(content.title, HEAD, content.link)]
    if content.note:
        head.append(_words(content.note, SMALL))
    head.append(Spacer(1, 2 * mm))
    if content.problem or content.is_empty or not content.parts:
        yield KeepTogether([*head, _words(content.problem or _("Nothing in this period."), BODY), Spacer(1, 7 * mm)])
        return
    if shape == TileShape.NUMBER and content.number is not None:
        head += [_words(str(content.number), LARGE, content.number.link), _words(content.number_words, SMALL)]
        head.append(Spacer(1, 2 * mm))
    first, *others = content.parts
    yield KeepTogether([*head, *_chart(shape, first)])
    yield from _table(first.table)
    for part in others:
        yield KeepTogether([Spacer(1, 3 * mm), *_chart(shape, part)])
        yield from _table(part.table)
    yield Spacer(1, 7 * mm)


def _chart(shape: str, part: Part) -> Iterator[Any]:
    if part.name:
        yield _words(part.name, HEAD)
    chart = part.table.chart()
    if chart is not None and shape in (TileShape.LINE, TileShape.BAR, TileShape.FUNNEL):
        yield drawing(chart, shape, width=WIDTH)


def _table(table: Tabled) -> Iterator[Any]:
    """The table; one that is too wide for the page as several, each with the first column."""
    columns = range(1, len(table.header))
    for start in range(0, max(1, len(columns)), MOST_COLUMNS):
        if start:
            yield Spacer(1, 3 * mm)
        yield _columns(table, [0, *columns[start : start + MOST_COLUMNS]])
    if len(table.lines) > MOST_LINES:
        yield _words(_("The first %(number)d lines; all of them are in the XLSX.") % {"number": MOST_LINES}, SMALL)


def _columns(table: Tabled, shown: list[int]) -> Table:
    lines = table.lines[:MOST_LINES]
    is_number = {at: any(isinstance(line[at], Figure) for line in lines) for at in shown}
    rows = [[_words(table.header[at], RIGHT if is_number[at] else SMALL) for at in shown]]
    rows += [[_cell(line[at], is_right=is_number[at]) for at in shown] for line in lines]
    style: list[Any] = [
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ("LEFTPADDING", (0, 0), (-1, -1), 2),
        ("RIGHTPADDING", (0, 0), (-1, -1), 2),
        ("LEFTPADDING", (0, 0), (0, -1), 0),
    ]
    if table.is_heat:
        style += list(_heat(lines, shown))
    others = len(shown) - 1
    first = min(0.4, 1 - 0.075 * others) if others else 1.0
    widths = [WIDTH * share for share in (first, *([(1 - first) / others] * others if others else ()))]
    return Table(rows, colWidths=widths, repeatRows=1, style=TableStyle(style))


def _heat(lines: Sequence[Sequence[Cell]], shown: Sequence[int]) -> Iterator[Any]:
    for row, line in enumerate(lines, 1):
        for column, at in enumerate(shown):
            cell = line[at]
            if isinstance(cell, Figure) and cell.form == SHARE and cell.value is not None:
                share = 0.6 * min(1.0, max(0.0, float(cell.value)))
                colour = colors.linearlyInterpolatedColor(colors.white, HEAT, 0, 1, share)
                yield ("BACKGROUND", (column, row), (column, row), colour)


def _cell(cell: Cell, *, is_right: bool) -> Paragraph:
    return _words(str(cell), RIGHT if is_right else BODY, cell.link)


def _foot(canvas: Any, document: Any) -> None:
    canvas.saveState()
    canvas.setFont(LATIN, 7.5)
    canvas.setFillColor(FAINT)
    canvas.drawRightString(A4[0] - 18 * mm, 10 * mm, str(document.page))
    canvas.restoreState()
