"""What a tile tells, as its page draws it: a number, a chart with the address behind each point, and the table."""

import json
from typing import Any

from analytics.admin.behaviour_charts import COLOURS
from analytics.admin.chart_options import COUNT_BARS, COUNTS_OF_EACH
from analytics.choices import TileShape
from analytics.exporters.boards.content import Cell, Chart, Content, Figure, Part, Table
from analytics.exporters.number_words import SHARE

DRAWN = (TileShape.LINE, TileShape.BAR, TileShape.FUNNEL)


def tile_context(content: Content, shape: str) -> dict[str, Any]:
    """What `admin/analytics/dashboard/tile.html` needs."""
    return {
        "content": content,
        "shape": shape,
        "is_open": shape in (TileShape.TABLE, TileShape.HEAT),
        "parts": [_part(part, shape) for part in content.parts],
    }


def _part(part: Part, shape: str) -> dict[str, Any]:
    chart = part.table.chart() if shape in DRAWN else None
    return {"name": part.name, "chart": _chart(chart, shape) if chart else None, "table": _table(part.table, shape)}


def _chart(chart: Chart, shape: str) -> dict[str, str]:
    sets = [
        _set(number, one.name, one.values, is_line=shape == TileShape.LINE) for number, one in enumerate(chart.series)
    ]
    options: dict[str, Any] = {**(COUNTS_OF_EACH if len(sets) > 1 else COUNT_BARS)}
    if shape == TileShape.FUNNEL:
        scales = options["scales"]
        value = {**scales["y"], "ticks": {**scales["y"]["ticks"]}}
        options |= {
            "indexAxis": "y",
            "scales": {"x": value, "y": {"grid": {"display": False}, "ticks": {"color": "#84929a"}}},
        }
    return {
        "type": "line" if shape == TileShape.LINE else "bar",
        "data": json.dumps({"labels": chart.labels, "datasets": sets}),
        "options": json.dumps(options),
        "links": json.dumps([one.links for one in chart.series]),
    }


def _set(number: int, label: str, values: list[float | None], *, is_line: bool) -> dict[str, Any]:
    colour = COLOURS[number % len(COLOURS)]
    if not is_line:
        return {"label": label, "data": values, "backgroundColor": colour, "borderRadius": 3, "maxBarThickness": 48}
    points = {"pointRadius": 3 if len(values) < 40 else 0}
    return {"label": label, "data": values, "borderColor": colour, "backgroundColor": colour, "tension": 0, **points}


def _table(table: Table, shape: str) -> dict[str, Any]:
    numbers = [any(isinstance(line[at], Figure) for line in table.lines) for at in range(len(table.header))]
    is_heat = table.is_heat and shape == TileShape.HEAT
    return {
        "header": list(zip(table.header, numbers, strict=True)),
        "is_heat": is_heat,
        "lines": [
            [{**_cell(one, is_heat), "is_number": number} for one, number in zip(line, numbers, strict=True)]
            for line in table.lines
        ],
    }


def _cell(one: Cell, is_heat: bool) -> dict[str, Any]:
    if not isinstance(one, Figure):
        return {"text": one.text, "link": one.link}
    heat = f"{one.value:.3f}" if is_heat and one.form == SHARE and one.value is not None else ""
    return {"text": str(one), "link": one.link, "heat": heat, "people": one.people, "is_partial": one.is_partial}
