import json
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from customers.choices import OnDuplicate
from customers.importers.files.archive import unpack
from customers.importers.files.sheet import ImportStopped
from customers.importers.files.sniff import is_archive
from customers.importers.formats import Format, format_of, formats
from customers.importers.parallel import HelperLost
from customers.importers.prepare import prepare, saved_mapping
from customers.importers.read_tables import path_for, reader_of, zone_of
from customers.importers.run import run_import
from customers.models import ImportBatch, Team

SOURCE_LENGTH = 32


class Command(BaseCommand):
    """Bring data of another system in: customers, orders, tickets, ratings. The same file again changes nothing."""

    help = "Import a file, a folder or a zip of files of another system."

    def add_arguments(self, parser: ArgumentParser) -> None:
        known = ", ".join(format.code for format in formats())
        parser.add_argument("format", help=f"one of: {known}")
        parser.add_argument("path", type=Path, help="the file, folder or .zip; files plain or packed with xz or gzip")
        parser.add_argument("--dry-run", action="store_true", help="check everything, write nothing")
        parser.add_argument("--team", default="", help="the team that new customers belong to (default: the first)")
        parser.add_argument("--source", default="", help="what the ids are the ids of (default: the format)")
        parser.add_argument("--encoding", default="", help="of text that is not in UTF-8, like cp1252 or gb18030")
        parser.add_argument("--delimiter", default="", help="the sign between cells, or `tab` (default: found out)")
        parser.add_argument("--sheet", default="", help="of a workbook, by name (default: all that are known)")
        parser.add_argument("--mapping", default="", help="a saved mapping by name, or a file of one (.json)")
        parser.add_argument("--dates", default="", choices=["day", "month"], help="03/04/2026: which comes first")
        parser.add_argument("--time-zone", default="", help="of times without an offset, like Asia/Shanghai")
        parser.add_argument(
            "--on-duplicate",
            default=OnDuplicate.CREATE.value,
            choices=OnDuplicate.values,
            help="a new row that looks like a customer who is here: create it, update them, or skip it",
        )
        parser.add_argument("--json", action="store_true", help="print the counts as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        format = _format(options["format"])
        team = _team(options["team"])
        if len(options["source"]) > SOURCE_LENGTH:
            raise CommandError(f"--source has at most {SOURCE_LENGTH} letters")
        try:
            with _unpacked(options["path"]) as path:
                batch = self._import(format, path, team, options)
        except (ImportStopped, HelperLost) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise CommandError("stopped; the same command goes on where it was", returncode=130) from None
        if options["json"]:
            self.stdout.write(json.dumps(batch.counts))
        else:
            self._print(batch)

    def _import(self, format: Format, path: Path, team: Team, options: dict[str, Any]) -> ImportBatch:
        reading = {"date_order": options["dates"], "time_zone": options["time_zone"]}
        zone_of(reading)
        source, tables = options["source"], []
        if format.is_fixed:
            reading |= {"encoding": options["encoding"], "delimiter": options["delimiter"]}
        else:
            prepared = prepare(
                path,
                format,
                encoding=options["encoding"],
                delimiter=options["delimiter"],
                sheet=options["sheet"],
                saved=saved_mapping(options["mapping"], format) if options["mapping"] else None,
            )
            for text in prepared.passed_over:
                self.stderr.write(text)
            source = source or prepared.source
            tables = [table.as_entry() for table in prepared.tables]
        return run_import(
            format=format.code,
            reader=reader_of(format),
            path=path_for(format, path),
            team=team,
            now=timezone.now,
            reports=settings.VAR_DIR / "reports",
            dry_run=options["dry_run"],
            on_duplicate=options["on_duplicate"],
            source=source,
            shown=str(options["path"]),
            tables=tables,
            options={name: value for name, value in reading.items() if value},
        )

    def _print(self, batch: ImportBatch) -> None:
        for kind, counts in batch.counts.items():
            told = ", ".join(f"{number:,} {what}" for what, number in counts.items())
            self.stdout.write(f"{kind}: {told}")
        for text, times in batch.options.get("notes", {}).items():
            self.stdout.write(f"note: {text} ({times:,} times)" if times > 1 else f"note: {text}")
        if batch.report_path:
            self.stdout.write(f"refused rows: {batch.report_path}")
        if batch.dry_run:
            self.stdout.write("This was a dry run: nothing was written.")
        elif batch.steps.exists():
            self.stdout.write(f"To take it back: undo_import {batch.pk}")


@contextmanager
def _unpacked(path: Path) -> Iterator[Path]:
    """The path itself, or the folder into which a zip of files was unpacked for the while."""
    if not is_archive(path):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="candid-import-") as folder:
        unpack(path, Path(folder))
        yield Path(folder)


def _format(code: str) -> Format:
    try:
        return format_of(code)
    except KeyError:
        known = ", ".join(sorted(format.code for format in formats()))
        raise CommandError(f"there is no format {code!r}; known are: {known}") from None


def _team(name: str) -> Team:
    team = Team.objects.filter(name=name).first() if name else Team.objects.order_by("pk").first()
    if team is None:
        known = ", ".join(Team.objects.values_list("name", flat=True))
        raise CommandError(f"there is no team {name!r}; known are: {known}")
    return team
