import json
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from customers.backup.keys import WrongKey
from customers.backup.manifest import Manifest
from customers.backup.place import NoSuchBackup, Place, taken_at
from customers.backup.tools import BackupFailed
from customers.management.backup_words import place_of, progress
from customers.operations.reapply_erasures import Reapplied, reapply_erasures
from customers.operations.restore_backup import BackupDamaged, NotEmpty, restore_backup

AFTER = """\
Next:
  {first}
  ./bin/crm verify_audit --accept-end    (the record of changes ends earlier than this machine may remember)
  Look at mail, webhooks and campaigns that wait to be sent before you start the workers: they may have been sent.
  Consents that were withdrawn after {at} are not withdrawn here.\
"""


class Command(BaseCommand):
    """A backup becomes a database again: a new one, never the one that is there."""

    help = "Restore a backup into the database of DATABASE_URL, which must be empty, and its files into CRM_VAR_DIR."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """See --help."""
        parser.add_argument("backup", nargs="?", default="", help="its name; default: the newest")
        parser.add_argument("--from", dest="folder", default="", help="the folder; default: CRM_BACKUP_DIR")
        parser.add_argument("--list", action="store_true", help="tell which backups there are, and end")
        parser.add_argument("--json", action="store_true", help="print one JSON object and no progress")

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore, and print what is to be done next."""
        place = place_of(options["folder"])
        if options["list"]:
            names = place.names()
            self.stdout.write(json.dumps({"backups": names}) if options["json"] else "\n".join(names))
            return
        started = time.perf_counter()
        if not connection.in_atomic_block:
            connection.close()  # SQLite: the file that it holds open is about to be another
        try:
            with progress(quiet=options["json"]) as tell:
                manifest = restore_backup(name=options["backup"], tell=tell, place=place)
        except (BackupFailed, NoSuchBackup, WrongKey, NotEmpty, BackupDamaged) as failed:
            raise CommandError(str(failed)) from failed
        erasures = None if _is_behind() else reapply_erasures(at=timezone.now(), place=place)
        self._say(manifest, erasures, round(time.perf_counter() - started, 3), place, options)
        if erasures is not None and erasures.refused:
            raise CommandError(f"{len(erasures.refused)} persons who were erased could not be erased again: see above")

    def _say(
        self, manifest: Manifest, erasures: Reapplied | None, seconds: float, place: Place, options: dict[str, Any]
    ) -> None:
        figures = {
            "backup": manifest.name,
            "rows": manifest.contents.rows,
            "files": len(manifest.files),
            "erased_again": None if erasures is None else len(erasures.erased),
            "refused": {} if erasures is None else erasures.refused,
            "seconds": seconds,
        }
        if options["json"]:
            self.stdout.write(json.dumps(figures))
            return
        self.stdout.write(
            "Restored {backup}: {rows:,} rows, {files:,} files, {seconds} s, all as it was.".format(**figures)
        )
        at = taken_at(manifest.name).isoformat()
        if erasures is None:
            first = (
                f"./bin/crm migrate && ./bin/crm reapply_erasures --from {place.folder}    (it is of an older release)"
            )
        else:
            first = "./bin/crm migrate    (nothing to do, unless you change the release)"
            self.stdout.write(f"Persons erased after it was made, erased again: {len(erasures.erased)}")
            for pk, why in erasures.refused.items():
                self.stdout.write(f"customer {pk} was not erased again: {why}")
        self.stdout.write(AFTER.format(first=first, at=at))


def _is_behind() -> bool:
    """Whether it is of a release with fewer migrations than this one."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
