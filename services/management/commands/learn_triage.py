import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from tqdm import tqdm

from services.models import TriageModel
from services.operations.learn_triage import learn_triage


class Command(BaseCommand):
    """What happens every night, now."""

    help = "Learn what tickets are about from the solved ones, and print how right that is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """See --help."""
        parser.add_argument("--json", action="store_true", help="print one JSON object and no progress")

    def handle(self, *args: Any, **options: Any) -> None:
        """Learn, and print the figures of each question."""
        with tqdm(disable=True if options["json"] else None, leave=False, unit=" tickets") as bar:

            def tell(done: int, total: int, _step: str = "") -> None:
                bar.total = total
                bar.update(done - bar.n)

            counts = learn_triage(at=timezone.now(), tell=tell)
        names = ("right", "among_three", "commonest", "off")
        figures = {row["target"]: row for row in TriageModel.objects.values("target", *names)}
        if options["json"]:
            self.stdout.write(json.dumps({name: {"tickets": n, **figures.get(name, {})} for name, n in counts.items()}))
            return
        for name, count in counts.items():
            shares = [figures.get(name, {}).get(figure) for figure in names]
            said = " ".join(
                f"{figure} {share:.3f}" for figure, share in zip(names, shares, strict=True) if share is not None
            )
            self.stdout.write(f"{name:<14}{count:>9,} tickets  {said}")
