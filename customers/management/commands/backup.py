import json
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from customers.backup.tools import BackupFailed
from customers.management.backup_words import progress
from customers.operations.forget_backups import forget_backups
from customers.operations.make_backup import make_backup
from customers.operations.verify_backup import verify_backup


class Command(BaseCommand):
    """What a worker does every night, here and now."""

    help = "Copy the database and the files beside it into CRM_BACKUP_DIR, encrypted."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """See --help."""
        parser.add_argument("--json", action="store_true", help="print one JSON object and no progress")
        parser.add_argument(
            "--verify",
            action="store_true",
            help="restore it into a new database and compare; then delete what is kept no longer",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make one, and print what is in it."""
        started = time.perf_counter()
        gone: list[str] = []
        try:
            with progress(quiet=options["json"]) as tell:
                backup = make_backup(clock=timezone.now, tell=tell)
                if options["verify"]:
                    found = verify_backup(name=backup.name, clock=timezone.now, tell=tell)
                    if found.findings:
                        raise CommandError(f"{backup.name} is damaged: {'; '.join(found.findings)}")
                    gone = forget_backups(at=timezone.now())
        except BackupFailed as failed:
            raise CommandError(str(failed)) from failed
        figures = {
            "backup": backup.name,
            "tables": backup.tables,
            "rows": backup.rows,
            "bytes": backup.bytes,
            "files": backup.files,
            "file_bytes": backup.file_bytes,
            "verified": bool(options["verify"]),
            "gone": gone,
            "seconds": round(time.perf_counter() - started, 3),
        }
        said = "{backup}: {rows:,} rows of {tables} tables in {bytes:,} bytes, {files:,} files, {seconds} s"
        self.stdout.write(json.dumps(figures) if options["json"] else said.format(**figures))
