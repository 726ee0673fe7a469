"""Options for the Chart.js that unfold bundles; greys that read on light and dark alike."""

from typing import Any

_TICKS = {"color": "#84929a", "maxRotation": 0, "autoSkipPadding": 16}
_BASE: dict[str, Any] = {"animation": False, "responsive": True, "maintainAspectRatio": False}

SCORE_LINE: dict[str, Any] = {
    **_BASE,
    "plugins": {"legend": {"display": False}},
    "elements": {"point": {"radius": 0, "hitRadius": 12}, "line": {"borderWidth": 2}},
    "scales": {
        "x": {"grid": {"display": False}, "ticks": _TICKS},
        "y": {"min": 0, "max": 100, "border": {"display": False}, "ticks": {**_TICKS, "stepSize": 25}},
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
