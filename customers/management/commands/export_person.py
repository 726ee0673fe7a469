import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.translation import gettext as _
from tqdm import tqdm

from customers.exporters.person_archive import as_json, write_person
from customers.management.person import person_named
from customers.models import Customer
from customers.operations.person_data import person_data
from customers.operations.start_person_export import NoPerson, require_person


class Command(BaseCommand):
    """Everything known of one person (GDPR art. 15 and 20, PIPL art. 45), as an archive or, with --json, as JSON."""

    help = "Write everything known of one person into an archive: JSON, a page to read, and the files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """See --help."""
        parser.add_argument("customer", type=int, help="the customer's id")
        parser.add_argument(
            "--to", type=Path, metavar="PATH", help="the archive to write (default: person-ID.zip here)"
        )
        parser.add_argument(
            "--json", action="store_true", help="print one JSON object; no archive unless --to is given"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it."""
        customer = person_named(options["customer"])
        try:
            require_person(customer)
        except NoPerson as refused:
            raise CommandError(str(refused)) from refused
        if options["json"]:
            found = as_json(customer, list(person_data(customer=customer)), {}, at=timezone.now())
            self.stdout.write(json.dumps(found, cls=DjangoJSONEncoder, ensure_ascii=False))
        if not options["json"] or options["to"]:
            self._write(customer, options["to"] or Path(f"person-{customer.pk}.zip"), quiet=options["json"])

    def _write(self, customer: Customer, path: Path, *, quiet: bool) -> None:
        try:
            path.touch(mode=0o600, exist_ok=False)
        except FileExistsError as error:
            raise CommandError(_("%(path)s is there already.") % {"path": path}) from error
        except OSError as error:
            raise CommandError(str(error)) from error
        with path.open("r+b") as file, tqdm(desc="export", unit="row", disable=None, leave=False) as bar:
            found = write_person(
                file, customer=customer, at=timezone.now(), tell=lambda done, total: _tell(bar, done, total)
            )
        if not quiet:
            self.stdout.write(f"{path}: {found['rows']:,} rows, {found['files']:,} files")


def _tell(bar: Any, done: int, total: int) -> None:
    bar.total = total
    bar.update(done - bar.n)
