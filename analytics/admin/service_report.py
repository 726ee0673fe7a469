"""“Service reports”: how the desk does. Every number of tickets leads to exactly those tickets."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from analytics.admin.chart_options import COUNT_BARS, COUNTS_OF_EACH
from analytics.admin.report_form import ReportForm
from analytics.choices import Granularity
from analytics.operations.fact_words import duration
from analytics.operations.service_report import Distribution, Group, Kept, ServiceReport, Step, Targets, service_report
from customers.stale_reads import stale_reads
from services.admin.percents import percent
from services.choices import SLAClock

# Colours that read on light and dark alike.
BLUE, GREEN, AMBER = "#3c9aa6", "#3f9e74", "#d9993c"
GOOD, FAIR = 95, 80


@dataclass(frozen=True, slots=True)
class Number:
    """A number and the tickets behind it; without tickets it leads nowhere."""

    value: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """A number with its name, and how it came about."""

    name: str
    value: Number
    note: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """The share of targets that were kept; the tickets that kept it, and those that missed it."""

    percent: str
    tone: str
    kept: Number
    missed: Number


class Links:
    """Addresses of lists that hold exactly the tickets of a number."""

    def __init__(self, request: HttpRequest, given: dict[str, Any]) -> None:
        self.list = reverse("admin:services_ticket_changelist")
        self.beside = {
            f"{name}__id__exact": row.pk
            for name, row in (("queue", given["queue"]), ("assignee", given["agent"]))
            if row is not None
        }

    def to(self, cohort: str, start: datetime, end: datetime, **more: Any) -> str:
        """The tickets of a cohort in a time."""
        span = {"cohort": cohort, "from": start.astimezone(UTC).isoformat(), "to": end.astimezone(UTC).isoformat()}
        return f"{self.list}?{urlencode({**span, **self.beside, **more})}"

    def number(self, count: int, cohort: str, start: datetime, end: datetime, **more: Any) -> Number:
        """A number of tickets that leads to them."""
        text = str(number_format(count, 0, force_grouping=True))
        return Number(text, self.to(cohort, start, end, **more) if count else "")


def service_report_page(request: HttpRequest) -> HttpResponse:
    """Render the page for whoever may see tickets. Nonsense in the form is said, and no report is shown."""
    if not request.user.has_perm("services.view_ticket"):
        raise PermissionDenied
    user: Any = request.user
    form = ReportForm(request.GET, user=user, today=timezone.localdate())
    context = {**admin.site.each_context(request), "title": _("Service reports"), "form": form}
    if form.is_valid():
        given = form.cleaned_data
        queue, agent = given["queue"], given["agent"]
        chosen = {"queue": queue and queue.pk, "agent": agent and agent.pk}
        with stale_reads():
            report = service_report(user=user, period=given["period"], **chosen)
        context |= shown(report, Links(request, given))
    return TemplateResponse(request, "admin/analytics/service_report.html", context)


def shown(report: ServiceReport, links: Links) -> dict[str, Any]:
    """What the page shows of a report."""
    start, end = report.period.start, report.period.end
    whole: Callable[..., Number] = lambda count, cohort, **more: links.number(count, cohort, start, end, **more)  # noqa: E731
    return {
        "tiles": _tiles(report, whole),
        "clocks": [clock.label for clock in SLAClock],
        "rows": [_row(step, report.period.granularity, links) for step in report.steps],
        "flow": _flow_chart(report),
        "backlog": _backlog_chart(report),
        "each_options": json.dumps(COUNTS_OF_EACH),
        "bar_options": json.dumps(COUNT_BARS),
        "distributions": [
            _distribution(_("Time to the first reply"), report.first_reply, "replied", whole),
            _distribution(_("Time to the solution"), report.resolution, "resolved", whole),
        ],
        "groups": [
            (_("Queue"), [_group(group, "queue__id__exact", whole) for group in report.queues]),
            (_("Agent"), [_group(group, "assignee__id__exact", whole) for group in report.agents]),
        ],
        "is_empty": not (report.opened or report.solved or report.steps[-1].open_at_end),
    }


def _tiles(report: ServiceReport, whole: Callable[..., Number]) -> list[Tile]:
    first, resolution = report.targets[SLAClock.FIRST_REPLY], report.targets[SLAClock.RESOLUTION]
    return [
        Tile(_("Opened"), whole(report.opened, "opened")),
        Tile(_("Solved"), whole(report.solved, "solved")),
        Tile(_("Open at the end"), whole(report.steps[-1].open_at_end, "open")),
        _share_tile(_("First reply in time"), first, "first_reply", whole),
        _share_tile(_("Solved in time"), resolution, "resolution", whole),
        Tile(
            _("Reopened"),
            Number(_percent(report.reopened, report.ever_solved), whole(report.reopened, "reopened").link),
            _("%(some)s of %(all)s opened in the period and solved")
            % {"some": number_format(report.reopened, 0), "all": number_format(report.ever_solved, 0)},
        ),
        Tile(
            _("CSAT"),
            Number(
                "–" if report.csat is None else str(number_format(round(report.csat, 2), 2)),
                whole(report.rated, "rated").link,
            ),
            _("of 5, from %(count)s tickets") % {"count": number_format(report.rated, 0)},
        ),
        Tile(
            _("Response rate"),
            Number(_percent(report.answered, report.asked), whole(report.asked, "asked").link),
            _answers(report),
        ),
    ]


def _answers(report: ServiceReport) -> str:
    if not report.asked:
        return _("Nobody was asked for a rating in this period.")
    numbers = {"answered": number_format(report.answered, 0), "asked": number_format(report.asked, 0)}
    return _("%(answered)s of %(asked)s customers answered") % numbers


def _share_tile(name: str, kept: Kept, clock: str, whole: Callable[..., Number]) -> Tile:
    note = _("%(kept)s kept, %(missed)s missed")
    note %= {"kept": number_format(kept.kept, 0), "missed": number_format(kept.missed, 0)}
    cell = _cell(kept, clock, whole)
    return Tile(name, Number(cell.percent, cell.missed.link or cell.kept.link), note, cell.tone)


def _percent(some: int, everything: int) -> str:
    share = percent(some, everything)
    return "–" if share is None else f"{share} %"


def _cell(kept: Kept, clock: str, number: Callable[..., Number], **more: Any) -> Cell:
    share = kept.percent
    tone = "" if share is None else "good" if share >= GOOD else "warn" if share >= FAIR else "bad"
    return Cell(
        percent=_percent(kept.kept, kept.kept + kept.missed),
        tone=tone,
        kept=number(kept.kept, f"{clock}_kept", **more),
        missed=number(kept.missed, f"{clock}_missed", **more),
    )


def _cells(targets: Targets, number: Callable[..., Number], **more: Any) -> list[Cell]:
    return [_cell(targets[clock], clock.value, number, **more) for clock in SLAClock]


def _row(step: Step, granularity: Granularity, links: Links) -> dict[str, Any]:
    def number(count: int, cohort: str, **more: Any) -> Number:
        return links.number(count, cohort, step.start, step.end, **more)

    return {
        "name": _name(step, granularity),
        "opened": number(step.opened, "opened"),
        "solved": number(step.solved, "solved"),
        "open": number(step.open_at_end, "open"),
        "cells": _cells(step.targets, number),
    }


def _name(step: Step, granularity: Granularity) -> str:
    style = "YEAR_MONTH_FORMAT" if granularity == Granularity.MONTH else "SHORT_DATE_FORMAT"
    return str(date_format(step.first, style))


def _group(group: Group, parameter: str, whole: Callable[..., Number]) -> dict[str, Any]:
    more = {"nobody": 1} if group.key is None else {parameter: group.key}
    return {"name": group.name or _("Nobody"), "cells": _cells(group.targets, whole, **more)}


def _backlog_chart(report: ServiceReport) -> str:
    labels = [_name(step, report.period.granularity) for step in report.steps]
    line = {
        "label": _("Open at the end"),
        "data": [step.open_at_end for step in report.steps],
        "borderColor": AMBER,
        "backgroundColor": f"{AMBER}33",
        "fill": True,
        "tension": 0,
    }
    return json.dumps({"labels": labels, "datasets": [line]})


def _flow_chart(report: ServiceReport) -> str:
    labels = [_name(step, report.period.granularity) for step in report.steps]
    bars = [
        {"label": _("Opened"), "data": [step.opened for step in report.steps], "backgroundColor": BLUE},
        {"label": _("Solved"), "data": [step.solved for step in report.steps], "backgroundColor": GREEN},
    ]
    return json.dumps({"labels": labels, "datasets": [{**bar, "borderRadius": 2} for bar in bars]})


def _distribution(name: str, found: Distribution, cohort: str, whole: Callable[..., Number]) -> dict[str, Any]:
    labels = [_range(bar.least, bar.below) for bar in found.bars]
    bars = {
        "data": [bar.count for bar in found.bars],
        "backgroundColor": BLUE,
        "borderRadius": 3,
        "label": _("tickets"),
    }
    return {
        "name": name,
        "count": whole(found.count, cohort),
        "median": None if found.median is None else duration(found.median),
        "p90": None if found.p90 is None else duration(found.p90),
        "chart": json.dumps({"labels": labels, "datasets": [bars]}),
        "rows": [
            (label, whole(bar.count, cohort, least=bar.least, **({} if bar.below is None else {"below": bar.below})))
            for label, bar in zip(labels, found.bars, strict=True)
        ],
    }


def _range(least: int, below: int | None) -> str:
    if below is None:
        return _("%(time)s or more") % {"time": duration(least)}
    return f"< {duration(below)}" if not least else f"{duration(least)} – {duration(below)}"
