"""`/metrics`: figures for Prometheus. Those of requests are of all processes of this web server; the rest is read from
the database and Redis, and is the same wherever it is asked."""

import os
import secrets
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotInTime
from contextlib import suppress
from datetime import datetime

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_celery_beat.models import PeriodicTask
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from analytics.models import ScoringRun
from crm import VERSION, health
from crm.watch import heard
from crm.watch.requests import REGISTRY
from crm.watch.waiting import waiting
from customers.operations.backup_state import backup_state
from services.models import Ticket

# Prometheus gives up after ten.
DATABASE_SECONDS = 4.0
Values = Mapping[tuple[str, ...], float]
_thread = ThreadPoolExecutor(max_workers=2, thread_name_prefix="metrics")


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures, for whoever has CRM_METRICS_TOKEN (`Authorization: Bearer ...`). 404 where none is set, so that
    nothing is open by default; 401 without the right one."""
    if not settings.METRICS_TOKEN:
        raise Http404
    if not _may_read(request):
        return HttpResponse("401\n", status=401, headers={"WWW-Authenticate": "Bearer"}, content_type="text/plain")
    figures = CollectorRegistry(auto_describe=False)
    figures.register(Figures(timezone.now()))
    return HttpResponse(generate_latest(_of_requests()) + generate_latest(figures), content_type=CONTENT_TYPE_LATEST)


def _may_read(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").encode()
    return secrets.compare_digest(given, f"Bearer {settings.METRICS_TOKEN}".encode())


def _of_requests() -> CollectorRegistry:
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:  # one process: its own numbers are all
        return REGISTRY
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return together


class Figures(Collector):
    """What is so now. A part that does not answer is left out; `candid_up` says which."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def collect(self) -> Iterator[Metric]:
        """Each figure, with what it means."""
        yield _gauge("candid_info", "The version that runs.", ("version",), {(VERSION,): 1})
        asked = health.CHECKS | health.OF_A_RELEASE | health.OF_THE_WORK
        up: dict[tuple[str, ...], float] = {(part,): answer == "ok" for part, answer in health.answers(asked).items()}
        yield _gauge("candid_up", "Whether a part is as it should be: 1 or 0.", ("part",), up)
        with suppress(redis.RedisError):  # then candid_up{part="redis"} is 0
            yield from _of_redis()
        if up[("database",)]:
            with suppress(NotInTime, DatabaseError):  # it went away just now
                yield from _thread.submit(_of_database, self.at).result(timeout=DATABASE_SECONDS)


def _of_redis() -> list[Metric]:
    workers, queues = heard.workers(), heard.queues()
    youngest: Values = {(): min(one.age for one in workers)} if workers else {}
    answered: Values = {(queue.name,): queue.age for queue in queues if queue.age is not None}
    readers: Values = {(queue.name,): queue.readers for queue in queues}
    return [
        _gauge("candid_workers", "Workers heard within a minute.", (), {(): sum(one.is_alive for one in workers)}),
        _gauge("candid_worker_age_seconds", "Since any worker was heard.", (), youngest),
        _gauge("candid_queue_messages", "Messages that wait.", ("queue",), {(q.name,): q.waiting for q in queues}),
        _gauge("candid_queue_workers", "Live workers that read it.", ("queue",), readers),
        _gauge("candid_queue_age_seconds", "Since a message of beat came through.", ("queue",), answered),
    ]


def _of_database(at: datetime) -> list[Metric]:
    try:
        return [*_of_rows(at), *_of_runs(at), *_of_backups(at)]
    finally:
        connection.close()


def _of_rows(at: datetime) -> Iterator[Metric]:
    rows = waiting(at=at)
    yield _gauge("candid_waiting", "Rows that a worker could take now.", ("kind",), {(r.kind,): r.count for r in rows})
    ages: Values = {(row.kind,): row.seconds(at=at) for row in rows}
    yield _gauge("candid_waiting_oldest_seconds", "Since the oldest of them fell due.", ("kind",), ages)
    yield _gauge("candid_tickets_unsolved", "Tickets not solved yet.", (), {(): Ticket.objects.unsolved().count()})
    beat = PeriodicTask.objects.exclude(last_run_at=None).order_by("-last_run_at").first()
    if beat is not None and beat.last_run_at is not None:
        age = (at - beat.last_run_at).total_seconds()
        yield _gauge("candid_beat_age_seconds", "Since beat sent anything.", (), {(): max(0.0, age)})


def _of_runs(at: datetime) -> Iterator[Metric]:
    newest = ScoringRun.objects.over_everybody().exclude(finished_at=None).order_by("-finished_at").first()
    if newest is None or newest.finished_at is None:
        return
    age, took = at - newest.finished_at, newest.finished_at - newest.started_at
    yield _gauge("candid_score_run_age_seconds", "Since scores of everybody were made.", (), {(): age.total_seconds()})
    yield _gauge("candid_score_run_seconds", "How long that took.", (), {(): took.total_seconds()})
    yield _gauge("candid_score_run_customers", "Customers scored in it.", (), {(): newest.customers})
    yield _gauge("candid_score_run_failed", "Customers that failed in it.", (), {(): newest.failed})


def _of_backups(at: datetime) -> Iterator[Metric]:
    if age := backup_state(at=at).age:
        yield _gauge("candid_backup_age_seconds", "Of the newest verified backup.", (), {(): age.total_seconds()})


def _gauge(name: str, text: str, labels: tuple[str, ...], values: Values) -> Metric:
    family = GaugeMetricFamily(name, text, labels=labels)
    for named, value in values.items():
        family.add_metric(list(named), float(value))
    return family
