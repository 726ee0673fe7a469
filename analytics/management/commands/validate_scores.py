import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from tqdm import tqdm

from analytics.management.validation_text import validation_text
from analytics.operations.ask_for_validation import NoVersionYet, ask_for_validation
from analytics.operations.ensure_versions import ensure_versions, is_ready_for_a_first_version
from analytics.operations.validate_scores import validate_scores


class Command(BaseCommand):
    help = (
        "Test whether the score foretells a bad rating: ROC-AUC, log loss and calibration against last rating, raw "
        "mean, shrunk rating and the mean of the factors. The test is kept, and shown in the admin."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """See --help."""
        parser.add_argument("--json", action="store_true", help="print one JSON object and no progress")

    def handle(self, *args: Any, **options: Any) -> None:
        """Test, keep, print."""
        at = timezone.now()
        if is_ready_for_a_first_version(at=at):
            ensure_versions(at=at)
        try:
            validation = ask_for_validation(at=at, in_background=False)
        except NoVersionYet as error:
            raise CommandError(_("There is nothing to test yet: no customer was ever served or rated.")) from error
        with tqdm(unit=_("customers"), disable=True if options["json"] else None) as progress:

            def told(some: int, everybody: int) -> None:
                progress.total = everybody
                progress.update(some - progress.n)

            validation = validate_scores(validation=validation, at=timezone.now(), told=told)
        if validation.result is None:
            raise CommandError(validation.error)
        if options["json"]:
            self.stdout.write(json.dumps({"validation": validation.pk, **validation.result}))
        else:
            self.stdout.write(validation_text(validation))
