"""The charts of behaviour reports, with the address behind each bar and point."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from analytics.admin.chart_options import COUNT_BARS, COUNTS_OF_EACH
from analytics.behaviour.paths import OTHER
from analytics.exporters.behaviour import event_words, series_words, step_names
from analytics.operations.run_report import Found, Report

# Colours that read on light and dark alike.
COLOURS = ("#3c9aa6", "#d9993c", "#3f9e74", "#8b6fc0", "#c9605c", "#5b86c4", "#a3893b", "#b0609a", "#7d8a91", "#4aa3a3")
Link = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart, and by dataset and point the address that a click opens."""

    title: str
    type: str
    data: str
    options: str
    links: str


def charts_of(report: Report, found: Found, link: Link) -> list[Chart]:
    """The charts of what was found, among everybody or in one segment."""
    if found.series is not None:
        return _trend(report, found, link)
    if found.funnel is not None:
        return [_funnel(report, found, link)]
    if found.cohorts is not None:
        return [_retention(report, found)]
    if found.path is not None:
        return [_paths(report, found, link)]
    return _sessions(report, found, link)


def _chart(
    title: str, type: str, labels: list[str], sets: list[dict[str, Any]], links: list[list[str]], **options: Any
) -> Chart:
    usual = COUNTS_OF_EACH if len(sets) > 1 else COUNT_BARS
    data = {"labels": labels, "datasets": sets}
    return Chart(title, type, json.dumps(data), json.dumps({**usual, **options}), json.dumps(links))


def _set(number: int, label: str, values: list[Any], *, is_line: bool) -> dict[str, Any]:
    colour = COLOURS[number % len(COLOURS)]
    if not is_line:
        return {"label": label, "data": values, "backgroundColor": colour, "borderRadius": 3, "maxBarThickness": 48}
    points = {"pointRadius": 3 if len(values) < 40 else 0}
    return {"label": label, "data": values, "borderColor": colour, "backgroundColor": colour, "tension": 0, **points}


def _trend(report: Report, found: Found, link: Link) -> list[Chart]:
    series, labels = found.series or [], step_names(report)
    is_line = len(labels) > 1
    names = [series_words(report, one) for one in series]
    links = [[link(found.report.cell(one, step)) for step in range(len(labels))] for one in series]
    charts = []
    for title, values in (
        (_("People"), [one.people for one in series]),
        (_("Events"), [one.events for one in series]),
    ):
        sets = [
            _set(number, name, points, is_line=is_line)
            for number, (name, points) in enumerate(zip(names, values, strict=True))
        ]
        charts.append(_chart(title, "line" if is_line else "bar", labels, sets, links))
    return charts


def _funnel(report: Report, found: Found, link: Link) -> Chart:
    steps = found.funnel or []
    labels = [f"{number}. {event_words(step)}" for number, step in enumerate(report.definition.steps, 1)]
    values = _set(0, _("People"), [step.people for step in steps], is_line=False)
    return _chart(_("People"), "bar", labels, [values], [[link(f"reached:{number}") for number in range(len(steps))]])


def _retention(report: Report, found: Found) -> Chart:
    """Of all cohorts together, of whom a column is over: the share that was back in it."""
    cohorts, shares = found.cohorts or [], []
    for column in range(report.definition.columns + 1):
        over = [
            one for one in cohorts if one.back[column] is not None and not found.report.is_partial(one.step, column)
        ]
        people = sum(one.people for one in over)
        shares.append(round(100 * sum(one.back[column] or 0 for one in over) / people, 2) if people else None)
    line = _set(0, _("Came back, in percent of all who began"), shares, is_line=True)
    return _chart(_("All together"), "line", [str(n) for n in range(len(shares))], [line], [])


def _paths(report: Report, found: Found, link: Link) -> Chart:
    steps = found.path or []
    sign = "−" if report.definition.is_backwards else "+"
    labels = [f"{sign}{number}" for number in range(1, len(steps) + 1)]
    keys = dict.fromkeys(place.name for step in steps for place in step.places if place.name != OTHER)
    sets, links = [], []
    for number, key in enumerate([*keys, OTHER]):
        places = [next((place for place in step.places if place.name == key), None) for step in steps]
        people = [place.people if place else 0 for place in places]
        if any(people):
            name = _("all others") if key == OTHER else report.names.get(key, "?")
            sets.append({**_set(number, name, people, is_line=False), "stack": "paths"})
            links.append([link(place.cell) if place else "" for place in places])
    ended = [step.ended for step in steps]
    if any(ended):
        sets.append(
            {**_set(8, _("nothing more"), ended, is_line=False), "backgroundColor": "#9aa7ad55", "stack": "paths"}
        )
        links.append([link(step.ended_cell) for step in steps])
    return _chart(_("People"), "bar", labels, sets, links)


def _sessions(report: Report, found: Found, link: Link) -> list[Chart]:
    _whole, each = found.sessions or (None, [])
    labels = step_names(report)
    links = [[link(f"people:{step}") for step in range(len(each))]] * 2
    counts = [
        _set(0, pgettext("of events", "Sessions"), [one.sessions for one in each], is_line=False),
        _set(1, _("People"), [one.people for one in each], is_line=False),
    ]
    bounces = _set(0, _("Bounce rate, in percent"), [_percent(one.bounce_rate) for one in each], is_line=True)
    return [
        _chart(pgettext("of events", "Sessions"), "bar", labels, counts, links),
        _chart(
            _("Bounce rate, in percent"), "line", labels, [bounces], [[link(f"bounced:{n}") for n in range(len(each))]]
        ),
    ]


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 2)
