import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from customers.models import ImportBatch
from customers.operations.undo_import import CannotUndo, RowsTouched, undo_import
from customers.operations.what_was_touched import Touched


class Command(BaseCommand):
    """Take an import back: what it created is deleted, what it changed has its old values again."""

    help = "Undo an import as a whole, while nobody has touched its rows since."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("batch", type=int, help="the number of the import")
        parser.add_argument("--json", action="store_true", help="print what was done as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        batch = ImportBatch.objects.filter(pk=options["batch"]).first()
        if batch is None:
            raise CommandError(f"there is no import {options['batch']}")
        try:
            with tqdm(desc="undo", unit="step", disable=None, leave=False) as bar:
                done = undo_import(batch=batch, at=timezone.now(), tell=lambda done, total: _tell(bar, done, total))
        except CannotUndo as refused:
            touched = refused.touched if isinstance(refused, RowsTouched) else []
            if options["json"]:
                self._print({"batch": batch.pk, "error": str(refused), "touched": [_row(row) for row in touched]})
            raise CommandError(str(refused)) from refused
        except KeyboardInterrupt:
            raise CommandError("stopped; the same command goes on where it was", returncode=130) from None
        if options["json"]:
            kept = [_row(row) for row in done.kept]
            self._print({"batch": batch.pk, "removed": done.removed, "restored": done.restored, "kept": kept})
            return
        self.stdout.write(f"{done.removed:,} rows removed, {done.restored:,} have their old values back")
        for row in done.kept:
            self.stdout.write(f"touched meanwhile, so kept: {row}")

    def _print(self, said: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(said))


def _tell(bar: Any, done: int, total: int) -> None:
    bar.total = total
    bar.update(done - bar.n)


def _row(row: Touched) -> dict[str, str]:
    return {"model": row.model._meta.label, "id": str(row.key), "reason": row.reason}
