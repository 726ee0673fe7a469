import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.models import PreferenceModelVersion, ScoringRun
from analytics.operations.category_statistics import CategoryStatistics, category_statistics
from analytics.operations.find_habits import find_habits
from analytics.operations.override_sets import sets_among
from analytics.operations.preference_weights import weight_rows
from analytics.operations.product_interest import NOTHING, Looked, looks_back_to, product_interest
from analytics.operations.product_statistics import Catalogue, product_statistics
from analytics.operations.rank_products import Known, said_of_products, top_products
from analytics.operations.read_facts import FactSheet
from analytics.operations.standing_profiles import standing_profiles
from analytics.scoring.preference_arrays import Preferences, score_preferences
from analytics.scoring.preference_parameters import FEATURES, ITEM_FEATURES, PreferenceParameters
from analytics.sql.arrays import as_moment
from analytics.sql.purchases import BoughtRow, purchases
from analytics.sql.said import SaidRow, said_preferences
from analytics.sql.upsert import Columns
from analytics.sql.whose import Whose

# So many of each are kept: what a person reads.
MOST_SHOWN = 5
# Features of so many customers times categories are in memory at once: some 50 MB.
MOST_CELLS = 500_000
# Beyond these decimals nobody is told anything, and profiles take half the space.
DECIMALS = 6

Row = dict[str, Any]


def compute_preferences(*, sheet: FactSheet, run: ScoringRun, at: datetime) -> Columns:
    """The preference profiles of everybody on the sheet, by the version in force: columns of PreferenceProfile.
    Writes nothing but what everybody's purchases say, which is kept with the run.

    Who is left out has a profile that stands (standing_profiles). Queries: under twenty whatever the sheet holds, and
    one for each override of the version. Who never bought anything, said nothing and looked at nothing has no
    categories and no products: what everybody likes says nothing of them."""
    version = PreferenceModelVersion.objects.active().get()
    sets = sets_among(overrides=version.overrides, whose=sheet.whose, customer_ids=sheet.customer_ids, at=run.as_of)
    due = ~standing_profiles(sheet=sheet, run=run, version=version, sets=sets)
    keys = sheet.customer_ids[due]
    ids = keys.tolist()
    whose = sheet.whose if due.all() else Whose.these(ids)
    liked = _likings(ids, sets[due], whose, run, version) if ids else {}
    service = find_habits(whose=whose, as_of=run.as_of, most=MOST_SHOWN) if ids else {}
    return {
        "customer_id": keys,
        "version_id": np.full(len(ids), version.pk),
        "override": sets[due],
        "as_of": np.full(len(ids), as_moment(run.as_of)),
        "computed_at": np.full(len(ids), as_moment(at)),
        "activity_version": sheet.versions[due],
        "categories": [liked[pk][0] if pk in liked else "[]" for pk in ids],
        "products": [liked[pk][1] if pk in liked else "[]" for pk in ids],
        "service": [service.get(pk, "{}") for pk in ids],
    }


def _likings(
    ids: Sequence[int], sets: NDArray[np.int64], whose: Whose, run: ScoringRun, version: PreferenceModelVersion
) -> dict[int, tuple[str, str]]:
    """Categories and products of whoever bought, said or looked at something, as JSON."""
    parameters = PreferenceParameters.from_dict(version.parameters)
    bought = list(purchases(whose=whose, as_of=run.as_of))
    said = list(said_preferences(whose=whose, as_of=run.as_of))
    looked = product_interest(whose=whose, as_of=run.as_of, since=looks_back_to(parameters, run.as_of))
    if not (bought or said or len(looked)):
        return {}
    statistics = category_statistics(run=run, parameters=parameters)
    catalogue = product_statistics(run=run, categories=statistics, parameters=parameters)
    by, weights = Yardstick(statistics, catalogue, parameters), weight_rows(version, sets)
    found = likings(ids=ids, bought=bought, said=said, looked=looked, weights=weights, by=by, as_of=run.as_of)
    # Made into text one by one: a million small dicts alive at once would keep the garbage collector busy.
    return {pk: (_json(categories), _json(products)) for pk, categories, products in found}


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What likings are measured with: the parameters of a version, and what everybody's purchases say by them."""

    statistics: CategoryStatistics
    catalogue: Catalogue
    parameters: PreferenceParameters


def likings(
    *,
    ids: Sequence[int],
    bought: Sequence[BoughtRow],
    said: Sequence[SaidRow],
    looked: Looked,
    weights: NDArray[np.float64],
    by: Yardstick,
    as_of: datetime,
) -> Iterator[tuple[int, list[Row], list[Row]]]:
    """Of each of these customers who bought, said or looked at something, the best categories and products, in the
    shapes of PreferenceProfile. weights: of each, by ITEM_FEATURES."""
    row_of = {pk: i for i, pk in enumerate(ids)}
    for part in customers_at_once(bought, said, by.statistics, looked):
        mine = [pk for pk in part if pk in row_of]
        if mine:
            given = Part({pk: part[pk] for pk in mine}, said, weights[[row_of[pk] for pk in mine]], looked)
            yield from _part(given, by, as_of)


@dataclass(frozen=True, slots=True)
class Part:
    """Some customers: what they bought, what was said and looked at (by others as well), and their weights, by
    ITEM_FEATURES."""

    bought: Mapping[int, list[BoughtRow]]
    said: Sequence[SaidRow]
    weights: NDArray[np.float64]
    looked: Looked = NOTHING


def _part(part: Part, by: Yardstick, as_of: datetime) -> Iterator[tuple[int, list[Row], list[Row]]]:
    preferences = features_of(part, by.statistics, by.parameters, as_of)
    categories = _ranked(preferences, by.statistics, part.weights)
    known = known_of(part, preferences, by.statistics, by.catalogue, as_of)
    products = top_products(known, by.catalogue, by.parameters, most=MOST_SHOWN)
    for (pk, bought), ranked, best in zip(part.bought.items(), categories, products, strict=True):
        if not bought:  # of whoever bought nothing, what they said they like, or looked at
            ranked = [row for row in ranked if _is_theirs(row["because"])]
            best = [row for row in best if any((row["values"][place] or 0.0) > 0.0 for place in _THEIRS)]
        elif not any(row.category_id for row in bought):
            ranked = [row for row in ranked if _is_theirs(row["because"])]
        yield pk, ranked, best


# Features that only this customer has: what they said, and what they looked at.
_OWN = ("stated", "recent_interest")
_THEIRS = [ITEM_FEATURES.index(name) for name in _OWN]


def _is_theirs(because: Sequence[Mapping[str, Any]]) -> bool:
    return any(reason["feature"] in _OWN and reason["value"] > 0.0 for reason in because)


def customers_at_once(
    bought: Sequence[BoughtRow], said: Sequence[SaidRow], statistics: CategoryStatistics, looked: Looked = NOTHING
) -> Iterator[dict[int, list[BoughtRow]]]:
    """Purchases by customer, as many customers at a time as memory is meant for; those who said something, or looked at
    something, as well."""
    of: dict[int, list[BoughtRow]] = defaultdict(list)
    for row in bought:
        of[row.customer_id].append(row)
    for saying in said:
        of.setdefault(saying.customer_id, [])
    for pk in np.unique(looked.customer).tolist():
        of.setdefault(pk, [])
    everybody = list(of)
    size = max(1, MOST_CELLS // max(1, len(statistics.ids)))
    for start in range(0, len(everybody), size):
        yield {pk: of[pk] for pk in everybody[start : start + size]}


def features_of(
    part: Part, statistics: CategoryStatistics, parameters: PreferenceParameters, as_of: datetime
) -> Preferences:
    """Which categories these customers like, by position."""
    rows = [row for mine in part.bought.values() for row in mine]
    place = {pk: i for i, pk in enumerate(part.bought)}
    events = statistics.events(rows, place, as_of)
    position = {pk: i for i, pk in enumerate(statistics.ids)}
    stated = np.zeros((len(part.bought), len(statistics.ids)))
    for row in part.said:
        if row.category_id in position and row.customer_id in place:
            stated[place[row.customer_id], position[row.category_id]] = row.liking
    weights = part.weights[:, [ITEM_FEATURES.index(name) for name in FEATURES]]
    looked = part.looked.events(place, statistics, parameters, as_of)
    return score_preferences(events, looked, stated, statistics.figures, parameters, weights)


def known_of(
    part: Part, preferences: Preferences, statistics: CategoryStatistics, catalogue: Catalogue, as_of: datetime
) -> Known:
    """The same customers, as products are ranked for them."""
    rows = [row for mine in part.bought.values() for row in mine]
    place = {pk: i for i, pk in enumerate(part.bought)}
    return Known(
        rows=rows,
        place=place,
        as_of=as_of,
        currency=statistics.currency,
        lift=preferences.features[..., FEATURES.index("category_lift")],
        interest=preferences.features[..., FEATURES.index("recent_interest")],
        said=said_of_products(part.said, place, catalogue),
        weights=part.weights,
    )


def _ranked(
    preferences: Preferences, statistics: CategoryStatistics, given: NDArray[np.float64]
) -> Iterator[list[dict[str, Any]]]:
    """For each customer the best categories, in the shape of PreferenceProfile.categories; none that they said they do
    not want."""
    best = np.argsort(-preferences.percentile, axis=1, kind="stable")[:, :MOST_SHOWN]
    rows = np.arange(len(best))[:, np.newaxis]
    total = preferences.preference[rows, best].round(DECIMALS).tolist()
    percentile = preferences.percentile[rows, best].round(DECIMALS).tolist()
    values = preferences.features[rows, best].round(DECIMALS).tolist()
    points = preferences.points[rows, best].round(DECIMALS).tolist()
    weights = given[:, [ITEM_FEATURES.index(name) for name in FEATURES]].tolist()
    said = FEATURES.index("stated")
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
                        FEATURES, values[i][rank], weights[i], points[i][rank], strict=True
                    )
                    if point  # nothing is no reason
                ],
            }
            for rank, place in enumerate(places)
            if values[i][rank][said] >= 0.0
        ]


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
