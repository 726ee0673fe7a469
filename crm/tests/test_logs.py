"""Log lines carry ids and nothing personal."""

import json
import logging
import sys
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
import structlog
from django.test import Client

from crm import logs
from customers.models import User
from tests.client import as_user


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[StringIO]:
    """Collect what a production server would write."""
    formatter_options = logs.configure(debug=False)["formatters"]["line"]
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(**{key: value for key, value in formatter_options.items() if key != "()"})
    )
    root = logging.getLogger()
    root.addHandler(handler)
    monkeypatch.setattr(root, "level", logging.INFO)
    yield stream
    root.removeHandler(handler)


def events(stream: StringIO) -> list[dict[str, Any]]:
    """Return the lines as objects."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_request_is_one_line_with_the_id_that_the_client_gets(client: Client, lines: StringIO) -> None:
    answer = client.get("/health/live/")
    (line,) = [event for event in events(lines) if event["event"] == "request"]
    assert line["request_id"] == answer["X-Request-ID"]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/health/live/", 200)


@pytest.mark.parametrize("given", ["7D444840-9dc0-11d1-b245-5ffdce74fad2", "0af7651916cd43dd8448eb211c80319c"])
def test_the_id_that_a_proxy_gave_is_kept(client: Client, lines: StringIO, given: str) -> None:
    answer = client.get("/health/live/", headers={"X-Request-ID": given})
    assert answer["X-Request-ID"] == given.lower() == events(lines)[-1]["request_id"]


@pytest.mark.parametrize(
    "given", ["13800138000", "110101199003078515", "wang@example.org", "abc", 'a" b' * 8, "ab\ncd" * 4, "a" * 65]
)
def test_what_is_no_id_is_not_taken_for_one(client: Client, lines: StringIO, given: str) -> None:
    answer = client.get("/health/live/", headers={"X-Request-ID": given})
    assert answer["X-Request-ID"] != given and len(answer["X-Request-ID"]) == 32
    assert given not in lines.getvalue()


@pytest.mark.django_db
def test_a_line_names_the_user_by_key(client: Client, lines: StringIO, ann: User) -> None:
    client.force_login(ann)
    client.get("/api/v1/customers/")
    line = events(lines)[-1]
    assert (line["event"], line["user_id"]) == ("request", ann.pk)
    assert "ann" not in str({**line, "where": ""}).lower().replace("channel", "")


@pytest.mark.django_db
def test_a_line_names_whoever_a_token_belongs_to(lines: StringIO, ann: User) -> None:
    as_user(ann).get("/api/v1/customers/")
    assert events(lines)[-1]["user_id"] == ann.pk


def test_text_for_people_is_scrubbed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    options = logs.configure(debug=False, form="text")["formatters"]["line"]
    formatter = structlog.stdlib.ProcessorFormatter(**{name: v for name, v in options.items() if name != "()"})
    try:
        raise ValueError("wang@example.org")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "", 1, "sent to 13800138000", None, sys.exc_info())
    text = formatter.format(record)
    assert "sent to [phone]" in text and "ValueError" in text
    assert "example.org" not in text and "{" not in text.partition("where")[0]


def test_a_query_string_is_not_logged(client: Client, lines: StringIO) -> None:
    client.get("/health/live/?q=wang@example.org")
    assert "wang" not in lines.getvalue()


def test_the_text_of_an_exception_is_not_logged(lines: StringIO) -> None:
    try:
        raise ValueError("wang@example.org is no telephone number")
    except ValueError:
        logging.getLogger("customers").exception("import failed")
    (line,) = [event for event in events(lines) if event["event"] == "import failed"]
    assert line["exception"] == "ValueError"
    assert "test_logs.py" in line["where"][0]
    assert "wang" not in lines.getvalue()


def test_a_task_carries_the_id_of_the_request_that_sent_it() -> None:
    structlog.contextvars.bind_contextvars(request_id="abc")
    headers: dict[str, Any] = {}
    logs.send_request_id_along(headers=headers)

    class Task:
        name = "analytics.tasks.tick"
        request = type("Request", (), headers)

    logs.begin_task_log(task_id="t1", task=Task())
    assert structlog.contextvars.get_contextvars() == {
        "task_id": "t1",
        "task": "analytics.tasks.tick",
        "request_id": "abc",
    }
    logs.end_task_log()
    assert structlog.contextvars.get_contextvars() == {}
