import json
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from analytics.management.value_samples import cdnow, telco
from analytics.operations.value_customers import newest_model

SAMPLES: dict[str, Callable[[Path], dict[str, Any]]] = {"cdnow": cdnow, "telco": telco}


class Command(BaseCommand):
    help = (
        "How well the models of relationship value do: on the CDNOW sample (BG/NBD and Gamma-Gamma), on the Telco "
        "sample (churn), and on your own orders as the newest nightly job measured it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """See --help."""
        parser.add_argument("--cdnow", type=Path, help="the file CDNOW_sample.txt")
        parser.add_argument("--telco", type=Path, help="the file Telco-Customer-Churn.csv, also as .xz")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure and print."""
        found: dict[str, Any] = {}
        for name, measure in SAMPLES.items():
            path: Path | None = options[name]
            if path is None:
                continue
            try:
                found[name] = measure(path)
            except (OSError, ValueError, KeyError, IndexError) as error:
                raise CommandError(
                    _("%(path)s cannot be read as this sample: %(why)s") % {"path": path, "why": error}
                ) from error
        if model := newest_model():
            found["own"] = {"as_of": model.as_of.isoformat(), **model.figures}
        if not found:
            raise CommandError(_("Give --cdnow or --telco, or run value_customers first."))
        if options["json"]:
            self.stdout.write(json.dumps(found))
            return
        for name, figures in found.items():
            for key, value in figures.items():
                if not isinstance(value, dict | list):
                    shown = f"{value:.4f}" if isinstance(value, float) else value
                    self.stdout.write(f"{name}_{key} {shown}")
                elif isinstance(value, dict):
                    self.stdout.write(f"{name}_{key} {json.dumps(value)}")
