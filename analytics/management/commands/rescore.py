import json
import time
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from tqdm import tqdm

from analytics.choices import RunKind, RunState
from analytics.models import ScoringRun
from analytics.operations.ensure_run import ensure_run
from analytics.operations.ensure_sweep import ensure_sweep
from analytics.operations.ensure_versions import ensure_versions
from analytics.operations.finish_run import finish_run
from analytics.operations.moment_of import moment_of
from analytics.operations.work_chunks import work_chunks
from customers.choices import LeaseState

POLL_SECONDS = 0.5


class Command(BaseCommand):
    help = "Score all customers, or those whose scores are stale, or all as of an earlier date (history only)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """See --help."""
        parser.add_argument("--stale", action="store_true", help="only the customers whose scores are stale")
        parser.add_argument("--as-of", metavar="DATE", help="write the history as of this date (or ISO time)")
        parser.add_argument(
            "--wait", action="store_true", help="leave the work to the Celery workers and wait until it is done"
        )
        parser.add_argument("--no-work", action="store_true", help="only plan the run; workers do it later")
        parser.add_argument("--json", action="store_true", help="print one JSON object and no progress")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the run, work on it beside any workers, and print what came of it."""
        started = time.perf_counter()
        run = self._run(options, timezone.now())
        if run is not None and not options["no_work"]:
            run = self._follow(run, options)
        seconds = time.perf_counter() - started
        self._report(run, seconds, as_json=options["json"])
        if run is not None and run.state in (RunState.PARTIAL, RunState.SKIPPED):
            raise CommandError(_("Not everybody was scored: see the run's chunks in the admin."))

    def _run(self, options: dict[str, Any], at: datetime) -> ScoringRun | None:
        as_of = self._as_of(options["as_of"], at)
        if as_of is not None and options["stale"]:
            raise CommandError(_("Choose one of --stale and --as-of."))
        ensure_versions(at=at)
        if options["stale"]:
            return ensure_sweep(at=at)
        kind = RunKind.MANUAL if as_of is None else RunKind.REPLAY
        return ensure_run(kind=kind, logical_at=at, as_of=as_of or at, at=at)

    def _as_of(self, text: str | None, at: datetime) -> datetime | None:
        if not text:
            return None
        try:
            return min(moment_of(text), at)
        except ValueError as error:
            raise CommandError(_("--as-of takes a date such as 2026-03-31, not %(text)s.") % {"text": text}) from error

    def _follow(self, run: ScoringRun, options: dict[str, Any]) -> ScoringRun:
        """Work on the run, or wait for those who do, until it is closed."""
        total = sum(run.chunks.values_list("customers", flat=True))
        with tqdm(total=total, unit=_("customers"), disable=True if options["json"] else None) as progress:
            while run.state == RunState.RUNNING:
                if not options["wait"]:
                    for _chunk, _customers in work_chunks(clock=timezone.now, run=run):
                        self._show(progress, run)
                run = finish_run(run=run, at=timezone.now())
                self._show(progress, run)
                if run.state == RunState.RUNNING:
                    time.sleep(POLL_SECONDS)
        return run

    def _show(self, progress: "tqdm[Any]", run: ScoringRun) -> None:
        done = run.chunks.filter(state=LeaseState.DONE).values_list("customers", flat=True)
        progress.update(sum(done) - progress.n)

    def _report(self, run: ScoringRun | None, seconds: float, *, as_json: bool) -> None:
        result = {
            "run": run.pk if run else None,
            "customers": run.customers if run else 0,
            "seconds": round(seconds, 3),
            "failed": run.failed if run else 0,
        }
        if as_json:
            self.stdout.write(json.dumps(result))
        else:
            self.stdout.write(_("Run %(run)s: %(customers)s customers in %(seconds)s s, %(failed)s failed.") % result)
