"""A connection that is closed is told as a lost one."""

from typing import Any

import pytest
from kombu import Connection
from redis.exceptions import ConnectionError as RedisConnectionError

from crm.broker import Transport
from crm.celery import app


def test_celery_goes_through_it() -> None:
    for url in ("redis://127.0.0.1:1/0", "rediss://127.0.0.1:1/0"):
        assert type(app.connection_for_write(url).transport) is Transport


def test_what_is_asked_of_a_closed_connection_fails_as_connections_do(redis_url: str) -> None:
    with Connection(redis_url) as connection:
        channel: Any = connection.channel()
        assert channel._connparams()["host"]
        transport = connection.transport
        connection.release()
        with pytest.raises(RedisConnectionError):
            channel._connparams()
        assert RedisConnectionError in transport.connection_errors
