import json
import math
import os
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from analytics.demand.hindsight import CHOSEN, Hindsight, look_back
from analytics.demand.ladder import NAIVE
from analytics.management.demand_data import DATA_SETS, DataSet


class Command(BaseCommand):
    help = (
        "Do the forecasts foretell demand? Makes them as of earlier moments of real data sets and compares with what "
        "came, and with seasonal naive. Touches no database."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """See --help."""
        parser.add_argument("names", nargs="*", metavar="NAME", help="of " + ", ".join(DATA_SETS) + "; without: all")
        parser.add_argument("--data", type=Path, help="the folder of the data sets; without: CRM_DATA_DIR")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a table for each data set."""
        folder = options["data"] or _default()
        unknown = sorted({*options["names"]} - {*DATA_SETS})
        if unknown:
            raise CommandError(
                _("There is no data set %(names)s; there are %(all)s.")
                % {"names": ", ".join(unknown), "all": ", ".join(DATA_SETS)}
            )
        found = {}
        for name in options["names"] or DATA_SETS:
            try:
                data = DATA_SETS[name](folder)
            except (OSError, ValueError, KeyError) as error:
                raise CommandError(_("The file cannot be read: %(problem)s") % {"problem": error}) from error
            seen = look_back(data.panel, data.rhythm, data.cuts, data.horizon)
            found[name] = _machine(data, seen)
            if not options["json"]:
                self.stdout.write(_text(data, seen))
        if options["json"]:
            self.stdout.write(json.dumps(found))


def _default() -> Path:
    folder = os.environ.get("CRM_DATA_DIR")
    if not folder:
        raise CommandError(_("Give the folder of the data sets with --data, or set CRM_DATA_DIR."))
    return Path(folder)


def _machine(data: DataSet, seen: Hindsight) -> dict[str, Any]:
    rows = [{name: _plain(value) for name, value in asdict(row).items()} for row in seen.judgements]
    return {
        "series": seen.series,
        "steps": data.panel.steps,
        "cuts": seen.cuts,
        "horizon": seen.horizon,
        "chosen": seen.chosen,
        "beats_naive": seen.beats_naive,
        "results": rows,
    }


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value


def _text(data: DataSet, seen: Hindsight) -> str:
    cuts = ", ".join(str(cut) for cut in seen.cuts)
    lines = [
        f"{data.name}: {data.about}, {seen.series} series of {data.panel.steps} steps.",
        f"Forecast as of steps {cuts}, {seen.horizon} ahead; what is chosen knew nothing of what is tested.",
        f"{'':12}{'WAPE':>9}{'MASE':>9}{'sMAPE':>9}{'pinball .1/.5/.9':>26}{'80 %':>9}{'95 %':>9}{'chosen':>9}",
    ]
    for row in seen.judgements:
        losses = " / ".join(f"{loss:.3f}" for loss in row.pinball)
        inside = [f"{100 * share:.1f} %" if row.tier == CHOSEN else "" for share in (row.covered80, row.covered95)]
        often = str(seen.chosen.get(row.tier, ""))
        lines.append(
            f"{row.tier:12}{row.wape:9.4f}{row.mase:9.4f}{row.smape:9.2f}{losses:>26}{inside[0]:>9}{inside[1]:>9}{often:>9}"
        )
    gain = 1 - seen.of(CHOSEN).wape / seen.of(NAIVE).wape
    verdict = f"beats seasonal naive by {100 * gain:.1f} %" if gain > 0 else "does not beat seasonal naive"
    return "\n".join([*lines, f"What is published {verdict} (WAPE).", ""])
