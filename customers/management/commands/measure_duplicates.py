import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from customers.importers.linkage import ATTRIBUTES, read_linkage
from customers.importers.tables import ImportStopped
from customers.operations.measure_duplicates import measure_duplicates
from customers.operations.profiles import matching_attributes


class Command(BaseCommand):
    """How well duplicates are found with the default settings, on a file of which it is known who is who."""

    help = "Measure precision, recall and F1 of the search for duplicates on a file in the layout of Febrl."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """See --help."""
        parser.add_argument(
            "path", type=Path, help="a CSV file, plain or .xz, with rec_id such as rec-7-org, rec-7-dup-0"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, compare in memory, print. The database is neither read nor written."""
        started = time.perf_counter()
        try:
            records = list(read_linkage(options["path"]))
        except ImportStopped as error:
            raise CommandError(str(error)) from error
        attributes = matching_attributes(new.unsaved() for new in ATTRIBUTES)
        measured = measure_duplicates(records=records, attributes=attributes)
        figures = {
            "records": measured.records,
            "candidates": measured.candidates,
            "pairs": measured.pairs,
            "wanted": measured.wanted,
            "precision": round(measured.precision, 4),
            "recall": round(measured.recall, 4),
            "f1": round(measured.f1, 4),
            "seconds": round(time.perf_counter() - started, 3),
        }
        if options["json"]:
            self.stdout.write(json.dumps(figures))
        else:
            for name, figure in figures.items():
                self.stdout.write(f"{name:<12}{figure}")
