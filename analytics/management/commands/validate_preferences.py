import json
import os
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from analytics.management.retail_lines import read_history
from analytics.scoring.backtest import WINDOW_DAYS, Result, compare, learned, split_at
from analytics.scoring.preference_parameters import ITEM_FEATURES, PreferenceParameters

FILE = Path("online_retail", "online_retail.csv.xz")


class Command(BaseCommand):
    help = (
        "Does the ranking of products foretell what is bought? Learns from what happened before a moment, looks at the "
        "days after it, and compares with popularity. Touches no database."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """See --help."""
        parser.add_argument(
            "path",
            nargs="?",
            type=Path,
            help="a file in the format of Online Retail; without: CRM_DATA_DIR/" + str(FILE),
        )
        parser.add_argument("--days", type=float, default=WINDOW_DAYS, help="so many days at the end are foretold")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the table."""
        days = options["days"]
        if not 0 < days < 10_000:
            raise CommandError(_("--days takes a number above 0."))
        try:
            history, last = read_history(options["path"] or _default())
        except (OSError, ValueError, KeyError) as error:
            raise CommandError(_("The file cannot be read: %(problem)s") % {"problem": error}) from error
        cut = history.at_days.max() - days
        if not (history.at_days < cut - days).any():
            raise CommandError(_("The file does not reach back far enough: it needs more than two times --days."))
        parameters = PreferenceParameters()
        # Weights are learned from the window before, so that nothing of what is foretold is known to them.
        weights = learned(split_at(history, cut - days, parameters, window=days))
        rows = compare(
            split_at(history, cut, parameters, window=days),
            {
                "all features weigh the same": dict.fromkeys(ITEM_FEATURES, 1.0),
                "affinity alone": {"affinity": 1.0},
                "learned weights": weights,
                "default weights": parameters.weights,
            },
        )
        about = {
            "purchases": len(history.customer),
            "customers": history.n_customers,
            "products": len(history.category),
            "last_purchase": last.isoformat(),
            "days": days,
            "learned_weights": weights,
        }
        if options["json"]:
            self.stdout.write(json.dumps({**about, "results": [asdict(row) for row in rows]}))
        else:
            self.stdout.write(_text(about, rows))


def _default() -> Path:
    folder = os.environ.get("CRM_DATA_DIR")
    if not folder:
        raise CommandError(_("Give the path of a file, or set CRM_DATA_DIR."))
    return Path(folder) / FILE


def _text(about: dict[str, Any], rows: list[Result]) -> str:
    given = ", ".join(f"{name} {weight:g}" for name, weight in about["learned_weights"].items() if weight)
    lines = [
        "{purchases:,} purchases of {customers:,} customers and {products:,} products up to {last_purchase}.".format(
            **about
        ),
        f"The last {about['days']:g} days are foretold from those before. In brackets: 95% bootstrap by customer.",
        f"Learned weights (from the window before; 0 where not named): {given}.",
    ]
    for task in dict.fromkeys(row.task for row in rows):
        mine = [row for row in rows if row.task == task]
        lines += ["", f"{task}: {mine[0].customers:,} customers", _HEAD]
        lines += [_line(row) for row in mine]
        ours = mine[-1]
        verdict = "beats" if ours.gain.low > 0 else "loses to" if ours.gain.high < 0 else "does not differ from"
        lines.append(f"{ours.name}: {verdict} the strongest popularity.")
    return "\n".join(lines)


_HEAD = f"{'':32} {'nDCG@10':>25} {'hit rate@10':>25} {'gain in nDCG':>28}"


def _line(row: Result) -> str:
    ndcg, hits, gain = row.ndcg, row.hit_rate, row.gain
    against = "" if row.is_baseline and gain.mean == 0 else f"{gain.mean:+.4f} [{gain.low:+.4f}, {gain.high:+.4f}]"
    return (
        f"{row.name:32} {ndcg.mean:8.4f} [{ndcg.low:.4f}, {ndcg.high:.4f}]"
        f" {hits.mean:8.4f} [{hits.low:.4f}, {hits.high:.4f}] {against or 'strongest popularity':>28}"
    )
