"""Counts of the last minute, in Redis, so that all web processes count together. Without Redis each process counts for
itself: limits are then as many times as high as there are processes, and nobody waits for a dead server."""

import threading
import time
from functools import cache

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

MINUTE = 60
# A healthy Redis answers in less than a millisecond; one that does not is left alone for a while.
PATIENCE_SECONDS = 0.25
REST_SECONDS = 10.0
MOST_KEYS = 10_000

_lock = threading.Lock()
_here: dict[str, list[int]] = {}  # key -> [minute, count in it, count in the one before]
_resting_until = 0.0


def count(key: str, *, now: float) -> float:
    """Count one more of `key` at `now` (seconds of the epoch); about how many there were in the last 60 seconds.

    Two minutes are kept: the present one, and of the one before the share that still lies within 60 seconds."""
    minute = int(now // MINUTE)
    present, previous = _counts(key, minute)
    return present + previous * (1 - now % MINUTE / MINUTE)


def _counts(key: str, minute: int) -> tuple[int, int]:
    global _resting_until
    if time.monotonic() >= _resting_until:
        try:
            return _count_in_redis(key, minute)
        except redis.RedisError:
            _resting_until = time.monotonic() + REST_SECONDS
    return _count_here(key, minute)


def _count_in_redis(key: str, minute: int) -> tuple[int, int]:
    pipe = _server(settings.REDIS_URL).pipeline(transaction=False)
    name = f"candid:count:{key}"
    pipe.incr(f"{name}:{minute}")
    pipe.expire(f"{name}:{minute}", 2 * MINUTE)
    pipe.get(f"{name}:{minute - 1}")
    present, _is_set, previous = pipe.execute()
    return int(present), int(previous or 0)


@cache
def _server(url: str) -> "redis.Redis":
    return redis.Redis.from_url(
        url,
        socket_timeout=PATIENCE_SECONDS,
        socket_connect_timeout=PATIENCE_SECONDS,
        retry=Retry(NoBackoff(), 0),  # the default tries for seconds
    )


def _count_here(key: str, minute: int) -> tuple[int, int]:
    with _lock:
        if len(_here) >= MOST_KEYS:
            for old in [name for name, kept in _here.items() if kept[0] < minute - 1]:
                del _here[old]
        kept = _here.setdefault(key, [minute, 0, 0])
        if kept[0] != minute:
            kept[:] = [minute, 0, kept[1] if kept[0] == minute - 1 else 0]
        kept[1] += 1
        return kept[1], kept[2]
