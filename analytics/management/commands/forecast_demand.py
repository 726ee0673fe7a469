import json
import time
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from tqdm import tqdm

from analytics.choices import ForecastKind, Tier
from analytics.models import ForecastRun
from analytics.operations.forecast_demand import forecast_demand
from analytics.operations.moment_of import moment_of
from analytics.operations.start_forecasts import start_forecasts


class Command(BaseCommand):
    help = "Forecast demand by product, category and segment, and the tickets of each queue, as the nightly job does."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """See --help."""
        parser.add_argument(
            "--as-of", metavar="DATE", help="as if it were this date (or ISO time); pages do not show it"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object and no progress")

    def handle(self, *args: Any, **options: Any) -> None:
        """Forecast, and print what came of it."""
        started, at = time.perf_counter(), timezone.now()
        run = start_forecasts(as_of=self._as_of(options["as_of"], at), at=at)
        with tqdm(total=len(ForecastKind), disable=True if options["json"] else None) as progress:

            def told(done: int, _kinds: int, kind: str) -> None:
                progress.set_description(kind)
                progress.update(done - progress.n)

            run = forecast_demand(run=run, at=at, told=told)
        seconds = round(time.perf_counter() - started, 3)
        self.stdout.write(json.dumps(_machine(run, seconds)) if options["json"] else _text(run, seconds))

    def _as_of(self, text: str | None, at: datetime) -> datetime:
        if not text:
            return at
        try:
            return min(moment_of(text), at)
        except ValueError as error:
            raise CommandError(_("--as-of takes a date such as 2026-03-31, not %(text)s.") % {"text": text}) from error


def _machine(run: ForecastRun, seconds: float) -> dict[str, Any]:
    return {
        "run": run.pk,
        "groups": run.groups,
        "left_out": run.left_out,
        "seconds": seconds,
        "kinds": run.figures,
    }


def _text(run: ForecastRun, seconds: float) -> str:
    lines = [
        _("Run %(run)s: %(groups)s groups forecast in %(seconds)s s, %(left_out)s left out for lack of history.")
        % {"run": run.pk, "groups": run.groups, "seconds": seconds, "left_out": run.left_out}
    ]
    names = {tier.value: str(tier.label) for tier in Tier} | {"published": _("What is published")}
    for kind, figures in run.figures.items():
        lines.append(f"\n{ForecastKind(kind).label}: {figures['groups']}")
        for tier, row in figures["tiers"].items():
            errors = " ".join(f"{name} {_number(row[name])}" for name in ("wape", "mase", "covered_80", "covered_95"))
            lines.append(f"  {names[tier]:<24}{row['chosen']:>6}  {errors}")
    return "\n".join(lines)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
