import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from django.utils import timezone

from analytics.models import PreferenceModelVersion, ScoringRun
from analytics.operations.category_statistics import CategoryStatistics, category_statistics
from analytics.operations.read_facts import FactSheet
from analytics.scoring.habits import Habit, Signal, service_habits
from analytics.scoring.preference_arrays import Events, Preferences, score_preferences
from analytics.scoring.preference_parameters import FEATURES, PreferenceParameters
from analytics.sql.purchases import BoughtRow, purchases
from analytics.sql.service_signals import SignalRow, service_signals
from analytics.sql.upsert import Columns
from analytics.sql.whose import Whose

# So many of each are kept: what a person reads.
MOST_SHOWN = 5
# Features of so many customers times categories are in memory at once: some 100 MB.
MOST_CELLS = 1_000_000
# Beyond these decimals nobody is told anything, and profiles take half the space.
DECIMALS = 6


def compute_preferences(*, sheet: FactSheet, run: ScoringRun, at: datetime) -> Columns:
    """The preference profiles of everybody on the sheet, by the version in force: columns of PreferenceProfile.
    Writes nothing but the run's category statistics.

    Queries: six whatever the sheet holds. Who never bought anything has no categories: what everybody likes says
    nothing of them."""
    version = PreferenceModelVersion.objects.active().get()
    ids = sheet.customer_ids.tolist()
    categories = _categories(sheet.whose, run, PreferenceParameters.from_dict(version.parameters))
    service = _service(service_signals(whose=sheet.whose, as_of=run.as_of), run.as_of)
    return {
        "customer_id": ids,
        "version_id": [version.pk] * len(ids),
        "as_of": [run.as_of] * len(ids),
        "computed_at": [at] * len(ids),
        "activity_version": sheet.versions.tolist(),
        "categories": [categories.get(pk, "[]") for pk in ids],
        "service": [service.get(pk, "{}") for pk in ids],
    }


def _categories(whose: Whose, run: ScoringRun, parameters: PreferenceParameters) -> dict[int, str]:
    bought = list(purchases(whose=whose, as_of=run.as_of))
    if not bought:
        return {}
    statistics = category_statistics(run=run, parameters=parameters)
    result: dict[int, str] = {}
    for part in buyers(bought, statistics):
        preferences = features_of(part, statistics, parameters, run.as_of)
        ranked = _ranked(preferences, statistics, parameters)
        # Made into text one by one: a million small dicts alive at once would keep the garbage collector busy.
        result.update((pk, _json(rows)) for pk, rows in zip(part, ranked, strict=True))
    return result


def buyers(bought: Sequence[BoughtRow], statistics: CategoryStatistics) -> Iterator[dict[int, list[BoughtRow]]]:
    """Purchases by customer, as many customers at a time as memory is meant for."""
    of: dict[int, list[BoughtRow]] = defaultdict(list)
    for row in bought:
        of[row.customer_id].append(row)
    everybody = list(of)
    size = max(1, MOST_CELLS // max(1, len(statistics.ids)))
    for start in range(0, len(everybody), size):
        yield {pk: of[pk] for pk in everybody[start : start + size]}


def features_of(
    part: dict[int, list[BoughtRow]], statistics: CategoryStatistics, parameters: PreferenceParameters, as_of: datetime
) -> Preferences:
    """What these customers like, by position. Views and stated preferences are not recorded yet, so they are none."""
    rows = [row for mine in part.values() for row in mine]
    events = statistics.events(rows, {pk: i for i, pk in enumerate(part)}, as_of)
    stated = np.zeros((len(part), len(statistics.ids)))
    return score_preferences(events, Events.of([], [], []), stated, statistics.figures, parameters)


def _ranked(
    preferences: Preferences, statistics: CategoryStatistics, parameters: PreferenceParameters
) -> Iterator[list[dict[str, Any]]]:
    """For each customer the best categories, in the shape of PreferenceProfile.categories."""
    best = np.argsort(-preferences.percentile, axis=1, kind="stable")[:, :MOST_SHOWN]
    rows = np.arange(len(best))[:, np.newaxis]
    total = preferences.preference[rows, best].round(DECIMALS).tolist()
    percentile = preferences.percentile[rows, best].round(DECIMALS).tolist()
    values = preferences.features[rows, best].round(DECIMALS).tolist()
    points = preferences.points[rows, best].round(DECIMALS).tolist()
    weights = [parameters.weights[name] for name in FEATURES]
    for i, places in enumerate(best.tolist()):
        yield [
            {
                "category": statistics.ids[place],
                "name": statistics.names[place],
                "preference": total[i][rank],
                "percentile": percentile[i][rank],
                "because": [
                    {"feature": feature, "value": value, "weight": weight, "points": point}
                    for feature, value, weight, point in zip(
                        FEATURES, values[i][rank], weights, points[i][rank], strict=True
                    )
                    if point  # nothing is no reason
                ],
            }
            for rank, place in enumerate(places)
        ]


def _service(rows: Sequence[SignalRow], as_of: datetime) -> dict[int, str]:
    """How to serve each customer, in the shape of PreferenceProfile.service. Hours are those of TIME_ZONE."""
    zone = timezone.get_default_timezone()
    signals: dict[int, list[Signal]] = defaultdict(list)
    for who, kind, value, at in rows:
        shown = value.astimezone(zone).hour if isinstance(value, datetime) else value
        signals[who].append(Signal(kind, shown, at))
    return {who: _json(_habits(service_habits(mine, as_of))) for who, mine in signals.items()}


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _habits(habits: dict[str, tuple[Habit, ...]]) -> dict[str, list[dict[str, Any]]]:
    return {
        kind: [
            {"value": habit.value, "count": habit.count, "last_seen": habit.last_seen.isoformat()}
            for habit in ranked[:MOST_SHOWN]
        ]
        for kind, ranked in habits.items()
        if ranked
    }
