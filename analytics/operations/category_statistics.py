from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.choices import RunKind
from analytics.models import ScoringRun
from analytics.operations.score_distribution import score_distribution
from analytics.scoring.facts import SCALES
from analytics.scoring.preference_arrays import Categories, Events, measure_categories
from analytics.scoring.preference_parameters import PreferenceParameters
from analytics.sql.purchases import BoughtRow, RatedRow, category_ratings, purchases
from customers.models import Category

KEY = "categories"
SECONDS_A_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class CategoryStatistics:
    """What everybody's purchases and ratings say about each category. `currency`: that of most purchases; prices in
    others are not compared."""

    ids: list[int]
    names: list[str]
    currency: str
    figures: Categories

    def events(self, rows: Sequence[BoughtRow], place: Mapping[int, int], as_of: datetime) -> Events:
        """The purchases of the customers that have a place, as columns. Categories that are newer than these
        statistics are left out."""
        return _purchases(rows, place, {pk: i for i, pk in enumerate(self.ids)}, self.currency, as_of)

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values, read back by `from_dict`."""
        figures = {name: [_or_none(x) for x in column.tolist()] for name, column in asdict(self.figures).items()}
        return {"ids": self.ids, "names": self.names, "currency": self.currency, **figures}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "CategoryStatistics":
        """Read what `as_dict` wrote."""
        columns = {name: np.array(data[name], dtype=np.float64) for name in Categories.__dataclass_fields__}
        return cls(data["ids"], data["names"], data["currency"], Categories(**columns))


def category_statistics(*, run: ScoringRun, parameters: PreferenceParameters) -> CategoryStatistics:
    """The statistics that a run goes by: measured once as of its date and kept with the run, so that all its chunks
    share them. A sweep, which has to be cheap, takes those of the newest run over everybody."""
    kept = run.distribution or {}
    if KEY not in kept and run.kind == RunKind.SWEEP:
        kept = score_distribution() or {}
    if KEY in kept:
        return CategoryStatistics.from_dict(kept[KEY])
    measured = measure_statistics(as_of=run.as_of, parameters=parameters)
    ScoringRun.objects.filter(pk=run.pk, distribution__isnull=True).update(distribution={KEY: measured.as_dict()})
    return measured


def measure_statistics(*, as_of: datetime, parameters: PreferenceParameters) -> CategoryStatistics:
    """Read all purchases and ratings up to a moment."""
    named = list(Category.objects.order_by("pk").values_list("pk", "name"))
    positions = {pk: i for i, (pk, _name) in enumerate(named)}
    bought = purchases(as_of=as_of)
    currencies = Counter(row.currency for row in bought).most_common(1)
    currency = currencies[0][0] if currencies else ""
    anybody = {row.customer_id: 0 for row in bought}
    figures = measure_categories(
        _purchases(bought, anybody, positions, currency, as_of),
        _ratings(category_ratings(as_of=as_of), positions, as_of),
        len(named),
        parameters,
    )
    return CategoryStatistics(list(positions), [name for _pk, name in named], currency, figures)


def _purchases(
    rows: Sequence[BoughtRow],
    place: Mapping[int, int],
    positions: Mapping[int, int],
    currency: str,
    as_of: datetime,
) -> Events:
    known = [row for row in rows if row.category_id in positions]
    price = np.array([row.unit_price if row.currency == currency else 0.0 for row in known], dtype=np.float64)
    return Events.of(
        [place[row.customer_id] for row in known],
        [positions[row.category_id] for row in known],
        _ages([row.at for row in known], as_of),
        np.log(price, where=price > 0.0, out=np.full(price.shape, np.nan)),
    )


def _ratings(rows: Sequence[RatedRow], positions: Mapping[int, int], as_of: datetime) -> Events:
    x = [(row.value - SCALES[row.scale][0]) / (SCALES[row.scale][1] - SCALES[row.scale][0]) for row in rows]
    nobody = [0] * len(rows)
    return Events.of(nobody, [positions[row.category_id] for row in rows], _ages([row.at for row in rows], as_of), x)


def _ages(moments: Sequence[float], as_of: datetime) -> NDArray[np.float64]:
    happened = np.array(moments, dtype=np.float64)
    return np.asarray((as_of.timestamp() - happened) / SECONDS_A_DAY, dtype=np.float64)


def _or_none(x: float) -> float | None:
    return None if np.isnan(x) else x
