"""Options for the Chart.js that unfold bundles; greys that read on light and dark alike."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

# Colours that read on light and dark alike.
BLUE, GREY = "#3c9aa6", "#9aa7ad"
_TICKS = {"color": "#84929a", "maxRotation": 0, "autoSkipPadding": 16}
# In a legend a line is drawn as a line: a box with a dashed border tells nothing.
_LINES = {"color": "#84929a", "usePointStyle": True, "pointStyle": "line", "pointStyleWidth": 24}
_BASE: dict[str, Any] = {"animation": False, "responsive": True, "maintainAspectRatio": False}


def score_line(values: list[float]) -> dict[str, Any]:
    """A line of scores. The axis holds 50 and what was reached, in tens, with air on both sides."""
    low = max(0, 10 * int(min(*values, 50.0) // 10) - 10)
    high = min(100, 10 * int(max(*values, 50.0) // 10) + 20)
    return {
        **_BASE,
        "plugins": {"legend": {"display": False}},
        "elements": {"point": {"radius": 0, "hitRadius": 12}, "line": {"borderWidth": 2}},
        "scales": {
            "x": {"grid": {"display": False}, "ticks": _TICKS},
            "y": {"min": low, "max": high, "border": {"display": False}, "ticks": {**_TICKS, "stepSize": 10}},
        },
    }


COUNT_BARS: dict[str, Any] = {
    **_BASE,
    "plugins": {"legend": {"display": False}},
    "scales": {
        "x": {"grid": {"display": False}, "ticks": _TICKS},
        "y": {
            "beginAtZero": True,
            "border": {"display": False},
            "ticks": {**_TICKS, "precision": 0, "maxTicksLimit": 5},
        },
    },
}

COUNTS_OF_EACH: dict[str, Any] = {
    **COUNT_BARS,
    "plugins": {"legend": {"display": True, "position": "bottom", "labels": {"color": "#84929a", "boxWidth": 12}}},
    "elements": {"point": {"radius": 0, "hitRadius": 12}, "line": {"borderWidth": 2}},
}


def interval_bars(low: float, high: float) -> dict[str, Any]:
    """Intervals as bars that float between their bounds, one a line."""
    return {
        **_BASE,
        "indexAxis": "y",
        "plugins": {"legend": {"display": False}},
        "scales": {
            "x": {"min": low, "max": high, "border": {"display": False}, "ticks": _TICKS},
            "y": {"grid": {"display": False}, "ticks": {**_TICKS, "autoSkip": False}},
        },
    }


def calibration_data(foretold: Sequence[float], observed: Sequence[float]) -> dict[str, Any]:
    """What was foretold and what came, as shares, part by part: the data of a chart with `calibration_lines`."""
    grey: dict[str, Any] = {"borderColor": GREY, "backgroundColor": GREY, "borderDash": [4, 4]}
    blue: dict[str, Any] = {"borderColor": BLUE, "backgroundColor": BLUE, "pointRadius": 3}
    lines = [
        {"label": label, "data": [round(100 * share, 2) for share in shares], **style}
        for label, shares, style in ((_("foretold"), foretold, grey), (_("observed"), observed, blue))
    ]
    return {"labels": [str(number) for number in range(1, len(foretold) + 1)], "datasets": lines}


def calibration_lines(title: str) -> dict[str, Any]:
    """What was foretold against what came, in per cent."""
    return {
        **_BASE,
        "plugins": {"legend": {"display": True, "position": "bottom", "labels": _LINES}},
        "elements": {"point": {"radius": 2, "hitRadius": 12}, "line": {"borderWidth": 2}},
        "scales": {
            "x": {
                "grid": {"display": False},
                "ticks": _TICKS,
                "title": {"display": True, "text": title, "color": "#84929a"},
            },
            "y": {"beginAtZero": True, "border": {"display": False}, "ticks": {**_TICKS, "maxTicksLimit": 6}},
        },
    }


def forecast_lines() -> dict[str, Any]:
    """History and forecast as lines over the bands of their intervals. Whatever lies at one step is told together."""
    return {
        **COUNTS_OF_EACH,
        "interaction": {"mode": "index", "intersect": False},
        "plugins": {"legend": {"display": True, "position": "bottom", "labels": {"color": "#84929a", "boxWidth": 12}}},
    }
