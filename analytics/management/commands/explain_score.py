import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from analytics.management.explanation_text import explanation_text
from analytics.operations.explain_score import NotProfiled, explain_score
from analytics.operations.moment_of import moment_of
from customers.models import Customer


class Command(BaseCommand):
    help = "Say why a customer's score is what it is: factors, and the tickets, ratings and orders behind them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """See --help."""
        parser.add_argument("customer", type=int, help="the customer's id")
        parser.add_argument("--as-of", metavar="DATE", help="as of the end of this date (or of this ISO time)")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the explanation."""
        customer = Customer.objects.filter(pk=options["customer"]).first()
        if customer is None:
            raise CommandError(_("There is no customer %(id)s.") % {"id": options["customer"]})
        try:
            as_of = moment_of(options["as_of"]) if options["as_of"] else None
        except ValueError as error:
            message = _("--as-of takes a date such as 2026-03-31, not %(text)s.")
            raise CommandError(message % {"text": options["as_of"]}) from error
        try:
            explanation = explain_score(customer=customer, as_of=as_of, at=timezone.now())
        except NotProfiled as refused:
            raise CommandError(str(refused)) from refused
        if options["json"]:
            self.stdout.write(json.dumps(explanation.as_dict()))
        else:
            self.stdout.write(explanation_text(explanation))
