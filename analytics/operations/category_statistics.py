from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.choices import RunKind
from analytics.models import ScoringRun
from analytics.operations.score_distribution import score_distribution
from analytics.scoring.facts import SCALES
from analytics.scoring.preference_arrays import Categories, CategorySums, Events
from analytics.scoring.preference_parameters import PreferenceParameters
from analytics.sql.purchases import BoughtRow, RatedRow, order_ratings, purchases
from customers.models import Category

KEY = "categories"
SECONDS_A_DAY = 86_400.0
# Of purchases and ratings: some 30 MB with what is computed of them.
ROWS_AT_ONCE = 200_000


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
        positions = {pk: i for i, pk in enumerate(self.ids)}
        known = [row for row in rows if row.category_id in positions]
        price = _log([row.unit_price if row.currency == self.currency else 0.0 for row in known])
        who, what = [place[row.customer_id] for row in known], [positions[row.category_id] for row in known]
        return _events(who, what, [row.at for row in known], as_of, price)

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
    """Read all purchases and ratings up to a moment, and keep the sums alone, so that a worker's memory does not grow
    with their number."""
    named = list(Category.objects.order_by("pk").values_list("pk", "name"))
    positions = {pk: i for i, (pk, _name) in enumerate(named)}
    sums = CategorySums(len(named), parameters)
    codes: dict[str, int] = {}
    bought = (
        (positions[row.category_id], row.at, row.unit_price, codes.setdefault(row.currency, len(codes)))
        for row in purchases(as_of=as_of)
        if row.category_id in positions
    )
    for part in in_parts(bought, [("category", "i4"), ("at", "f8"), ("price", "f8"), ("currency", "i2")]):
        for name, code in codes.items():
            mine = part[part["currency"] == code]
            sums.add_purchases(
                _events(np.zeros(mine.size), mine["category"], mine["at"], as_of, _log(mine["price"])), name
            )
    rated = (
        (positions[row.category_id], row.at, position_on_scale(row))
        for row in order_ratings(as_of=as_of)
        if row.category_id in positions
    )
    for part in in_parts(rated, [("category", "i4"), ("at", "f8"), ("x", "f8")]):
        given = _events(np.zeros(part.size), part["category"], part["at"], as_of, part["x"])
        sums.ratings.add(given.category, given.age_days, given.value)
    return CategoryStatistics(list(positions), [name for _pk, name in named], sums.currency, sums.figures())


def in_parts(rows: Iterator[tuple[Any, ...]], columns: list[tuple[str, str]]) -> Iterator[NDArray[Any]]:
    """Rows as arrays of some columns, ROWS_AT_ONCE of them at a time."""
    while (part := np.fromiter(islice(rows, ROWS_AT_ONCE), dtype=columns)).size:
        yield part


def _events(who: ArrayLike, what: ArrayLike, at: ArrayLike, as_of: datetime, value: ArrayLike) -> Events:
    age_days = (as_of.timestamp() - np.asarray(at, dtype=np.float64)) / SECONDS_A_DAY
    return Events.of(who, what, age_days, value)


def _log(price: ArrayLike) -> NDArray[np.float64]:
    """ln of each price, NaN where there is none."""
    given = np.asarray(price, dtype=np.float64)
    return np.log(given, where=given > 0.0, out=np.full(given.shape, np.nan))


def position_on_scale(row: RatedRow) -> float:
    """A rating as x, 0..1."""
    low, high = SCALES[row.scale]
    return (row.value - low) / (high - low)


def _or_none(x: float) -> float | None:
    return None if np.isnan(x) else x
