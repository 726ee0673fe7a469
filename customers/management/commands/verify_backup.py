import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from customers.backup.keys import WrongKey
from customers.backup.place import NoSuchBackup
from customers.backup.tools import BackupFailed
from customers.management.backup_words import place_of, progress
from customers.operations.verify_backup import Verification, verify_backup


class Command(BaseCommand):
    """Whether a backup can be restored, by restoring it."""

    help = (
        "Restore a backup into a new database, which is dropped again, and compare. Status 0 only if all is the same."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """See --help."""
        parser.add_argument("backup", nargs="?", default="", help="its name; default: the newest")
        parser.add_argument("--all", action="store_true", help="every backup in the folder")
        parser.add_argument("--from", dest="folder", default="", help="the folder; default: CRM_BACKUP_DIR")
        parser.add_argument("--json", action="store_true", help="print one JSON object and no progress")

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify, and print what was found."""
        place = place_of(options["folder"])
        names = place.names() if options["all"] else [options["backup"]]
        try:
            with progress(quiet=options["json"]) as tell:
                found = [verify_backup(name=name, clock=timezone.now, tell=tell, place=place) for name in names]
        except (BackupFailed, NoSuchBackup, WrongKey) as failed:
            raise CommandError(str(failed)) from failed
        self._say(found, options)
        damaged = [one.name for one in found if one.findings]
        if damaged:
            raise CommandError(f"damaged: {', '.join(damaged)}")

    def _say(self, found: list[Verification], options: dict[str, Any]) -> None:
        if options["json"]:
            told = [asdict(one) for one in found]
            self.stdout.write(json.dumps({"backups": told} if options["all"] else told[0]))
            return
        for one in found:
            said = f"{one.name}: {one.rows:,} rows of {one.tables} tables and {one.files:,} files are as they were"
            self.stdout.write(f"{said}, {one.seconds} s" if not one.findings else f"{one.name} is damaged:")
            for text in one.findings:
                self.stdout.write(f"  {text}")
