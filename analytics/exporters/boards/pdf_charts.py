"""The charts of a PDF: lines, bars, and the bars of a funnel."""

import re
from typing import Any

from reportlab.graphics.charts.barcharts import HorizontalBarChart, VerticalBarChart
from reportlab.graphics.charts.legends import Legend
from reportlab.graphics.charts.linecharts import HorizontalLineChart
from reportlab.graphics.shapes import Drawing
from reportlab.lib import colors
from reportlab.lib.units import mm

from analytics.choices import TileShape
from analytics.exporters.boards.content import Chart

COLOURS = [colors.HexColor(code) for code in ("#3c9aa6", "#d9993c", "#3f9e74", "#8b6fc0", "#c9605c", "#5b86c4")]
FAINT = colors.HexColor("#6b7280")
GRID = colors.HexColor("#e5e7eb")
LATIN, CHINESE = "Helvetica", "STSong-Light"
HEIGHT, LEGEND, AXIS = 48 * mm, 7 * mm, 12 * mm
# What Helvetica has no letter for.
OTHERWISE = re.compile(r"[^\x00-\x7e\u00a0-\u00ff–—‘’“”•…€™−]+")
MOST_LABELS, LONGEST_LABEL = 12, 26


def drawing(chart: Chart, shape: str, *, width: float) -> Drawing:
    """A chart as wide as the text."""
    is_funnel = shape == TileShape.FUNNEL
    legend = LEGEND if len(chart.series) > 1 else 0
    height = max(HEIGHT, 9 * mm * len(chart.labels)) if is_funnel else HEIGHT
    paper = Drawing(width, height + legend)
    plot: Any = HorizontalBarChart() if is_funnel else _plot(shape)
    left = 50 * mm if is_funnel else 14 * mm
    plot.x, plot.y = left, 6 * mm if is_funnel else AXIS
    plot.width, plot.height = width - left - 4 * mm, height - plot.y - 3 * mm
    plot.data = [tuple(_values(one.values, is_line=shape == TileShape.LINE)) for one in chart.series]
    _axes(plot, chart, is_funnel=is_funnel)
    for number in range(len(chart.series)):
        colour = COLOURS[number % len(COLOURS)]
        if shape == TileShape.LINE:
            plot.lines[number].strokeColor, plot.lines[number].strokeWidth = colour, 1.4
        else:
            plot.bars[number].fillColor, plot.bars[number].strokeColor = colour, None
    paper.add(plot)
    if legend:
        paper.add(_legend(chart, height + legend / 2))
    return paper


def _plot(shape: str) -> Any:
    if shape == TileShape.LINE:
        return HorizontalLineChart()
    bars = VerticalBarChart()
    bars.groupSpacing, bars.barSpacing = 4, 1
    return bars


def _values(values: list[float | None], *, is_line: bool) -> list[float | None]:
    """A line breaks where there is nothing; a bar is not there."""
    return values if is_line else [0 if value is None else value for value in values]


def _axes(plot: Any, chart: Chart, *, is_funnel: bool) -> None:
    highest = max((value for one in chart.series for value in one.values if value is not None), default=0)
    value, category = plot.valueAxis, plot.categoryAxis
    value.valueMin, value.valueMax = min(0, _lowest(chart)), 100 if chart.is_percent else highest or 1
    value.labelTextFormat = lambda number: f"{number:g} %" if chart.is_percent else f"{number:,.6g}"
    value.labels.fontName, value.labels.fontSize, value.labels.fillColor = "Helvetica", 7, FAINT
    value.visibleGrid, value.gridStrokeColor, value.strokeColor, value.visibleTicks = True, GRID, None, False
    every = max(1, -(-len(chart.labels) // MOST_LABELS)) if not is_funnel else 1
    category.categoryNames = [_short(label) if number % every == 0 else "" for number, label in enumerate(chart.labels)]
    font = _font(chart.labels)
    category.labels.fontName, category.labels.fontSize, category.labels.fillColor = font, 7, FAINT
    category.strokeColor, category.visibleTicks = GRID, False
    if is_funnel:
        category.reverseDirection = True
        category.labels.boxAnchor, category.labels.dx = "e", -4
    else:
        category.labels.boxAnchor, category.labels.dy = "n", -3


def _lowest(chart: Chart) -> float:
    return min((value for one in chart.series for value in one.values if value is not None), default=0)


def _font(texts: list[str]) -> str:
    """Of the labels of an axis: they all have the same."""
    return CHINESE if OTHERWISE.search("".join(texts)) else LATIN


def _short(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…"


def _legend(chart: Chart, y: float) -> Legend:
    legend = Legend()
    legend.x, legend.y, legend.boxAnchor = 14 * mm, y, "w"
    legend.dx = legend.dy = 6
    legend.columnMaximum, legend.deltax, legend.alignment = 1, 40 * mm, "right"
    legend.strokeWidth, legend.strokeColor = 0, None
    shown = chart.series[:4]
    legend.fontName, legend.fontSize, legend.fillColor = _font([one.name for one in shown]), 7, FAINT
    legend.colorNamePairs = [(COLOURS[number % len(COLOURS)], _short(one.name)) for number, one in enumerate(shown)]
    return legend
