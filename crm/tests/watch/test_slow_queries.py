"""A slow query is logged without its parameters."""

from typing import Any

import pytest
import redis
import structlog
from django.db import connection
from django.test import Client
from structlog.testing import capture_logs

from crm.watch import heard, slow_queries
from customers.models import Customer, User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _everything_is_slow(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SLOW_QUERY_MS = 0.000001
    monkeypatch.setattr(slow_queries, "_left_alone_until", 0.0)
    # One that was used before may be bound to what another test had configured.
    monkeypatch.setattr(slow_queries, "logger", structlog.get_logger("crm.slow_query"))


def test_its_text_is_told_and_who_was_sought_is_not() -> None:
    with capture_logs() as lines:
        Customer.objects.filter(name="Wang Fang").first()
    (line,) = [each for each in lines if each["event"] == "slow query"]
    assert "customers_customer" in line["sql"]
    assert "Wang" not in str(lines)
    assert line["database"] == "default" and line["ms"] >= 0


def test_a_quick_one_is_not_told(settings: Any) -> None:
    settings.SLOW_QUERY_MS = 60_000
    with capture_logs() as lines:
        Customer.objects.first()
    assert lines == []


def test_none_is_told_where_that_is_set(settings: Any) -> None:
    settings.SLOW_QUERY_MS = 0
    with capture_logs() as lines:
        Customer.objects.first()
    assert lines == []


def test_one_that_fails_is_told_too() -> None:
    with capture_logs() as lines, pytest.raises(Exception, match="no_such_table"), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM no_such_table")
    assert [each["sql"] for each in lines] == ["SELECT * FROM no_such_table"]


def test_an_address_in_the_text_itself_is_taken_out() -> None:
    with capture_logs() as lines, connection.cursor() as cursor:
        cursor.execute("SELECT ' wang@example.org'")
    assert lines[0]["sql"] == "SELECT ' [email]'"


@pytest.mark.redis
def test_the_newest_are_kept_with_the_view_and_the_request(client: Client, root: User, redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as server:
        server.delete(slow_queries.KEY)
    client.force_login(root)
    with redis.Redis.from_url(redis_url) as server:
        server.delete(slow_queries.KEY)
    answer = client.get("/api/v1/customers/")
    newest = slow_queries.newest()
    assert 0 < len(newest) <= slow_queries.KEPT
    mine = [query for query in newest if query.request_id == answer["X-Request-ID"]]
    assert {query.at for query in mine} == {"customer-list"}
    assert any("customers_customer" in query.sql for query in mine)


def test_a_dead_redis_is_asked_once_a_minute(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    asked: list[float] = []

    def client(patience: float) -> redis.Redis:
        asked.append(patience)
        return heard.redis_client(patience)

    monkeypatch.setattr(slow_queries, "redis_client", client)
    for _ in range(5):
        Customer.objects.first()
    assert len(asked) == 1
