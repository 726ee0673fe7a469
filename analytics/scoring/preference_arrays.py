"""What a chunk of customers likes, by category, at once; agrees with `preference.profile` to 1e-9."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.scoring.preference import RANK_DECIMALS, Category
from analytics.scoring.preference_parameters import FEATURES, PreferenceParameters
from analytics.scoring.rating_sums import RatingSums

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAST_PURCHASES = 0.5
"""A category that nobody bought counts as half a purchase, so that its share and logarithm are finite."""


@dataclass(frozen=True, slots=True)
class Events:
    """Purchases, views or ratings of a population: one row each.

    customer, category: positions. age_days: 0 or more. value: ln unit price of a purchase, x (0..1) of a rating;
    NaN where there is none. Raises ValueError for columns of different length and a negative age.
    """

    customer: Ints
    category: Ints
    age_days: Floats
    value: Floats

    @classmethod
    def of(
        cls, customer: ArrayLike, category: ArrayLike, age_days: ArrayLike, value: ArrayLike | None = None
    ) -> Events:
        """Make the columns of anything array-like."""
        who, what = np.asarray(customer, dtype=np.int64), np.asarray(category, dtype=np.int64)
        age = np.asarray(age_days, dtype=np.float64)
        given = np.full(who.shape, np.nan) if value is None else np.asarray(value, dtype=np.float64)
        if not who.shape == what.shape == age.shape == given.shape:
            raise ValueError(f"columns differ in shape: {who.shape}, {what.shape}, {age.shape}, {given.shape}")
        if not (age >= 0.0).all():
            raise ValueError("age_days has a negative or missing age: an event after as_of")
        return cls(who, what, age, given)


@dataclass(frozen=True, slots=True)
class Categories:
    """`preference.Category` as columns; mean_log_price is NaN where nothing was paid."""

    share: Floats
    popularity: Floats
    mean_log_price: Floats
    rating: Floats

    def category(self, position: int, category_id: int) -> Category:
        """One of them, for the plain function."""
        price = float(self.mean_log_price[position])
        return Category(
            id=category_id,
            share=float(self.share[position]),
            popularity=float(self.popularity[position]),
            mean_log_price=None if np.isnan(price) else price,
            rating=float(self.rating[position]),
        )


@dataclass(frozen=True, slots=True)
class Preferences:
    """Results for n customers and g categories; the last axis of features and points is FEATURES.

    features, points: (n, g, 6). preference, percentile: (n, g). Meanings are those of `preference.FeatureResult`
    and `CategoryPreference`.
    """

    features: Floats
    points: Floats
    preference: Floats
    percentile: Floats


def measure_categories(
    purchases: Events, ratings: Events, n_categories: int, parameters: PreferenceParameters
) -> Categories:
    """What a whole population says about each category, from all purchases and ratings up to a moment.

    share = decayed purchases of the category / of all (SCORES.md §2, p_g); rating = (K·m + Σw·x)/(K + Σw) with m
    the weighted mean of all ratings.
    """
    sums = CategorySums(n_categories, parameters)
    sums.add_purchases(purchases)
    sums.ratings.add(ratings.category, ratings.age_days, ratings.value)
    return sums.figures()


class CategorySums:
    """The same summed part by part: there may be more purchases than memory is meant for. Prices are summed by
    currency, since that of most purchases is known at the end."""

    def __init__(self, n_categories: int, parameters: PreferenceParameters) -> None:
        self.ratings = RatingSums(n_categories, parameters)
        self._n, self._half_life = n_categories, parameters.purchase_half_life_days
        self._bought = np.zeros(n_categories)
        self._purchases: Counter[str] = Counter()
        self._paid: dict[str, tuple[Floats, Floats]] = {}

    def add_purchases(self, purchases: Events, currency: str = "") -> None:
        """Some more purchases, all in one currency."""
        weight = np.exp2(-purchases.age_days / self._half_life)
        self._bought += _sums(purchases.category, weight, self._n)
        self._purchases[currency] += len(weight)
        paid = ~np.isnan(purchases.value)
        what, weight, value = purchases.category[paid], weight[paid], purchases.value[paid]
        weights, values = self._paid.get(currency, (np.zeros(self._n), np.zeros(self._n)))
        self._paid[currency] = (
            weights + _sums(what, weight, self._n),
            values + _sums(what, weight * value, self._n),
        )

    @property
    def currency(self) -> str:
        """That of most purchases, of equally many the one that came first; none before there is a purchase."""
        return max(self._purchases, key=self._purchases.__getitem__, default="")

    def figures(self) -> Categories:
        """What they say, prices in the currency of most purchases."""
        counts = np.maximum(self._bought, LEAST_PURCHASES)
        weights, values = self._paid.get(self.currency, (np.zeros(self._n), np.zeros(self._n)))
        mean_log_price = np.full(self._n, np.nan)
        np.divide(values, weights, where=weights > 0.0, out=mean_log_price)
        return Categories(
            share=counts / max(counts.sum(), LEAST_PURCHASES),
            popularity=np.log(counts),
            mean_log_price=mean_log_price,
            rating=self.ratings.shrunk(),
        )


def score_preferences(
    purchases: Events,
    interests: Events,
    stated: ArrayLike,
    categories: Categories,
    parameters: PreferenceParameters,
    weights: ArrayLike | None = None,
) -> Preferences:
    """The preferences of a chunk of customers over all categories.

    weights: (n, 6), those of each customer; without, those of the parameters for all.

    stated: (n, g) of -1, 0, +1; its first axis says how many customers there are. Their positions in purchases and
    interests are 0..n-1. Raises ValueError for another shape, other numbers, and positions out of range.
    """
    said = np.asarray(stated, dtype=np.float64)
    if said.ndim != 2 or said.shape[1] != len(categories.share):
        raise ValueError(f"stated has shape {said.shape}, not (customers, {len(categories.share)})")
    if not np.isin(said, (-1.0, 0.0, 1.0)).all():
        raise ValueError("a stated preference must be -1, 0 or 1")
    features = _features(purchases, interests, said, categories, parameters)
    mean, deviation, weight = (_row(table) for table in (parameters.means, parameters.deviations, parameters.weights))
    if weights is not None:
        weight = np.asarray(weights, dtype=np.float64)[:, np.newaxis]
    points = weight * ((features - mean) / deviation)
    preference = points.sum(axis=2)
    return Preferences(features, points, preference, _percentiles(preference, said))


def measure_scales(features: ArrayLike, parameters: PreferenceParameters) -> PreferenceParameters:
    """The parameters with the means and deviations of a sample of features, (n, g, 6), to be frozen in a version.

    A feature that is the same for all gets the deviation 1: it then moves nobody against another.
    """
    rows = np.asarray(features, dtype=np.float64).reshape(-1, len(FEATURES))
    if not len(rows):
        return parameters
    means, deviations = rows.mean(axis=0), rows.std(axis=0)
    flat = deviations <= 1e-9 * np.maximum(np.abs(means), 1.0)
    scales = np.where(flat, 1.0, deviations)
    return replace(
        parameters,
        means=dict(zip(FEATURES, means.tolist(), strict=True)),
        deviations=dict(zip(FEATURES, scales.tolist(), strict=True)),
    )


def _features(
    purchases: Events, interests: Events, said: Floats, categories: Categories, parameters: PreferenceParameters
) -> Floats:
    n, g = said.shape
    bought_weight = np.exp2(-purchases.age_days / parameters.purchase_half_life_days)
    looked_weight = np.exp2(-interests.age_days / parameters.interest_half_life_days)
    bought = _sums(_slots(purchases, n, g), bought_weight, n * g).reshape(n, g)
    prior, share = parameters.lift_prior_weight, categories.share
    all_bought = _sums(purchases.customer, bought_weight, n)[:, np.newaxis]
    own_price = _means(purchases.customer, bought_weight, purchases.value, n)
    features = np.empty((n, g, len(FEATURES)))
    features[..., 0] = np.log((bought + prior * share) / ((all_bought + prior) * share))
    features[..., 1] = np.nan_to_num(-np.abs(own_price[:, np.newaxis] - categories.mean_log_price))
    features[..., 2] = _sums(_slots(interests, n, g), looked_weight, n * g).reshape(n, g)
    features[..., 3] = categories.rating
    features[..., 4] = categories.popularity
    features[..., 5] = said
    return features


def _slots(events: Events, n: int, g: int) -> Ints:
    for name, column, size in (("customer", events.customer, n), ("category", events.category, g)):
        if column.size and not (column.min() >= 0 and column.max() < size):
            raise ValueError(f"{name} has positions outside 0..{size - 1}")
    return np.asarray(events.customer * g + events.category, dtype=np.int64)


def _sums(position: Ints, weight: Floats, size: int) -> Floats:
    return np.asarray(np.bincount(position, weight, size), dtype=np.float64)


def _means(position: Ints, weight: Floats, value: Floats, size: int) -> Floats:
    """Weighted means by position; NaN where there is no value."""
    given = np.isfinite(value)
    total = _sums(position[given], weight[given], size)
    summed = _sums(position[given], weight[given] * value[given], size)
    means = np.full(size, np.nan)
    np.divide(summed, total, where=total > 0.0, out=means)
    return means


def _row(table: Mapping[str, float]) -> Floats:
    return np.array([table[name] for name in FEATURES], dtype=np.float64)


def _percentiles(preference: Floats, said: Floats) -> Floats:
    """Mid-rank percentiles within each row, by what was said and then by preference."""
    size = preference.shape[1]
    if not preference.size:
        return np.zeros(preference.shape)
    rounded = np.round(preference, RANK_DECIMALS)
    order = np.lexsort((rounded, said), axis=1)
    sorted_said, sorted_value = np.take_along_axis(said, order, 1), np.take_along_axis(rounded, order, 1)
    place = np.broadcast_to(np.arange(size), preference.shape)
    begins = np.ones(preference.shape, dtype=bool)
    begins[:, 1:] = (sorted_said[:, 1:] != sorted_said[:, :-1]) | (sorted_value[:, 1:] != sorted_value[:, :-1])
    ends = np.ones(preference.shape, dtype=bool)
    ends[:, :-1] = begins[:, 1:]
    first = np.maximum.accumulate(np.where(begins, place, 0), axis=1)
    last = np.minimum.accumulate(np.where(ends, place, size)[:, ::-1], axis=1)[:, ::-1]
    result = np.empty(preference.shape)
    np.put_along_axis(result, order, 50.0 * (first + last + 1) / size, 1)
    return result
