"""Thin tasks. A task that is lost, doubled or killed costs nothing: the database says what is to be done."""

import logging

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from analytics.operations import tick as tick_operation
from analytics.operations.work_chunks import work_chunks

logger = logging.getLogger(__name__)

# More pokes than workers help nobody: each works until nothing is left.
MOST_POKES = 8
POKE_EXPIRES_SECONDS = 60


@shared_task
def tick() -> None:
    """Beat's: make what is due, and poke a worker for each free chunk."""
    free = tick_operation.tick(at=timezone.now())
    try:
        for _ in range(min(free, MOST_POKES)):
            work.apply_async(expires=POKE_EXPIRES_SECONDS)
    except OperationalError as error:
        logger.warning("workers were not poked: %s", type(error).__name__)  # the next tick does it


@shared_task
def work() -> None:
    """Score chunks until none is free, those of sweeps first."""
    for chunk, customers in work_chunks(clock=timezone.now):
        logger.info("chunk %s of run %s: %s customers", chunk.pk, chunk.run_id, customers)
