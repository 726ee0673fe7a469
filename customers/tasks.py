"""Thin tasks. A task that is lost, doubled or killed costs nothing: the database says what is to be done."""

import logging
import mmap
from functools import partial
from typing import Any

from celery import shared_task
from celery.signals import worker_shutting_down
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from customers.operations.deliver_webhooks import deliver_webhooks, due_deliveries
from customers.operations.tick import tick as tick_operation
from customers.operations.work_jobs import work_jobs

logger = logging.getLogger(__name__)

# More pokes than workers help nobody: each works until nothing is left.
MOST_POKES = 8
POKE_EXPIRES_SECONDS = 60
# So many deliveries that wait are worth a worker.
A_WORKER_EACH = 50
# One byte that a worker and the processes it forks share: 1 from SIGTERM on.
_stopping = mmap.mmap(-1, 1)


@worker_shutting_down.connect
def note_stop(**_: Any) -> None:
    """The worker is to end: its processes finish what they have and take nothing more."""
    _stopping[0] = 1


def stopping() -> bool:
    """Whether this worker is to end. Whoever works in a loop asks after each round; the rest is done by others."""
    return _stopping[0] == 1


@shared_task
def tick() -> None:
    """Beat's: make what is due, and poke a worker for each free job and some for what is to be delivered."""
    poke(work, tick_operation(at=timezone.now()))
    poke(deliver, -(-len(due_deliveries().values("pk")[: MOST_POKES * A_WORKER_EACH]) // A_WORKER_EACH))


@shared_task
def work() -> None:
    """Do jobs until none is free."""
    for job in work_jobs(clock=timezone.now):
        logger.info("job %s (%s): %s", job.pk, job.kind, job.state)
        if stopping():
            break


@shared_task
def deliver() -> None:
    """Deliver to webhooks what is due."""
    for delivery in deliver_webhooks(clock=timezone.now):
        logger.info("delivery %s to webhook %s: %s", delivery.pk, delivery.webhook_id, delivery.state)
        if stopping():
            break


def poke(task: Any, times: int = 1) -> None:
    """Wake workers up. Never relied on: where the broker is dead, the next tick does it."""
    try:
        for _ in range(min(times, MOST_POKES)):
            task.apply_async(expires=POKE_EXPIRES_SECONDS)
    except OperationalError as error:
        logger.warning("workers were not poked: %s", type(error).__name__)


def poke_after_commit() -> None:
    """Have a worker look for the job that this transaction makes."""
    transaction.on_commit(partial(poke, work), robust=True)


def deliver_after_commit() -> None:
    """Have a worker deliver what this transaction has for webhooks and channels."""
    transaction.on_commit(partial(poke, deliver), robust=True)
