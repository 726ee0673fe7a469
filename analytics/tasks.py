"""Thin tasks. A task that is lost, doubled or killed costs nothing: the database says what is to be done."""

import logging
from datetime import timedelta
from functools import partial

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from analytics.operations import tick as tick_operation
from analytics.operations.match_identities import match_identities
from analytics.operations.plan_contact_risks import plan_contact_risks
from analytics.operations.plan_forecasts import plan_forecasts
from analytics.operations.plan_report_mails import plan_report_mails
from analytics.operations.refresh_relation_effects import refresh_relation_effects
from analytics.operations.value_job import plan_value
from analytics.operations.work_chunks import work_chunks
from customers.tasks import poke, stopping

logger = logging.getLogger(__name__)


@shared_task
def tick() -> None:
    """Beat's: make what is due, and poke a worker for each free chunk."""
    free = tick_operation.tick(at=timezone.now())
    poke(work, free)


@shared_task
def look_around() -> None:
    """Beat's: what customers feel of their relations; once a day whom one contact carries, what demand is to be
    expected, and what relationships are worth."""
    refresh_relation_effects(at=timezone.now())
    plan_contact_risks(at=timezone.now())
    plan_forecasts(at=timezone.now())
    plan_value(at=timezone.now())


@shared_task
def mail_reports() -> None:
    """Beat's: a job for each scheduled report that is due."""
    plan_report_mails(at=timezone.now())


@shared_task
def match_event_users() -> None:
    """Beat's: whose behaviour it was, of customers who came or changed in the last two days."""
    match_identities(since=timezone.now() - timedelta(days=2))


@shared_task
def work() -> None:
    """Score chunks until none is free, those of sweeps first."""
    for chunk, customers in work_chunks(clock=timezone.now):
        logger.info("chunk %s of run %s: %s customers", chunk.pk, chunk.run_id, customers)
        if stopping():
            break


def poke_workers_after_commit() -> None:
    """Have workers look for the run that this transaction makes."""
    transaction.on_commit(partial(poke, work, 2), robust=True)
