"""Thin tasks. A task that is lost, doubled or killed costs nothing: the database says what is to be done."""

from celery import shared_task
from django.utils import timezone

from services.operations.tick import tick as tick_operation


@shared_task
def tick() -> None:
    """Beat's: what has to happen at the desk now."""
    tick_operation(at=timezone.now())
