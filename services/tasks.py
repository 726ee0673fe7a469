"""Thin tasks. A task that is lost, doubled or killed costs nothing: the database says what is to be done."""

from celery import shared_task
from django.utils import timezone

from services.operations.deliver_mail import deliver_mail
from services.operations.tick import tick as tick_operation


@shared_task
def tick() -> None:
    """Beat's: what has to happen at the desk now."""
    tick_operation(at=timezone.now())


@shared_task
def send_mail() -> None:
    """Beat's: send the mail that is due. Apart from the desk's tick, which no slow mail server may hold up."""
    deliver_mail(clock=timezone.now)
