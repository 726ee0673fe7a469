"""Thin tasks of the wiring."""

import logging

import redis
from celery import Task, shared_task

from crm.watch.heard import note_queue

logger = logging.getLogger(__name__)


@shared_task(bind=True, ignore_result=True)
def heartbeat(self: "Task[..., None]") -> None:
    """Beat's, one for each queue: a message went all the way, from beat through the queue to a worker."""
    queue = (self.request.delivery_info or {}).get("routing_key")
    if not queue:
        return
    try:
        note_queue(queue)
    except redis.RedisError as error:
        logger.warning("the heartbeat of queue %s was not noted: %s", queue, type(error).__name__)
