import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _
from tqdm import tqdm

from analytics.operations.value_customers import value_customers


class Command(BaseCommand):
    help = (
        "Compute what the relationship with each customer is worth: RFM, expected orders, customer value, churn, and "
        "the actions that are offered. The nightly job does the same."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """See --help."""
        parser.add_argument("--json", action="store_true", help="print one JSON object and no progress")

    def handle(self, *args: Any, **options: Any) -> None:
        """Learn, compute, print."""
        started = timezone.now()
        with tqdm(unit=_("chunks"), disable=True if options["json"] else None) as progress:

            def told(done: int, of: int, step: str) -> None:
                progress.total = of
                progress.set_description(step, refresh=False)
                progress.update(done - progress.n)

            model = value_customers(logical_at=started, clock=timezone.now, told=told)
        seconds = round((timezone.now() - started).total_seconds(), 3)
        if options["json"]:
            shown = {"model": model.pk, "customers": model.customers, "seconds": seconds, "figures": model.figures}
            self.stdout.write(json.dumps(shown))
            return
        self.stdout.write(
            _("%(customers)d customers have a value (%(seconds)s s).")
            % {"customers": model.customers, "seconds": seconds}
        )
