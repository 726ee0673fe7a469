"""Who was heard from lately: the workers, by their own heartbeat, and each queue, by a message that beat sent and a
worker did. Kept in Redis: it is about now, and means nothing after a restart."""

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

WORKERS_KEY = "candid:workers"
QUEUES_KEY = "candid:queues"
WORKER_SECONDS = 60
# Beat asks every half minute; a queue whose workers are all busy with long work answers late.
QUEUE_SECONDS = 300
FORGOTTEN_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker of Celery by its node name. `age`: seconds since it was heard."""

    name: str
    queues: tuple[str, ...]
    age: int

    @property
    def is_alive(self) -> bool:
        """Whether it was heard within a minute."""
        return self.age < WORKER_SECONDS


@dataclass(frozen=True, slots=True)
class QueueSeen:
    """A queue: how many messages wait, how many live workers read it, and how many seconds ago one of them did what
    beat had sent (None: not within a day)."""

    name: str
    waiting: int
    readers: int
    age: int | None


def redis_client(patience: float = 1.0) -> redis.Redis:
    """A client that waits for so many seconds, once."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=patience,
        socket_connect_timeout=patience,
        retry=Retry(NoBackoff(), 0),  # the default tries for seconds
        decode_responses=True,
    )


def note_worker(name: str, queues: Iterable[str]) -> None:
    """A worker lives, and reads these queues. Raises redis.RedisError."""
    with redis_client() as client:
        client.hset(WORKERS_KEY, name, json.dumps([int(time.time()), sorted(queues)]))


def note_queue(name: str) -> None:
    """A message went from beat through this queue to a worker. Raises redis.RedisError."""
    with redis_client() as client:
        client.hset(QUEUES_KEY, name, int(time.time()))


def workers() -> list[Worker]:
    """Who was heard within a day, by name. Raises redis.RedisError."""
    with redis_client() as client:
        told: dict[str, str] = client.hgetall(WORKERS_KEY)
        found = [_worker(name, text) for name, text in sorted(told.items())]
        forgotten = [worker.name for worker in found if worker.age > FORGOTTEN_SECONDS]
        if forgotten:
            client.hdel(WORKERS_KEY, *forgotten)
    return [worker for worker in found if worker.name not in forgotten]


def queues() -> list[QueueSeen]:
    """Every queue of the settings. Raises redis.RedisError."""
    alive = [worker for worker in workers() if worker.is_alive]
    with redis_client() as client:
        told: dict[str, str] = client.hgetall(QUEUES_KEY)
        waiting = {name: int(str(client.llen(name))) for name in queue_names()}
    return [
        QueueSeen(name, count, sum(name in worker.queues for worker in alive), _age(told.get(name)))
        for name, count in waiting.items()
    ]


def queue_names() -> list[str]:
    """The names of the queues, in the order of the settings."""
    listed: list[Any] = settings.CELERY_TASK_QUEUES
    return [queue.name for queue in listed]


def _worker(name: str, text: str) -> Worker:
    at, read = json.loads(text)
    return Worker(name, tuple(read), max(0, int(time.time()) - at))


def _age(at: str | None) -> int | None:
    age = None if at is None else max(0, int(time.time()) - int(at))
    return age if age is None or age <= FORGOTTEN_SECONDS else None
