import json
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from tqdm import tqdm

from customers.operations.sweep_duplicates import sweep_duplicates


class Command(BaseCommand):
    """What happens every night, now: compare all customers and bring the review queue of duplicates up to date."""

    help = "Compare all customers with each other and put those who look alike into the review queue."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """See --help."""
        parser.add_argument("--json", action="store_true", help="print one JSON object and no progress")

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweep, and print what came of it."""
        started = time.perf_counter()
        with tqdm(disable=True if options["json"] else None, leave=False) as bar:

            def tell(done: int, total: int, step: str) -> None:
                bar.total = total
                bar.set_description(step, refresh=False)
                bar.update(done - bar.n)

            sweep = sweep_duplicates(at=timezone.now(), tell=tell)
        figures = {**sweep.as_dict(), "seconds": round(time.perf_counter() - started, 3)}
        if options["json"]:
            self.stdout.write(json.dumps(figures))
            return
        self.stdout.write(
            "{customers:,} customers, {candidates:,} pairs compared in {seconds} s: {pairs:,} look alike "
            "({new:,} new, {decided:,} decided before), {removed:,} no longer do".format(**figures)
        )
        if sweep.skipped_groups:
            self.stdout.write(
                "{skipped_groups:,} groups with {skipped_customers:,} members were too large to look into".format(
                    **figures
                )
            )
