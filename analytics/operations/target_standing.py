from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from analytics.models import PreferenceModelVersion, ProductStatistics
from analytics.operations.category_statistics import CategoryStatistics, category_statistics
from analytics.operations.compute_preferences import Part, customers_at_once, features_of, known_of
from analytics.operations.override_sets import sets_among
from analytics.operations.preference_weights import weight_rows
from analytics.operations.product_interest import looks_back_to, product_interest
from analytics.operations.product_statistics import Catalogue, places_among
from analytics.scoring.preference_parameters import PreferenceParameters
from analytics.scoring.standing import standing
from analytics.sql.purchases import BoughtRow, purchases
from analytics.sql.said import said_preferences
from analytics.sql.whose import Whose
from customers.models import Category, Product

VALUE_DECIMALS = 9


class NotMeasuredYet(Exception):
    """No nightly run has measured what everybody's purchases say, or not of this thing."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a product or category stands with one customer. values: of its features, by ITEM_FEATURES of a product and
    by FEATURES of a category, None where nothing is known. bought_at: seconds since 1970, when they last bought it."""

    preference: float
    percentile: float
    values: list[float | None]
    dislikes: bool
    bought_at: float | None


class TargetStanding:
    """Where one product or category stands with customers, by the version in force and what the newest nightly run
    measured of everybody: the figures of the profiles, for a thing that need not be among their best.

    Raises NotMeasuredYet."""

    def __init__(self, target: Product | Category) -> None:
        self._target = target
        version = PreferenceModelVersion.objects.active().first()
        kept = ProductStatistics.objects.select_related("run").order_by("-run_id").first()
        if version is None or kept is None:
            raise NotMeasuredYet
        self._version = version
        self._parameters = PreferenceParameters.from_dict(self._version.parameters)
        self._statistics: CategoryStatistics = category_statistics(run=kept.run, parameters=self._parameters)
        self._catalogue = Catalogue.unpacked(bytes(kept.payload), self._statistics)
        self._place = self._find()

    def _find(self) -> int:
        if isinstance(self._target, Category):
            if self._target.pk not in self._statistics.ids:
                raise NotMeasuredYet
            return self._statistics.ids.index(self._target.pk)
        place, is_known = places_among(self._catalogue.ids, [self._target.pk])
        if not is_known[0]:
            raise NotMeasuredYet
        return int(place[0])

    def among(self, ids: Sequence[int], *, as_of: datetime) -> dict[int, Place]:
        """Of those of these customers who ever bought, said or looked at something. Under twenty queries whatever they
        are."""
        whose = Whose.these(ids)
        bought = list(purchases(whose=whose, as_of=as_of))
        said = list(said_preferences(whose=whose, as_of=as_of))
        looked = product_interest(whose=whose, as_of=as_of, since=looks_back_to(self._parameters, as_of))
        sets = sets_among(
            overrides=self._version.overrides,
            whose=whose,
            customer_ids=ids,
            at=as_of,
        )
        weights = weight_rows(self._version, sets)
        row_of = {pk: i for i, pk in enumerate(ids)}
        last = self._last_bought(bought)
        found: dict[int, Place] = {}
        for part in customers_at_once(bought, said, self._statistics, looked):
            given = Part(part, said, weights[[row_of[pk] for pk in part]], looked)
            for pk, preference, percentile, values in self._measured(given, as_of):
                dislikes = values[-1] < 0.0
                known = [round(x, VALUE_DECIMALS) if x == x else None for x in values.tolist()]
                found[pk] = Place(preference, percentile, known, bool(dislikes), last.get(pk))
        return found

    def _last_bought(self, bought: Sequence[BoughtRow]) -> dict[int, float]:
        of = "category_id" if isinstance(self._target, Category) else "product_id"
        last: dict[int, float] = {}
        for row in bought:
            if getattr(row, of) == self._target.pk:
                last[row.customer_id] = max(row.at, last.get(row.customer_id, row.at))
        return last

    def _measured(self, part: Part, as_of: datetime) -> Iterator[tuple[int, float, float, NDArray[np.float64]]]:
        """Customer, preference, percentile, features; `stated` is the last of both kinds of features."""
        preferences = features_of(part, self._statistics, self._parameters, as_of)
        keys = list(part.bought)
        if isinstance(self._target, Category):
            columns = preferences.preference[:, self._place], preferences.percentile[:, self._place]
            yield from zip(keys, *(x.tolist() for x in columns), preferences.features[:, self._place], strict=True)
            return
        known = known_of(part, preferences, self._statistics, self._catalogue, as_of)
        for block in known.blocks(self._catalogue, self._parameters):
            one = standing(block, self._parameters, self._place)
            some = keys[block.rows]
            yield from zip(some, one.preference.tolist(), one.percentile.tolist(), one.features, strict=True)
