from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from analytics.operations.plan_contact_risks import plan_contact_risks
from analytics.operations.plan_report_mails import plan_report_mails
from analytics.operations.refresh_relation_effects import refresh_relation_effects
from analytics.operations.tick import tick
from analytics.operations.value_job import plan_value
from analytics.operations.work_chunks import work_chunks
from customers.operations.deliver_webhooks import deliver_webhooks
from customers.operations.tick import tick as tick_customers
from customers.operations.work_jobs import work_jobs
from services.operations.deliver_mail import deliver_mail
from services.operations.fetch_due_mailboxes import fetch_due_mailboxes
from services.operations.tick import tick as tick_services

# The next minute goes on: a webhook that hangs must not keep everything else from being done.
MOST_DELIVERIES = 500


class Command(BaseCommand):
    """For cron, where neither Celery nor Redis runs: what beat and the workers would do, here and now."""

    help = "Make the runs that are due and work on them until nothing is left."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """No arguments."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Run once; start it every minute."""
        tick_customers(at=timezone.now())
        plan_contact_risks(at=timezone.now())
        plan_value(at=timezone.now())
        plan_report_mails(at=timezone.now())
        jobs = [job.pk for job in work_jobs(clock=timezone.now)]
        fetch_due_mailboxes(clock=timezone.now)
        tick_services(at=timezone.now())
        mail = deliver_mail(clock=timezone.now)
        refresh_relation_effects(at=timezone.now())
        tick(at=timezone.now())
        customers = sum(count for _chunk, count in work_chunks(clock=timezone.now))
        tick(at=timezone.now())
        delivered = sum(1 for _delivery in deliver_webhooks(clock=timezone.now, most=MOST_DELIVERIES))
        if options["verbosity"] > 1:
            said = f"{len(jobs)} jobs done, {customers} customers scored, {mail.sent} mails sent"
            self.stdout.write(f"{said}, {delivered} deliveries tried")
