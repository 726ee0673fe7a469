"""Thin tasks. A task that is lost, doubled or killed costs nothing: the database says what is to be done."""

from celery import shared_task
from django.utils import timezone

from customers.tasks import stopping
from services.models import Mailbox
from services.operations.deliver_mail import deliver_mail
from services.operations.fetch_mailbox import due_mailboxes, fetch_mailbox
from services.operations.file_waiting_mails import file_waiting_mails
from services.operations.tick import tick as tick_operation


@shared_task
def tick() -> None:
    """Beat's: what has to happen at the desk now."""
    tick_operation(at=timezone.now())


@shared_task
def fetch_mail() -> None:
    """Beat's: have each mailbox fetched that is due. Each by itself: a server that hangs keeps no other waiting."""
    for mailbox in due_mailboxes(at=timezone.now()).values_list("pk", flat=True):
        fetch_one_mailbox.delay(mailbox_id=str(mailbox))


@shared_task
def fetch_one_mailbox(*, mailbox_id: str) -> None:
    """Take in the new mail of one mailbox, and file what waits."""
    mailbox = Mailbox.objects.filter(pk=mailbox_id).first()
    if mailbox is not None and fetch_mailbox(mailbox=mailbox, clock=timezone.now):
        file_waiting_mails(at=timezone.now())


@shared_task
def send_mail() -> None:
    """Beat's: send the mail that is due. Apart from the desk's tick, which no slow mail server may hold up."""
    deliver_mail(clock=timezone.now, stop=stopping)
