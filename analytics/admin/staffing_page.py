"""Staffing: the tickets that are expected in each queue, by weekday and by day."""

import json
from collections import defaultdict
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from analytics.admin.chart_options import COUNTS_OF_EACH
from analytics.admin.demand_words import amount, span
from analytics.choices import ForecastKind
from analytics.models import Forecast

COLOURS = ("#3c9aa6", "#d9993c", "#3f9e74", "#8a6fb3", "#c0605a", "#9aa7ad", "#5b7fb8", "#a88b3f")


def staffing_page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Render the page for whoever may see forecasts."""
    user: Any = request.user
    if not user.has_perm("analytics.view_forecast"):
        raise PermissionDenied
    rows = Forecast.objects.current().visible_to(user).filter(kind=ForecastKind.TICKETS)
    forecasts = list(rows.select_related("queue", "segment", "product", "category").order_by("queue__name"))
    shown = {
        "title": _("Staffing"),
        "weekdays": [WEEKDAYS[number] for number in range(7)],
        "rows": [_row(forecast) for forecast in forecasts],
        "days": _days(forecasts),
        "queues": [str(forecast.queue) for forecast in forecasts],
        "chart": _chart(forecasts),
        "chart_options": json.dumps(_STACKED),
        "opts": Forecast._meta,
    }
    return TemplateResponse(request, "admin/analytics/forecast/staffing.html", {**context, **shown})


_STACKED = {
    **COUNTS_OF_EACH,
    "scales": {name: {**axis, "stacked": True} for name, axis in COUNTS_OF_EACH["scales"].items()},
}


def _row(forecast: Forecast) -> dict[str, Any]:
    """A queue: by weekday the mean of what is expected, and of the bounds of the 80 % intervals."""
    by_weekday: dict[int, list[list[Any]]] = defaultdict(list)
    for step in forecast.steps:
        by_weekday[date.fromisoformat(step[0]).weekday()].append(step)
    cells: list[dict[str, Any]] = []
    for number in range(7):
        steps = by_weekday[number]
        if not steps:
            cells.append({"value": "–", "span": ""})
            continue
        mean, low, high = (sum(step[place] for step in steps) / len(steps) for place in (1, 3, 4))
        cells.append({"value": amount(mean), "span": span(low, high), "mean": mean})
    most = max((cell.get("mean", 0) for cell in cells), default=0) or 1
    for cell in cells:
        cell["heat"] = round(28 * cell.get("mean", 0) / most)
    week = sum(cell.get("mean", 0) for cell in cells)
    link = reverse("admin:analytics_forecast_change", args=[forecast.pk])
    return {"forecast": forecast, "cells": cells, "week": amount(week), "link": link}


def _days(forecasts: list[Forecast]) -> list[tuple[str, list[str]]]:
    """Day by day, what is expected in each queue."""
    by_day: dict[str, dict[int, float]] = defaultdict(dict)
    for forecast in forecasts:
        for step in forecast.steps:
            by_day[step[0]][forecast.pk] = step[1]
    return [
        (
            str(date_format(date.fromisoformat(day), "D j M")),
            [amount(found.get(forecast.pk)) for forecast in forecasts],
        )
        for day, found in sorted(by_day.items())
    ]


def _chart(forecasts: list[Forecast]) -> str:
    days = sorted({step[0] for forecast in forecasts for step in forecast.steps})
    datasets = []
    for number, forecast in enumerate(forecasts):
        values = {step[0]: step[1] for step in forecast.steps}
        colour = COLOURS[number % len(COLOURS)]
        data = [values.get(day) for day in days]
        datasets.append({"label": str(forecast.queue), "data": data, "backgroundColor": colour, "borderRadius": 2})
    labels = [str(date_format(date.fromisoformat(day), "D j M")) for day in days]
    return json.dumps({"labels": labels, "datasets": datasets})
