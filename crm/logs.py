"""Logs: one line an event, with the id of the request that caused it, and ids only.

Query strings and exception texts are left out: both may hold names, addresses or telephone numbers. What slips through
is taken out at the end (crm.scrub).
"""

import re
import time
import traceback
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import structlog
from celery.signals import before_task_publish, setup_logging, task_postrun, task_prerun
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from structlog.contextvars import bind_contextvars, clear_contextvars, get_contextvars
from structlog.typing import EventDict, Processor, WrappedLogger

from crm.scrub import scrub
from crm.watch.requests import count_request, view_name

REQUEST_ID_HEADER = "candid_request_id"
# An id that a proxy or a client made is kept where it is one: a UUID, a trace id, 16 or more hexadecimal digits. All
# digits and no letter might be somebody's number.
SANE_ID = re.compile(r"(?=[0-9-]*[a-f])[0-9a-f][0-9a-f-]{15,63}", re.IGNORECASE)
FORMATS = ("json", "text")

_request: "ContextVar[HttpRequest | None]" = ContextVar("request", default=None)

logger = structlog.get_logger("crm.request")


class RequestLog:
    """Middleware: give each request an id, log its end, and send the id back as X-Request-ID."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        clear_contextvars()
        request_id = sane_id(request.headers.get("X-Request-ID", "")) or uuid.uuid4().hex
        bind_contextvars(request_id=request_id)
        token = _request.set(request)
        try:
            return self._answer(request, request_id)
        finally:
            _request.reset(token)

    def _answer(self, request: HttpRequest, request_id: str) -> HttpResponse:
        started = time.perf_counter()
        response = self.get_response(request)
        seconds = time.perf_counter() - started
        response["X-Request-ID"] = request_id
        logger.info(
            "request",
            method=request.method,
            path=getattr(request, "log_path", request.path),  # a view masks a path that is a key
            status=response.status_code,
            ms=round(seconds * 1000),
        )
        count_request(request, response, seconds)
        return response


def sane_id(text: str) -> str:
    """The id of a request that came with it, in small letters; empty where it is none."""
    return text.lower() if SANE_ID.fullmatch(text) else ""


def at_work() -> str:
    """What this thread does now: the name of the view or of the task, or nothing."""
    request = _request.get()
    if request is not None:
        return view_name(request)
    return str(get_contextvars().get("task", ""))


def add_user(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """A processor of structlog: the key of the user, where the request has found out already who asks. No query."""
    request = _request.get()
    if request is not None:
        user = request.__dict__.get("user")
        if isinstance(user, SimpleLazyObject):  # of the session: nobody may have looked yet
            user = request.__dict__.get("_cached_user")
        if getattr(user, "pk", None) is not None:
            event["user_id"] = user.pk  # type: ignore[union-attr]
    return event


@setup_logging.connect
def keep_our_logging(**_: Any) -> None:
    """That somebody listens here keeps Celery from setting up its own format: its lines are as all others."""


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


def configure(*, debug: bool, form: str = "") -> dict[str, Any]:
    """Set structlog up and return Django's LOGGING. `form`: json or text; by default JSON, and text where one develops.
    Either is scrubbed, and has the text of an exception only where one develops."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        add_user,
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
    last: list[Processor] = [scrub] if debug else [exception_without_text, scrub]
    as_text = (form or ("text" if debug else "json")) == "text"
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(colors=debug) if as_text else structlog.processors.JSONRenderer()
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *last,
                    renderer,
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
