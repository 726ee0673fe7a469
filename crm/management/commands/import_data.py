import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from customers.importers.run import Reader, run_import
from customers.importers.tables import ImportStopped
from customers.models import ImportBatch, Team
from services.importers.incidents import import_incidents
from services.importers.olist import import_olist

FORMATS: dict[str, Reader] = {
    "incidents": import_incidents,
    "olist": import_olist,
}


class Command(BaseCommand):
    """Bring data of another system in: customers, orders, tickets, ratings. The same file again changes nothing."""

    help = "Import a file or folder. Formats: " + ", ".join(FORMATS)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("format", help="one of: " + ", ".join(FORMATS))
        parser.add_argument("path", type=Path, help="the file or folder; plain or .xz")
        parser.add_argument("--dry-run", action="store_true", help="do everything, then take it back")
        parser.add_argument("--team", default="", help="the team that new customers belong to (default: the first)")
        parser.add_argument("--json", action="store_true", help="print the counts as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        reader = FORMATS.get(options["format"])
        if reader is None:
            raise CommandError(f"there is no format {options['format']!r}; known are: {', '.join(FORMATS)}")
        try:
            batch = run_import(
                format=options["format"],
                reader=reader,
                path=options["path"],
                team=_team(options["team"]),
                now=timezone.now,
                reports=settings.VAR_DIR / "reports",
                dry_run=options["dry_run"],
            )
        except ImportStopped as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise CommandError("stopped; the same command goes on where it was", returncode=130) from None
        if options["json"]:
            self.stdout.write(json.dumps(batch.counts))
        else:
            self._print(batch)

    def _print(self, batch: ImportBatch) -> None:
        for kind, counts in batch.counts.items():
            told = ", ".join(f"{number:,} {what}" for what, number in counts.items())
            self.stdout.write(f"{kind}: {told}")
        if batch.report_path:
            self.stdout.write(f"refused rows: {batch.report_path}")
        if batch.dry_run:
            self.stdout.write("This was a dry run: nothing was written.")


def _team(name: str) -> Team:
    team = Team.objects.filter(name=name).first() if name else Team.objects.order_by("pk").first()
    if team is None:
        known = ", ".join(Team.objects.values_list("name", flat=True))
        raise CommandError(f"there is no team {name!r}; known are: {known}")
    return team
