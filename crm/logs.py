"""Logs: one line an event, with the id of the request that caused it, and ids only.

Query strings and exception texts are left out: both may hold names, addresses or telephone numbers. What slips through
is taken out at the end (crm.scrub).
"""

import time
import traceback
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from celery.signals import before_task_publish, task_postrun, task_prerun
from django.http import HttpRequest, HttpResponse
from structlog.contextvars import bind_contextvars, clear_contextvars, get_contextvars
from structlog.typing import EventDict, Processor, WrappedLogger

from crm.scrub import scrub

REQUEST_ID_HEADER = "candid_request_id"

logger = structlog.get_logger("crm.request")


class RequestLog:
    """Middleware: give each request an id, log its end, and send the id back as X-Request-ID."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        clear_contextvars()
        request_id = uuid.uuid4().hex
        bind_contextvars(request_id=request_id)
        started = time.perf_counter()
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        logger.info(
            "request",
            method=request.method,
            path=getattr(request, "log_path", request.path),  # a view masks a path that is a key
            status=response.status_code,
            ms=round((time.perf_counter() - started) * 1000),
        )
        return response


@before_task_publish.connect
def send_request_id_along(headers: dict[str, Any] | None = None, **_: Any) -> None:
    """Put the id of the request into the message, so that the worker's lines carry it too."""
    request_id = get_contextvars().get("request_id")
    if headers is not None and request_id:
        headers[REQUEST_ID_HEADER] = request_id


@task_prerun.connect
def begin_task_log(task_id: str, task: Any, **_: Any) -> None:
    """Give every line of a task the ids of the task and of the request behind it."""
    clear_contextvars()
    bind_contextvars(task_id=task_id, task=task.name)
    request_id = getattr(task.request, REQUEST_ID_HEADER, None)
    if request_id:
        bind_contextvars(request_id=request_id)


@task_postrun.connect
def end_task_log(**_: Any) -> None:
    """Forget the ids of the task that ended."""
    clear_contextvars()


def exception_without_text(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Keep where and what an exception was, and drop its message."""
    info = event.pop("exc_info", None)
    if isinstance(info, BaseException):
        info = (type(info), info, info.__traceback__)
    if isinstance(info, tuple) and info[0] is not None:
        frames = traceback.extract_tb(info[2])
        event["exception"] = info[0].__qualname__
        event["where"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return event


def configure(*, debug: bool) -> dict[str, Any]:
    """Set structlog up and return Django's LOGGING: a console for people, JSON for machines."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    # An exception keeps its text on the console of whoever develops, and nowhere else.
    people: list[Processor] = [scrub, structlog.dev.ConsoleRenderer()]
    machines: list[Processor] = [exception_without_text, scrub, structlog.processors.JSONRenderer()]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *(people if debug else machines),
                ],
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
            # RequestLog writes the line of each request; Django's own would say it twice, with the address.
            "django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False},
            "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        },
    }
