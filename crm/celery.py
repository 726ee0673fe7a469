"""The Celery application. Celery is the clock and the muscle; the database alone holds the truth."""

import os
import time
from pathlib import Path
from typing import Any

import redis
from celery import Celery
from celery.signals import after_task_publish, beat_init, heartbeat_sent

from crm import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

WORKER_HEARD_KEY = "candid:worker-heard-at"
WORKER_HEARD_SECONDS = 60

broker.use()
app = Celery("candid")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@heartbeat_sent.connect
def note_worker_is_alive(sender: Any = None, **_: Any) -> None:
    """Leave a note in Redis every few seconds, so that health need not call the workers."""
    from crm.watch.heard import note_worker, redis_client

    touch_alive_file()
    node = getattr(getattr(sender, "eventer", None), "hostname", None)
    try:
        with redis_client() as client:
            client.set(WORKER_HEARD_KEY, int(time.time()), ex=WORKER_HEARD_SECONDS)
        if node:
            note_worker(node, app.amqp.queues.consume_from)
    except redis.RedisError:
        return  # health then says that the worker is not heard from, which is true


@beat_init.connect
def watch_beat(**_: Any) -> None:
    """In beat alone: each message that it sends shows that it lives."""
    after_task_publish.connect(touch_alive_file, weak=False, dispatch_uid="crm.alive")


def touch_alive_file(**_: Any) -> None:
    """Touch the file of CRM_ALIVE_FILE, whose age an orchestrator looks at: it cannot ask a worker or beat."""
    file = os.environ.get("CRM_ALIVE_FILE")
    if file:
        Path(file).touch()
