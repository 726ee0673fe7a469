import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from customers.management.backup_words import place_of
from customers.operations.reapply_erasures import reapply_erasures


class Command(BaseCommand):
    """After a restore: who was erased since the backup was made is erased again. `restore` does it by itself, unless
    the backup is of an older release."""

    help = "Erase again whom the record beside the backups names and this database still knows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """See --help."""
        parser.add_argument("--from", dest="folder", default="", help="the folder; default: CRM_BACKUP_DIR")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and print whom it was done to, by key."""
        done = reapply_erasures(at=timezone.now(), place=place_of(options["folder"]))
        if options["json"]:
            self.stdout.write(json.dumps(asdict(done)))
        else:
            self.stdout.write(f"{done.noted} erasures on record, {len(done.erased)} customers erased again")
            for pk, why in done.refused.items():
                self.stdout.write(f"customer {pk} was not erased again: {why}")
        if done.refused:
            raise CommandError(f"{len(done.refused)} persons could not be erased again")
