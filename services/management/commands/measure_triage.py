import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from customers.importers.tables import ImportStopped, read_table
from services.triage.classifier import TooLittleToLearn
from services.triage.held_out import hold_out


class Command(BaseCommand):
    """How well labels are foretold from words, on a file of yours. The database is neither read nor written."""

    help = (
        "Learn labels from the older four fifths of a table's texts, ask about the newest fifth, and print the shares."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """See --help."""
        parser.add_argument("path", type=Path, help="a table: CSV, XLSX or JSON, plain, .xz or .gz")
        parser.add_argument("--text", required=True, help="columns with the text, separated by commas")
        parser.add_argument("--label", required=True, help="the column with what people made of it")
        parser.add_argument("--order", required=True, help="the column by which rows came, such as a date")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, learn, ask, print."""
        columns = options["text"].lower().split(",")
        label, order = options["label"].lower(), options["order"].lower()
        try:
            rows = [row for row in read_table(options["path"], columns=[*columns, label, order]) if not row.problem]
        except ImportStopped as error:
            raise CommandError(str(error)) from error
        rows.sort(key=lambda row: row[order])
        pairs = [(" ".join(row[column] for column in columns).strip(), row[label]) for row in rows]
        pairs = [(text, given) for text, given in pairs if text and given]
        try:
            held = hold_out([text for text, _given in pairs], [given for _text, given in pairs])
        except TooLittleToLearn as error:
            raise CommandError(f"Nothing can be learned from this file: {error}.") from error
        figures = {"learned": len(pairs) - held.texts, **{k: round(v, 4) for k, v in asdict(held).items()}}
        if options["json"]:
            self.stdout.write(json.dumps(figures))
            return
        for name, figure in figures.items():
            self.stdout.write(f"{name:<12}{figure}")
