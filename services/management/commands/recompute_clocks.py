import json
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from tqdm import tqdm

from services.operations.recompute_clocks import recompute_clocks


class Command(BaseCommand):
    """Due times and breaches after a change of calendars, policies or targets."""

    help = "Recompute the SLA clocks of all unsolved tickets from their histories."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """See --help."""
        parser.add_argument("--all", action="store_true", help="solved, closed and merged tickets as well")
        parser.add_argument("--json", action="store_true", help="print one JSON object and no progress")

    def handle(self, *args: Any, **options: Any) -> None:
        """Recompute, and print what came of it."""
        started = time.perf_counter()
        with tqdm(disable=True if options["json"] else None, leave=False, unit=" tickets") as bar:

            def tell(done: int, total: int, step: str) -> None:
                bar.total = total
                bar.update(done - bar.n)

            done = recompute_clocks(at=timezone.now(), everything=options["all"], tell=tell)
        seconds = round(time.perf_counter() - started, 3)
        if options["json"]:
            figures = {"tickets": done.tickets, "changed": done.changed, "breaches_kept": done.breaches_kept}
            self.stdout.write(json.dumps({**figures, "seconds": seconds}))
            return
        self.stdout.write(
            f"{done.tickets:,} tickets in {seconds} s: {done.changed:,} had other clocks, "
            f"{done.breaches_kept:,} breaches were kept that the terms of now do not know"
        )
