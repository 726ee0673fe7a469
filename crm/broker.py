"""Redis as the broker, whose death a worker outlives.

Where the broker dies while a task is under way, kombu 5.7.0 gives the task's message back, or acknowledges it, through
the connection that it has closed: it asks `None` where Redis is, and the worker ends with that AttributeError. Said as
what it is, a lost connection, it is handled like any other; the message is a poke, and nothing is lost with it."""

from typing import Any

from kombu.transport import TRANSPORT_ALIASES, redis
from redis.exceptions import ConnectionError as RedisConnectionError


class Channel(redis.Channel):
    """One that says so when its connection is closed."""

    def _connparams(self, asynchronous: bool = False) -> Any:
        if self.connection is None or self.connection.client is None:
            raise RedisConnectionError("the connection to the broker is closed")
        return super()._connparams(asynchronous)  # type: ignore[misc]  # of kombu's types it is not there


class Transport(redis.Transport):
    """Kombu's, with our channels."""

    Channel = Channel


def use() -> None:
    """Have all redis:// and rediss:// connections of this process go through it."""
    for scheme in ("redis", "rediss"):
        TRANSPORT_ALIASES[scheme] = f"{__name__}:Transport"
