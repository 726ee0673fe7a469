"""One group: chart and table of its forecast, what drives it, and how each model foretold it."""

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from analytics.admin.chart_options import forecast_lines
from analytics.admin.demand_words import amount, driver_lines, figure, share, span
from analytics.choices import ForecastKind, MarketEventKind
from analytics.demand.plan import DAYS, WEEKS
from analytics.exporters.boards.links import step_of_forecast
from analytics.models import BackTest, Forecast, MarketEvent

BLUE, GREY, AMBER = "#3c9aa6", "#9aa7ad", "#d9993c"
SHOWN_STEPS = {7: 52, 1: 56}
WEEKDAYS = 7


def forecast_context(forecast: Forecast) -> dict[str, Any]:
    """What `admin/analytics/forecast/before.html` needs."""
    past = _past(forecast)
    ahead = [(_day(step[0]), *step[1:]) for step in forecast.steps]
    events = _events(forecast, past[0][0] if past else ahead[0][0])
    links = [step_of_forecast(forecast, day) for day, _value in past]
    tests = list(forecast.back_tests.all())
    return {
        "forecast": forecast,
        "unit": _("tickets a day") if forecast.days == 1 else _("units a week"),
        "tiles": _tiles(forecast),
        "chart": _chart(forecast, past, ahead, events),
        "chart_options": json.dumps(forecast_lines()),
        "chart_links": json.dumps([*links, *[""] * len(ahead)]),
        "ahead": [
            (_name(day), amount(value), span(low80, high80), span(low95, high95), events.get(day, []))
            for day, value, low95, low80, high80, high95 in ahead
        ],
        "past": [
            (_name(day), None if value is None else amount(value), link, events.get(day, []))
            for (day, value), link in reversed(list(zip(past, links, strict=True)))
        ],
        "drivers": driver_lines(forecast.drivers, forecast.days),
        "season": _season(forecast, ahead),
        "needed_for_season": DAYS.season * 2 if forecast.days == 1 else WEEKS.season * 2,
        "tests": _tests(tests),
        "lost": not any(test.is_winner and test.tier != "naive" for test in tests),
    }


def _past(forecast: Forecast) -> list[tuple[date, float | None]]:
    days = [forecast.history_from + timedelta(days=forecast.days * n) for n in range(len(forecast.history))]
    return list(zip(days, forecast.history, strict=True))[-SHOWN_STEPS[forecast.days] :]


def _day(text: str) -> date:
    day = parse_date(text)
    if day is None:
        raise ValueError(text)
    return day


def _name(day: date) -> str:
    return str(date_format(day, "SHORT_DATE_FORMAT"))


def _tiles(forecast: Forecast) -> list[tuple[str, str, str]]:
    first = forecast.steps[0]
    when = _("Next day") if forecast.days == 1 else _("This week")
    return [
        (when, amount(first[1]), _("80 %%: %(span)s") % {"span": span(first[3], first[4])}),
        (_("Next 4 weeks"), amount(forecast.next_4), ""),
        (_("Next 13 weeks"), amount(forecast.next_13), "") if forecast.days > 1 else ("", "", ""),
        (_("Model"), str(forecast.get_tier_display()), ""),
        (
            _("Past error (WAPE)"),
            share(forecast.wape),
            _("seasonal naive: %(share)s") % {"share": share(forecast.naive_wape)},
        ),
    ]


def _events(forecast: Forecast, since: date) -> dict[date, list[str]]:
    """By first day of the step: what staff put down for it."""
    until = forecast.ends_on
    scope = Q(product=None, category=None)
    if forecast.product_id and forecast.product:
        scope |= Q(product=forecast.product_id)
        if forecast.product.category_id:
            scope |= Q(category=forecast.product.category_id)
    if forecast.category_id:
        scope |= Q(category=forecast.category_id)
    rows = MarketEvent.objects.filter(scope, starts_on__lte=until, ends_on__gte=since).order_by("starts_on")
    if forecast.kind == ForecastKind.TICKETS:
        rows = rows.filter(kind=MarketEventKind.HOLIDAY)
    found: dict[date, list[str]] = defaultdict(list)
    for event in rows[:200]:
        day = max(event.starts_on, since)
        day -= timedelta(days=(day.weekday() if forecast.days > 1 else 0))
        while day <= min(event.ends_on, until):
            found[day].append(f"{event.get_kind_display()}: {event.name}")
            day += timedelta(days=forecast.days)
    return found


def _chart(forecast: Forecast, past: Sequence[Any], ahead: Sequence[Any], events: dict[date, list[str]]) -> str:
    before, after = [None] * len(past), [None] * len(ahead)
    days = [*(day for day, _value in past), *(row[0] for row in ahead)]
    values = [*(value for _day, value in past), *(row[1] for row in ahead)]
    marked = [
        (0 if value is None else value) if day in events else None for day, value in zip(days, values, strict=True)
    ]
    joined = [*before[:-1], past[-1][1]] if past else before
    line = {"type": "line", "spanGaps": False, "tension": 0}
    band = {"type": "bar", "grouped": False, "barPercentage": 1, "categoryPercentage": 1, "order": 3}
    datasets: list[dict[str, Any]] = [
        {
            **line,
            "label": _("Demand"),
            "data": [*(v for _d, v in past), *after],
            "borderColor": GREY,
            "order": 1,
        },
        {
            **line,
            "label": _("Forecast"),
            "data": [*joined, *(row[1] for row in ahead)],
            "borderColor": BLUE,
            "borderDash": [5, 4],
            "order": 1,
        },
        {
            **band,
            "label": _("Interval (80 %)"),
            "data": [*before, *([row[3], row[4]] for row in ahead)],
            "backgroundColor": f"{BLUE}55",
            "order": 2,
        },
        {
            **band,
            "label": _("Interval (95 %)"),
            "data": [*before, *([row[2], row[5]] for row in ahead)],
            "backgroundColor": f"{BLUE}2b",
        },
    ]
    if any(value is not None for value in marked):
        mark = {"showLine": False, "pointStyle": "triangle", "pointRadius": 6, "pointBackgroundColor": AMBER}
        datasets.append({**line, **mark, "label": _("Event"), "data": marked, "borderColor": AMBER, "order": 0})
    return json.dumps({"labels": [_name(day) for day in days], "datasets": datasets})


def _season(forecast: Forecast, ahead: Sequence[Any]) -> list[tuple[str, str]]:
    factors = forecast.drivers.get("season") or []
    named = [
        (str(date_format(row[0], "l")) if forecast.days == 1 else _name(row[0]), f"× {figure(factor)}")
        for row, factor in zip(ahead, factors, strict=False)
    ]
    return named[:WEEKDAYS] if forecast.days == 1 else named


def _tests(tests: list[BackTest]) -> list[dict[str, Any]]:
    """By model: a line for each cut-off, and their means."""
    by_tier: dict[str, list[BackTest]] = defaultdict(list)
    for test in tests:
        by_tier[test.tier].append(test)
    return [
        {
            "name": mine[0].get_tier_display(),
            "is_winner": mine[0].is_winner,
            "mean": _test_line(
                _("all"), _whole(mine), *(_mean([getattr(test, name) for test in mine]) for name in _MEASURES[1:])
            ),
            "lines": [_test_line(_name(test.origin), *(getattr(test, name) for name in _MEASURES)) for test in mine],
        }
        for mine in by_tier.values()
    ]


_MEASURES = ("wape", "mase", "pinball_10", "pinball_50", "pinball_90", "covered_80", "covered_95")


def _test_line(name: str, wape: Any, mase: Any, p10: Any, p50: Any, p90: Any, c80: Any, c95: Any) -> dict[str, Any]:
    return {"name": name, "cells": [share(wape), *(figure(x) for x in (mase, p10, p50, p90)), share(c80), share(c95)]}


def _whole(tests: Sequence[BackTest]) -> float | None:
    """WAPE over all cut-offs: of the sums, so that a quiet month does not weigh like a busy one."""
    demand = sum(test.demand for test in tests)
    return sum(test.error for test in tests) / demand if demand else None


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
