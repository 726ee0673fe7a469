"""The page “System”: how the installation does, and what to do where something is wrong. For administrators."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import redis
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from analytics.choices import RunState
from analytics.models import ScoringRun
from crm import VERSION, health
from crm.watch import heard, machine, slow_queries
from crm.watch.advice import parts_from, waiting_name
from crm.watch.waiting import Waiting, waiting
from customers.admin.words import ago

# Whoever may see the keys of the encryption looks after the installation.
MAY_SEE = "customers.view_datakey"
RUN_TONES = {RunState.RUNNING: "fair", RunState.DONE: "good", RunState.PARTIAL: "bad", RunState.SKIPPED: "warn"}
SHOWN_RUNS = 8
SHOWN_QUERIES = 15
WAITS_LONG = {"warn": timedelta(minutes=5), "bad": timedelta(hours=1)}


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """Rows of one kind that wait. `since`: in words, empty where nothing waits."""

    name: str
    count: int
    since: str
    tone: str
    queue: str
    link: str


def may_see_system(request: HttpRequest) -> bool:
    """Whether the user looks after the installation."""
    user: Any = request.user
    return bool(user.is_active and user.has_perm(MAY_SEE))


@require_safe
def system_page(request: HttpRequest) -> HttpResponse:
    """Show it. Reads only; comes within a few seconds, whatever does not answer."""
    if not may_see_system(request):
        raise PermissionDenied
    request.current_app = admin.site.name
    asked = health.CHECKS | health.OF_A_RELEASE | health.OF_THE_WORK
    answers = health.answers(asked)
    context = {
        **admin.site.each_context(request),
        "title": pgettext("page", "System"),
        "crumbs": [{"title": pgettext("page", "System"), "link": ""}],
        "parts": parts_from(answers),
        "waiting": _waiting_lines(),
        "runs": _runs(),
        "pending": health.pending_migrations() if answers["migrations"] != "ok" else [],
        "packages": machine.packages(),
        **_machine(),
        **(_from_redis() if answers["redis"] == "ok" else {"redis_silent": True}),
    }
    context["wrong"] = [part for part in context["parts"] if part.tone != "good"]
    return TemplateResponse(request, "admin/system/page.html", context)


def _machine() -> dict[str, Any]:
    disk = machine.disk()
    return {
        "versions": machine.versions(),
        "tiles": [
            (_("Version"), VERSION, "", ""),
            (_("Database"), machine.database_kind(), filesizeformat(machine.database_bytes()), ""),
            (
                _("Free on the disk"),
                filesizeformat(disk.free),
                _("of %(size)s") % {"size": filesizeformat(disk.total)},
                "" if disk.tone == "good" else disk.tone,
            ),
        ],
        "disk_tone": disk.tone,
    }


def _from_redis() -> dict[str, Any]:
    try:
        workers, queues, slow = heard.workers(), heard.queues(), slow_queries.newest()[:SHOWN_QUERIES]
    except redis.RedisError:
        return {"redis_silent": True}
    at = timezone.now()
    return {
        "workers": [(worker, _seconds_ago(worker.age), ", ".join(worker.queues)) for worker in workers],
        "queues": [(queue, _seconds_ago(queue.age)) for queue in queues],
        "slow": [(query, ago(query.moment, at=at)) for query in slow],
        "workers_alive": sum(worker.is_alive for worker in workers),
    }


def _seconds_ago(age: int | None) -> str:
    if age is None:
        return _("not within a day")
    if age < 60:
        return _("%(number)s s ago") % {"number": age}
    at = timezone.now()
    return ago(at - timedelta(seconds=age), at=at)


def _waiting_lines() -> list[WaitingLine]:
    return [_waiting_line(row) for row in waiting(at=timezone.now())]


def _waiting_line(row: Waiting) -> WaitingLine:
    at = timezone.now()
    name, queue, page = waiting_name(row.kind)
    since = timesince(row.since, at, depth=1) if row.since else ""
    age = timedelta(seconds=row.seconds(at=at))
    tone = next((tone for tone in ("bad", "warn") if row.count and age >= WAITS_LONG[tone]), "")
    return WaitingLine(name, row.count, since, tone, queue, reverse(page))


def _runs() -> list[tuple[ScoringRun, str, str, str]]:
    at = timezone.now()
    rows = ScoringRun.objects.filter(~Q(kind="sweep") | Q(failed__gt=0)).order_by("-id")[:SHOWN_RUNS]
    return [
        (
            run,
            RUN_TONES[RunState(run.state)],
            ago(run.finished_at or run.started_at, at=at),
            reverse("admin:analytics_scoringrun_change", args=[run.pk]),
        )
        for run in rows
    ]
