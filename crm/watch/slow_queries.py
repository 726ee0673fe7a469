"""Slow queries: a line in the log each, and the newest in Redis for the System page. The text of the query, never its
parameters."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import redis
import structlog
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from structlog.contextvars import get_contextvars

from crm.logs import at_work
from crm.scrub import scrub_text
from crm.watch.heard import redis_client
from crm.watch.requests import count_slow_query

KEY = "candid:slow-queries"
KEPT = 50
LONGEST_TEXT = 2000
# A broker that is away must not make slow requests slower: it is left alone for so long.
LEFT_ALONE_SECONDS = 60
PATIENCE_SECONDS = 0.2

logger = structlog.get_logger("crm.slow_query")
_left_alone_until = 0.0


@dataclass(frozen=True, slots=True)
class SlowQuery:
    """One of late. `at`: the view or task; `request_id` finds the rest in the log."""

    moment: datetime
    ms: int
    at: str
    sql: str
    request_id: str


def watch_connection(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Time every query of a connection; called when it is made."""
    if time_query not in connection.execute_wrappers:
        connection.execute_wrappers.append(time_query)


def time_query(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """What Django calls around each query."""
    started = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        ms = (time.perf_counter() - started) * 1000
        if 0 < settings.SLOW_QUERY_MS <= ms:
            _tell(str(sql), round(ms), context["connection"].alias)


def newest() -> list[SlowQuery]:
    """The slow queries of late, the newest first. Raises redis.RedisError."""
    with redis_client(PATIENCE_SECONDS) as client:
        lines: list[str] = client.lrange(KEY, 0, KEPT - 1)
    return [_read(line) for line in lines]


def _tell(sql: str, ms: int, alias: str) -> None:
    text = scrub_text(" ".join(sql.split()))[:LONGEST_TEXT]
    at = at_work()
    logger.warning("slow query", sql=text, ms=ms, at=at, database=alias)
    count_slow_query(at)
    _keep(text, ms, at)


def _keep(text: str, ms: int, at: str) -> None:
    global _left_alone_until
    if time.monotonic() < _left_alone_until:
        return
    line = json.dumps([time.time(), ms, at, text, get_contextvars().get("request_id", "")])
    try:
        with redis_client(PATIENCE_SECONDS) as client:
            client.lpush(KEY, line)
            client.ltrim(KEY, 0, KEPT - 1)
    except redis.RedisError:
        _left_alone_until = time.monotonic() + LEFT_ALONE_SECONDS


def _read(line: str) -> SlowQuery:
    moment, ms, at, text, request_id = json.loads(line)
    return SlowQuery(datetime.fromtimestamp(moment, UTC), ms, at, text, request_id)
