"""What looks personal does not get into the logs, and what is needed to understand them does."""

import logging
from io import StringIO
from typing import Any

import pytest
import structlog

from crm import logs
from crm.scrub import scrub, scrub_text


def scrubbed(**event: Any) -> dict[str, Any]:
    return dict(scrub(None, "info", event))


@pytest.mark.parametrize(
    "text",
    [
        "wang.fang+news@mail.example.cn",
        "O'Neil@example.org",
        "+44 20 7946 0000",
        "+86 138-0013-8000",
        "0086 10 6552 9988",
        "13800138000",
        "(020) 7946 0000",
        "010-65529988",
    ],
)
def test_addresses_and_numbers_are_taken_out(text: str) -> None:
    assert text not in scrub_text(f"could not reach {text}: refused")
    assert scrub_text(f"could not reach {text}: refused").endswith(": refused")


@pytest.mark.parametrize(
    "text",
    [
        "customer 1234567 was merged into 7654321",
        "2026-06-03T10:00:00.000001+00:00",
        "2026-06-03 10:00",
        "0c3f5a0e0d8c4b2e9a4f1138001380ff",
        "7d444840-9dc0-11d1-b245-5ffdce74fad2",
        "/api/v1/customers/10000123/",
        "chunk 3 of run 17: 10000 customers in 0.0231 s",
        "http://127.0.0.1:8000/health/",
        "customers/operations/work_jobs.py:38 work_jobs",
    ],
)
def test_ids_dates_and_addresses_of_machines_stay(text: str) -> None:
    assert scrub_text(text) == text


def test_what_stands_under_a_sensitive_key_is_removed() -> None:
    line = scrubbed(event="login", username="wang", password="x", customer=7, extra={"Email": "x", "ids": [1, 2]})
    assert line == {
        "event": "login",
        "username": "[removed]",
        "password": "[removed]",
        "customer": 7,
        "extra": {"Email": "[removed]", "ids": [1, 2]},
    }


def test_it_looks_into_lists_and_objects() -> None:
    class Named:
        def __str__(self) -> str:
            return "Wang <wang@example.org>"

    line = scrubbed(event="x", seen=[Named(), {"who": "wang@example.org"}])
    assert "example.org" not in str(line)


def test_a_line_of_a_package_is_scrubbed_on_its_way_out() -> None:
    options = logs.configure(debug=False)["formatters"]["line"]
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(**{name: value for name, value in options.items() if name != "()"})
    )
    logger = logging.getLogger("some.package")
    logger.addHandler(handler)
    try:
        logger.warning("bounced: %s", "wang@example.org")
    finally:
        logger.removeHandler(handler)
    assert "bounced: [email]" in stream.getvalue()
    assert "example.org" not in stream.getvalue()
