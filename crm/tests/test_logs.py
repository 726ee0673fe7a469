"""Log lines carry ids and nothing personal."""

import json
import logging
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
import structlog
from django.test import Client

from crm import logs


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
