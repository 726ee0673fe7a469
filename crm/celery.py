"""The Celery application. Celery is the clock and the muscle; the database alone holds the truth."""

import os
import time
from typing import Any

import redis
from celery import Celery
from celery.signals import heartbeat_sent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

WORKER_HEARD_KEY = "candid:worker-heard-at"
WORKER_HEARD_SECONDS = 60

app = Celery("candid")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@heartbeat_sent.connect
def note_worker_is_alive(**_: Any) -> None:
    """Leave a note in Redis every few seconds, so that health need not call the workers."""
    from django.conf import settings

    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)
    try:
        client.set(WORKER_HEARD_KEY, int(time.time()), ex=WORKER_HEARD_SECONDS)
    except redis.RedisError:
        return  # health then says that the worker is not heard from, which is true
    finally:
        client.close()
