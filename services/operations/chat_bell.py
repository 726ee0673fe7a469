"""Wakes whoever waits for news of a chat, through Redis, and no more than that: what is said stands in the database,
and whoever hears nothing looks there by themselves every two seconds. Without Redis all works, a little later."""

import time
from functools import cache, partial
from uuid import UUID

import redis
from django.conf import settings
from django.db import transaction
from redis.backoff import NoBackoff
from redis.client import PubSub
from redis.retry import Retry

PATIENCE_SECONDS = 0.25
# A server that did not answer is left alone for a while, so that nobody waits for it.
REST_SECONDS = 10.0

_resting_until = 0.0


def ring_after_commit(key: UUID) -> None:
    """Wake those who wait for this chat, once what was written in it can be read."""
    transaction.on_commit(partial(ring, key))


def ring(key: UUID) -> None:
    """Wake those who wait for this chat now. A Redis that is not there is no error."""
    global _resting_until
    if time.monotonic() < _resting_until:
        return
    try:
        _server(settings.REDIS_URL).publish(_name(key), "")
    except redis.RedisError:
        _resting_until = time.monotonic() + REST_SECONDS


class Ear:
    """Hears the bell of one chat."""

    def __init__(self, key: UUID) -> None:
        self._name = _name(key)
        self._channel: PubSub | None = None
        self._deaf_until = 0.0
        self._listen()

    def wait(self, seconds: float) -> None:
        """Come back when it rings, and after so many seconds in any case."""
        until = time.monotonic() + seconds
        if self._channel is None and time.monotonic() >= self._deaf_until:
            self._listen()
        while self._channel is not None and (left := until - time.monotonic()) > 0:
            try:
                heard = self._channel.get_message(ignore_subscribe_messages=True, timeout=left)
            except redis.RedisError:
                self.close()
            else:
                if heard is not None:
                    return
        time.sleep(max(0.0, until - time.monotonic()))

    def close(self) -> None:
        """Listen no more."""
        channel, self._channel = self._channel, None
        self._deaf_until = time.monotonic() + REST_SECONDS
        if channel is not None:
            channel.close()

    def _listen(self) -> None:
        channel: PubSub = _server(settings.REDIS_URL).pubsub()  # type: ignore[no-untyped-call]
        try:
            channel.subscribe(self._name)
        except redis.RedisError:
            self._deaf_until = time.monotonic() + REST_SECONDS
            channel.close()
        else:
            self._channel = channel


def _name(key: UUID) -> str:
    return f"candid:chat:{key}"


@cache
def _server(url: str) -> "redis.Redis":
    return redis.Redis.from_url(
        url,
        socket_timeout=PATIENCE_SECONDS,
        socket_connect_timeout=PATIENCE_SECONDS,
        retry=Retry(NoBackoff(), 0),  # the default tries for seconds
    )
