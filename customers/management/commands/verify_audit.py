import json
import time
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from customers.models import AuditSeal
from customers.operations.audit_anchor import keep_anchor
from customers.operations.verify_audit import verify_audit


class Command(BaseCommand):
    """Whether anybody touched the audit record behind the program's back."""

    help = "Check every signature and every link of the audit record. Exit status 0 only if nothing was tampered with."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """See --help."""
        parser.add_argument("--json", action="store_true", help="print one JSON object and no progress")
        parser.add_argument("--head", default="", help="NUMBER:MAC that an earlier call told: must still be there")
        parser.add_argument(
            "--accept-end", action="store_true", help="take the end of the chain as it is: a backup was restored"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify, and print what was found."""
        if options["accept_end"]:
            newest = AuditSeal.objects.order_by("-number").first()
            if newest is not None:
                keep_anchor(newest, force=True)
        started = time.perf_counter()
        with tqdm(disable=True if options["json"] else None, unit="entries", leave=False) as bar:

            def tell(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            found = verify_audit(head=options["head"], tell=tell)
        figures = {**asdict(found), "seconds": round(time.perf_counter() - started, 3)}
        if options["json"]:
            self.stdout.write(json.dumps(figures))
        else:
            self.stdout.write(
                "{entries:,} entries under {seals:,} seals, {waiting:,} of them not sealed yet, {forgotten:,} made "
                "unreadable by an erasure, in {seconds} s. Head: {head}".format(**figures)
            )
            for one in found.findings:
                where = ", ".join(f"{name} {key}" for name, key in (("seal", one.seal), ("entry", one.entry)) if key)
                self.stdout.write(f"{one.kind}: {where}")
        if found.tampering:
            raise CommandError(f"the audit record was tampered with: {found.tampering} findings")
