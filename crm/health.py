"""Is the product alive, and can it work? For load balancers, the run command and the person on call."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotInTime
from datetime import timedelta

from django.conf import settings
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_celery_beat.models import PeriodicTask

from analytics.choices import RunKind
from analytics.models import ScoringRun
from crm.celery import WORKER_HEARD_KEY, WORKER_HEARD_SECONDS
from crm.db.replica import REPLICA
from crm.watch.heard import queues, redis_client
from customers.operations.backup_state import backup_state

ANSWER_SECONDS = 1.8  # the answer comes within two
BEAT_HEARD_WITHIN = timedelta(seconds=120)
# The nightly run begins at 02:00 and may take hours; a whole day without one is a fault.
RUN_WITHIN = timedelta(hours=36)

Check = Callable[[], bool | str]

# The checks run beside the request: a frozen database or broker then costs a moment, not the whole request. One of a
# kind at a time, whoever asks, so that a frozen part keeps one thread and not all.
_threads = ThreadPoolExecutor(max_workers=16, thread_name_prefix="health")
_running: "dict[Check, Future[bool | str]]" = {}
_lock = threading.Lock()


class AnyHost:
    """Middleware: health and metrics answer under whatever name they are asked: a load balancer asks by the address of
    the machine or container, which ALLOWED_HOSTS cannot know. None of these answers uses the name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        if request.path_info.startswith("/health/") or request.path_info == "/metrics":
            own = settings.ALLOWED_HOSTS[0].lstrip("*.") if settings.ALLOWED_HOSTS else ""
            request.META["HTTP_HOST"] = own or "localhost"
        return self.get_response(request)


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """Say that the web process answers; nothing else is asked."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Say what works: 503 only without the database, since everything else heals by itself."""
    checks = answers(CHECKS)
    if checks["database"] != "ok":
        return JsonResponse({"status": "down", "checks": checks}, status=503)
    status = "ok" if set(checks.values()) == {"ok"} else "degraded"
    return JsonResponse({"status": status, "checks": checks})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """For load balancers: may requests be sent to this process? 503 without the database or its newest tables; without
    Redis or a worker the pages still answer, so these do not count."""
    checks = answers(CHECKS | OF_A_RELEASE)
    failing = [name for name in NEEDED if checks[name] != "ok"]
    return _told("not ready" if failing else "ready", failing, checks)


@never_cache
@require_safe
def everything(request: HttpRequest) -> JsonResponse:
    """For whoever is on call: 503 when anything is not as it should be."""
    checks = answers(CHECKS | OF_A_RELEASE | OF_THE_WORK)
    failing = [name for name, answer in checks.items() if answer != "ok"]
    return _told("failing" if failing else "ok", failing, checks)


def answers(asked: "dict[str, Check]") -> dict[str, str]:
    """What each check says: `ok`, or in a few words what is wrong. Never a text of an error, which may hold secrets.
    Comes within two seconds, whatever is frozen."""
    started = {name: _start(check) for name, check in asked.items()}
    deadline = time.monotonic() + ANSWER_SECONDS
    return {name: _answer(future, deadline) for name, future in started.items()}


def _told(status: str, failing: list[str], checks: dict[str, str]) -> JsonResponse:
    return JsonResponse({"status": status, "failing": failing, "checks": checks}, status=503 if failing else 200)


def _start(check: Check) -> "Future[bool | str]":
    """The answer of this check that is being waited for, or a new one."""
    with _lock:
        running = _running.get(check)
        if running is None or running.done():
            running = _running[check] = _threads.submit(check)
        return running


def _answer(future: "Future[bool | str]", deadline: float) -> str:
    try:
        heard = future.result(timeout=max(0.0, deadline - time.monotonic()))
    except NotInTime:
        return "no answer"
    except Exception as error:  # whatever a driver raises, health must answer; the class name says enough
        return type(error).__name__
    if isinstance(heard, str):
        return heard
    return "ok" if heard else "not heard from"


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone() == (1,))
    finally:
        connection.close()


def pending_migrations() -> list[str]:
    """The migrations that this code has and the database has not, in their order."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


_migrated = threading.Event()


def _migrations() -> str:
    if _migrated.is_set():  # code does not get newer while it runs, and nothing is unmigrated below it
        return "ok"
    try:
        pending = len(pending_migrations())
    finally:
        connection.close()
    if pending:
        return f"{pending} to be applied"
    _migrated.set()
    return "ok"


def _replica() -> bool:
    try:
        with connections[REPLICA].cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone() == (1,))
    finally:
        connections[REPLICA].close()


def _redis() -> bool:
    with redis_client() as client:
        return client.ping() is True


def _worker() -> bool:
    with redis_client() as client:
        heard_at = client.get(WORKER_HEARD_KEY)
    return heard_at is not None and time.time() - int(str(heard_at)) < WORKER_HEARD_SECONDS


def _beat() -> bool:
    since = timezone.now() - BEAT_HEARD_WITHIN
    try:
        return bool(PeriodicTask.objects.filter(enabled=True, last_run_at__gte=since).exists())
    finally:
        connection.close()


def _queues() -> str:
    unread = [queue.name for queue in queues() if not queue.readers]
    return f"no worker reads {', '.join(unread)}" if unread else "ok"


def _scores() -> str:
    """The newest run over everybody; before the first there is nothing to be late."""
    try:
        nights = ScoringRun.objects.filter(kind=RunKind.NIGHTLY).exclude(finished_at=None)
        newest = nights.order_by("-finished_at").values_list("finished_at", flat=True).first()
    finally:
        connection.close()
    if newest is None or timezone.now() - newest < RUN_WITHIN:
        return "ok"
    return f"newest run {_hours(timezone.now() - newest)} hours ago"


def _backups() -> str:
    """Where one is made every night: the newest that was verified. Where backups are off, somebody else makes them."""
    try:
        state = backup_state(at=timezone.now())
    finally:
        connection.close()
    if not state.is_overdue:
        return "ok"
    return "none verified" if state.age is None else f"newest verified {_hours(state.age)} hours ago"


def _hours(age: timedelta) -> int:
    return round(age.total_seconds() / 3600)


CHECKS: dict[str, Check] = {
    "database": _database,
    "redis": _redis,
    "worker": _worker,
    "beat": _beat,
}
OF_A_RELEASE: dict[str, Check] = {"migrations": _migrations}
OF_THE_WORK: dict[str, Check] = {"queues": _queues, "scores": _scores, "backups": _backups}
if REPLICA in settings.DATABASES:
    OF_THE_WORK["replica"] = _replica
NEEDED = ("database", "migrations")
