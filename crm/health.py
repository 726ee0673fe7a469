"""Is the product alive, and can it work? For load balancers, the run command and the person on call."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotInTime
from datetime import timedelta

import redis
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_celery_beat.models import PeriodicTask

from crm.celery import WORKER_HEARD_KEY, WORKER_HEARD_SECONDS

ANSWER_SECONDS = 2.5
BEAT_HEARD_WITHIN = timedelta(seconds=120)

# The checks run beside the request: a frozen database or broker then costs a moment, not the whole request.
_threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="health")


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """Say that the web process answers; nothing else is asked."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Say what works: 503 only without the database, since everything else heals by itself."""
    started = {name: _threads.submit(check) for name, check in CHECKS.items()}
    deadline = time.monotonic() + ANSWER_SECONDS
    checks = {name: _answer(future, deadline) for name, future in started.items()}
    if checks["database"] != "ok":
        return JsonResponse({"status": "down", "checks": checks}, status=503)
    status = "ok" if set(checks.values()) == {"ok"} else "degraded"
    return JsonResponse({"status": status, "checks": checks})


def _answer(future: "Future[bool]", deadline: float) -> str:
    try:
        heard = future.result(timeout=max(0.0, deadline - time.monotonic()))
    except NotInTime:
        future.cancel()
        return "no answer"
    except Exception as error:  # whatever a driver raises, health must answer; the class name says enough
        return type(error).__name__
    return "ok" if heard else "not heard from"


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone() == (1,))
    finally:
        connection.close()


def _redis() -> bool:
    with _client() as client:
        return client.ping() is True


def _worker() -> bool:
    with _client() as client:
        heard_at = client.get(WORKER_HEARD_KEY)
    return heard_at is not None and time.time() - int(str(heard_at)) < WORKER_HEARD_SECONDS


def _beat() -> bool:
    since = timezone.now() - BEAT_HEARD_WITHIN
    try:
        return bool(PeriodicTask.objects.filter(enabled=True, last_run_at__gte=since).exists())
    finally:
        connection.close()


def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1, decode_responses=True)


CHECKS: dict[str, Callable[[], bool]] = {
    "database": _database,
    "redis": _redis,
    "worker": _worker,
    "beat": _beat,
}
