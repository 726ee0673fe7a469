import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.choices import ErasureState
from customers.management.person import person_named
from customers.models import Customer, Erasure
from customers.operations.approve_erasure import approve_erasure
from customers.operations.ask_for_erasure import ask_for_erasure
from customers.operations.erasure_hindrances import ErasureRefused
from customers.operations.preview_erasure import preview_erasure

UNASKED = "erase_person, on the server"


class Command(BaseCommand):
    """Erase one person (GDPR art. 17, PIPL art. 47). It carries out the request that waits, or puts one down and
    carries it out: whoever may run commands on the server stands above the rule of two, and the record says so."""

    help = "Erase one person: orders, tickets and figures stay, without the person. It cannot be undone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """See --help."""
        parser.add_argument("customer", type=int, help="the customer's id")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, change nothing")
        parser.add_argument("--reason", default=UNASKED, help="who asked, when and how; without names")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Preview, or erase."""
        customer = person_named(options["customer"])
        if options["dry_run"]:
            preview = preview_erasure(customer=customer)
            if options["json"]:
                self.stdout.write(json.dumps({"customer": customer.pk, "dry_run": True, **preview}))
            else:
                self._tell(preview)
            return
        try:
            with transaction.atomic():  # one that is refused leaves no request behind
                request = _request(customer, options["reason"])
                erasure = approve_erasure(erasure=request, by=None, at=timezone.now())
        except ErasureRefused as refused:
            if options["json"]:
                self.stdout.write(json.dumps({"customer": customer.pk, "error": str(refused)}))
            raise CommandError(str(refused)) from refused
        result: dict[str, Any] = erasure.result or {}
        if options["json"]:
            self.stdout.write(json.dumps({"customer": customer.pk, "erasure": erasure.pk, **result}))
        else:
            self._tell_result(result)
        if not result["proof"]["is_clean"]:
            raise CommandError(_("Something still stands: see the proof of erasure #%(pk)d.") % {"pk": erasure.pk})

    def _tell(self, preview: dict[str, Any]) -> None:
        for text in preview["hindrances"]:
            self.stdout.write(f"in the way: {text}")
        for label, count in sorted(preview["rows"].items()):
            self.stdout.write(f"{count:>10,} {label}")

    def _tell_result(self, result: dict[str, Any]) -> None:
        for label, done in sorted(result["rows"].items()):
            for what, count in done.items():
                self.stdout.write(f"{count:>10,} {label} {what}")
        proof = result["proof"]
        found = ", ".join(f"{name}: {count}" for name, count in proof["found"].items()) or "nothing"
        self.stdout.write(f"{proof['columns']} columns looked through for {proof['values']} values; found: {found}")


def _request(customer: Customer, reason: str) -> Erasure:
    """The request that waits, or a new one."""
    waiting = Erasure.objects.filter(customer=customer, state=ErasureState.ASKED).first()
    return waiting or ask_for_erasure(customer=customer, reason=reason, by=None, at=timezone.now())
