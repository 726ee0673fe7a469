"""The page of a run: a card that is alive while the run goes on, and what failed, with the customer and the error."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from analytics.admin.chart_options import COUNT_BARS
from analytics.admin.words import elapsed
from analytics.choices import RunState
from analytics.models import ScoringChunk, ScoringRun
from analytics.operations.resume_run import NothingToResume, resume_run
from analytics.operations.run_progress import CHUNK_STATES, RunProgress, run_progress
from analytics.tasks import work
from customers.choices import LeaseState
from customers.models import Customer
from customers.tasks import poke

TONES = {RunState.RUNNING: "fair", RunState.DONE: "good", RunState.PARTIAL: "bad", RunState.SKIPPED: "warn"}
SHOWN_FAILURES = 50
SHOWN_RUNS = 30
LEAST_RUNS = 2
BLUE = "#3c9aa6"  # reads on light and dark alike


@dataclass(frozen=True, slots=True)
class Failure:
    """What was given up on: one customer, or a range where its workers died each time; and why."""

    name: str
    link: str
    error: str
    attempts: int


def nights_context() -> dict[str, Any]:
    """How long the last runs over everybody took, for the chart above the list; nothing before there are two."""
    columns = ("started_at", "finished_at", "customers")
    rows = list(ScoringRun.objects.over_everybody().exclude(finished_at=None).values_list(*columns)[:SHOWN_RUNS])[::-1]
    if len(rows) < LEAST_RUNS:
        return {}
    took = [round((end - start).total_seconds(), 1) for start, end, _customers in rows]
    people = [customers for _start, _end, customers in rows]
    speeds = [number / seconds if seconds else 0.0 for number, seconds in zip(people, took, strict=True)]
    names = [date_format(timezone.localtime(start), "SHORT_DATETIME_FORMAT") for start, _end, _customers in rows]
    bars = {"label": _("seconds"), "data": took, "backgroundColor": BLUE, "borderRadius": 2, "maxBarThickness": 32}
    return {
        "nights_chart": json.dumps({"labels": names, "datasets": [bars]}),
        "nights_options": json.dumps(COUNT_BARS),
        "nights": [
            (name, elapsed(seconds), _number(number), _number(speed))
            for name, seconds, number, speed in zip(names, took, people, speeds, strict=True)
        ],
    }


def run_context(request: HttpRequest, run: ScoringRun, *, at: datetime) -> dict[str, Any]:
    """What `admin/analytics/run/card.html` needs."""
    found = run_progress(run=run, at=at)
    failures = _failures(request, run) if found.failed else []
    return {
        "run": run,
        "found": found,
        "run_tone": TONES[RunState(run.state)],
        "run_goes_on": run.state == RunState.RUNNING,
        "run_poll": reverse("admin:analytics_scoringrun_progress", args=[run.pk]),
        "run_page": reverse("admin:analytics_scoringrun_change", args=[run.pk]),
        "run_figures": _figures(run, found),
        "run_chunks": [(LeaseState(state).label, found.chunks[state]) for state in CHUNK_STATES],
        "failures": failures,
        "more_failures": max(0, found.chunks[LeaseState.FAILED] - len(failures)),
        "may_resume": bool(found.failed) and run.state != RunState.SKIPPED and may_resume(request),
    }


def progress_answer(request: HttpRequest, run: ScoringRun, *, at: datetime) -> HttpResponse:
    """The answer to a page that asks how far the run is. When it has ended the page is loaded anew."""
    context = run_context(request, run, at=at)
    response = TemplateResponse(request, "admin/analytics/run/card.html", context)
    if not context["run_goes_on"]:
        response.headers["HX-Refresh"] = "true"
    return response


def may_resume(request: HttpRequest) -> bool:
    """Whether the user may have failed parts tried again."""
    return request.user.has_perm("analytics.change_scoringrun")


def resume(request: HttpRequest, run: ScoringRun, *, at: datetime) -> bool:
    """Have the failed parts tried again, and say so; False where there were none."""
    try:
        resume_run(run=run, at=at)
    except NothingToResume:
        messages.warning(request, _("There is nothing to try again: nothing failed, or a newer run took its place."))
        return False
    transaction.on_commit(partial(poke, work), robust=True)
    messages.success(request, _("The failed parts are tried again. What was scored before stays."))
    return True


def _figures(run: ScoringRun, found: RunProgress) -> list[tuple[str, str, str]]:
    """Name, value and note of each tile."""
    left = found.seconds_left if run.state == RunState.RUNNING else None
    return [
        (
            _("Customers scored"),
            _number(found.done),
            _("of %(number)s") % {"number": _number(found.planned)},
        ),
        (
            _("Speed"),
            "–" if found.rate is None else _("%(number)s/s") % {"number": _number(found.rate)},
            _("customers a second, all workers together"),
        ),
        (
            _("Time so far") if run.state == RunState.RUNNING else _("Took"),
            elapsed(found.seconds),
            _("about %(time)s to go") % {"time": elapsed(left)} if left else "",
        ),
        (
            _("Slowest part"),
            _("%(number)s s") % {"number": number_format(round(found.slowest, 2), 2)},
            _("%(time)s of work in all") % {"time": elapsed(found.work_seconds)},
        ),
        (_("Failed"), _number(found.failed), _("customers without a new score") if found.failed else ""),
    ]


def _number(value: float) -> str:
    return str(number_format(round(value), 0, force_grouping=True))


def _failures(request: HttpRequest, run: ScoringRun) -> list[Failure]:
    """The customers and errors; who may not be seen is told by key alone."""
    chunks = list(run.chunks.filter(state=LeaseState.FAILED).order_by("lo")[:SHOWN_FAILURES])
    alone = [chunk.lo for chunk in chunks if chunk.lo == chunk.hi]
    user: Any = request.user
    names = dict(Customer.objects.visible_to(user).filter(pk__in=alone).values_list("pk", "name"))
    if not request.user.has_perm("customers.view_customer"):
        names = {}
    return [_failure(chunk, names) for chunk in chunks]


def _failure(chunk: ScoringChunk, names: dict[int, str]) -> Failure:
    error = chunk.error or _("its workers died each time it was tried")
    if chunk.lo != chunk.hi:
        name = _("customers %(lo)d to %(hi)d") % {"lo": chunk.lo, "hi": chunk.hi}
        return Failure(name, "", error, chunk.attempts)
    if chunk.lo not in names:
        return Failure(_("customer %(id)d") % {"id": chunk.lo}, "", error, chunk.attempts)
    link = reverse("admin:customers_customer_page", args=[chunk.lo])
    return Failure(names[chunk.lo], link, error, chunk.attempts)
