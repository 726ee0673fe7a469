"""What a customer likes, by category: one customer and many must agree."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.scoring.preference import Category, CategoryPreference, Interest, Purchase, profile
from analytics.scoring.preference_arrays import (
    Categories,
    CategorySums,
    Events,
    Preferences,
    measure_categories,
    measure_scales,
    score_preferences,
)
from analytics.scoring.preference_parameters import DEFAULT_WEIGHTS, FEATURES, ITEM_FEATURES, PreferenceParameters
from analytics.tests.scoring.strategies import AS_OF, quick

DEFAULTS = PreferenceParameters()
NOBODY = Events.of([], [], [])


@dataclass(frozen=True)
class Shop:
    """A generated population: rows of (customer, category, age, price or x), and what each customer said."""

    n: int
    g: int
    purchases: list[tuple[int, int, float, float | None]]
    interests: list[tuple[int, int, float, float | None]]
    ratings: list[tuple[int, int, float, float | None]]
    stated: list[list[int]]


@st.composite
def shops(draw: st.DrawFn) -> Shop:
    n, g = draw(st.integers(1, 4)), draw(st.integers(1, 5))
    customer, category, age = st.integers(0, n - 1), st.integers(0, g - 1), st.floats(0, 900)
    price = st.one_of(st.none(), st.floats(0.01, 1e4))
    said = st.lists(st.sampled_from([-1, 0, 0, 1]), min_size=g, max_size=g)
    return Shop(
        n=n,
        g=g,
        purchases=draw(st.lists(st.tuples(customer, category, age, price), max_size=15)),
        interests=draw(st.lists(st.tuples(customer, category, age, st.none()), max_size=8)),
        ratings=draw(st.lists(st.tuples(customer, category, age, st.floats(0, 1)), max_size=8)),
        stated=draw(st.lists(said, min_size=n, max_size=n)),
    )


def numbers(lowest: float, features: tuple[str, ...] = FEATURES) -> st.SearchStrategy[dict[str, float]]:
    return st.fixed_dictionaries(dict.fromkeys(features, st.floats(lowest, 3)))


parameters = st.builds(
    PreferenceParameters,
    purchase_half_life_days=st.floats(20, 500),
    interest_half_life_days=st.floats(5, 100),
    lift_prior_weight=st.floats(0.5, 30),
    weights=numbers(0, ITEM_FEATURES),
    means=numbers(-3),
    deviations=numbers(0.1),
)


def events(rows: list[tuple[int, int, float, float | None]], *, logarithm: bool = False) -> Events:
    given = [math.nan if row[3] is None else math.log(row[3]) if logarithm else row[3] for row in rows]
    return Events.of([row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows], given)


def at(age: float) -> datetime:
    return AS_OF - timedelta(days=age)


def score_shop(shop: Shop, model: PreferenceParameters) -> tuple[Categories, Preferences]:
    purchases = events(shop.purchases, logarithm=True)
    categories = measure_categories(purchases, events(shop.ratings), shop.g, model)
    return categories, score_preferences(purchases, events(shop.interests), shop.stated, categories, model)


def profile_of(
    shop: Shop, who: int, categories: Categories, model: PreferenceParameters
) -> tuple[CategoryPreference, ...]:
    return profile(
        [Purchase(row[1], at(row[2]), row[3]) for row in shop.purchases if row[0] == who],
        [Interest(row[1], at(row[2])) for row in shop.interests if row[0] == who],
        dict(enumerate(shop.stated[who])),
        [categories.category(position, position) for position in range(shop.g)],
        model,
        AS_OF,
    )


@quick
@given(shops(), parameters)
def test_the_arrays_equal_the_plain_function(shop: Shop, model: PreferenceParameters) -> None:
    categories, everyone = score_shop(shop, model)
    for who in range(shop.n):
        for row in profile_of(shop, who, categories, model):
            here = who, row.category
            assert everyone.preference[here] == pytest.approx(row.preference, abs=1e-9)
            assert everyone.percentile[here] == pytest.approx(row.percentile, abs=1e-9)
            values, points = [f.value for f in row.features], [f.points for f in row.features]
            assert everyone.features[here].tolist() == pytest.approx(values, abs=1e-9)
            assert everyone.points[here].tolist() == pytest.approx(points, abs=1e-9)


@quick
@given(shops(), parameters)
def test_the_reasons_sum_to_the_preference(shop: Shop, model: PreferenceParameters) -> None:
    categories, _ = score_shop(shop, model)
    for row in profile_of(shop, 0, categories, model):
        assert math.fsum(feature.points for feature in row.features) == pytest.approx(row.preference, abs=1e-9)
        assert [feature.name for feature in row.features] == list(FEATURES)
        assert all(feature.points == feature.weight * feature.z for feature in row.features)


@quick
@given(shops(), parameters)
def test_what_was_said_beats_what_was_observed(shop: Shop, model: PreferenceParameters) -> None:
    categories, _ = score_shop(shop, model)
    ranked = profile_of(shop, 0, categories, model)
    assert [row.stated for row in ranked] == sorted((row.stated for row in ranked), reverse=True)
    for better, worse in product(ranked, ranked):
        if better.stated > worse.stated:
            assert better.percentile > worse.percentile


@quick
@given(shops(), parameters)
def test_percentiles_average_50(shop: Shop, model: PreferenceParameters) -> None:
    _, everyone = score_shop(shop, model)
    assert everyone.percentile.mean(axis=1) == pytest.approx(50)


@quick
@given(shops(), st.integers(0, 4))
def test_one_more_purchase_lifts_its_category(shop: Shop, category: int) -> None:
    category %= shop.g
    _, before = score_shop(shop, DEFAULTS)
    categories, _ = score_shop(shop, DEFAULTS)
    purchases = [*shop.purchases, (0, category, 0.0, None)]
    after = score_preferences(events(purchases, logarithm=True), NOBODY, shop.stated, categories, DEFAULTS)
    change = after.features[0, :, 0] - before.features[0, :, 0]
    if shop.g > 1:
        assert change[category] > 0
        assert (np.delete(change, category) < 0).all()
    assert after.features[1:, :, 0].tolist() == before.features[1:, :, 0].tolist()


@quick
@given(shops())
def test_shares_are_a_distribution_and_ratings_stay_in_bounds(shop: Shop) -> None:
    categories, _ = score_shop(shop, DEFAULTS)
    assert categories.share.sum() == pytest.approx(1)
    assert (categories.share > 0).all()
    assert ((categories.rating >= -1e-12) & (categories.rating <= 1 + 1e-12)).all()


CAT, DOG = Category(1, 0.25, 2.0, math.log(10), 0.8), Category(2, 0.75, 3.0, math.log(40), 0.6)


def test_a_worked_example() -> None:
    purchases = [Purchase(1, AS_OF, 20.0), Purchase(1, at(180), None)]
    interests = [Interest(2, at(30)), Interest(2, at(30))]
    cat, dog = profile(purchases, interests, {2: -1}, [CAT, DOG], DEFAULTS, AS_OF)
    assert (cat.category, dog.category, dog.stated) == (1, 2, -1)
    assert (cat.percentile, dog.percentile) == (75.0, 25.0)
    lift = math.log((1.5 + 10 * 0.25) / ((1.5 + 10) * 0.25))
    assert [f.value for f in cat.features] == pytest.approx([lift, -math.log(2), 0, 0.8, 2, 0])
    lift = math.log(10 / 11.5)
    assert [f.value for f in dog.features] == pytest.approx([lift, -math.log(2), 1, 0.6, 3, -1])
    expected = 0.3 * lift - 0.2 * math.log(2) + 0.3 * 1 + 0.2 * 0.6 + 0.1 * 3 - 0.5
    assert dog.preference == pytest.approx(expected)


def test_a_customer_of_whom_nothing_is_known_prefers_what_everybody_does() -> None:
    cat, dog = profile([], [], {}, [CAT, DOG], DEFAULTS, AS_OF)
    for row, category in ((cat, DOG), (dog, CAT)):
        assert row.category == category.id
        assert [f.value for f in row.features] == [0.0, 0.0, 0.0, category.rating, category.popularity, 0.0]


def test_a_category_that_nobody_bought_has_finite_numbers() -> None:
    categories = measure_categories(Events.of([0], [0], [0.0]), NOBODY, 2, DEFAULTS)
    assert categories.popularity.tolist() == [0.0, math.log(0.5)]
    assert categories.share.tolist() == [pytest.approx(2 / 3), pytest.approx(1 / 3)]
    assert np.isnan(categories.mean_log_price).all()
    assert categories.rating.tolist() == [0.8, 0.8]


def test_scales_make_every_feature_mean_0_and_deviation_1() -> None:
    chance = np.random.default_rng(1)
    features = chance.normal(3.0, 2.0, (50, 4, len(FEATURES)))
    features[..., 5] = 0.0
    model = measure_scales(features, DEFAULTS)
    scaled = (features - list(model.means.values())) / list(model.deviations.values())
    assert scaled[..., :5].mean(axis=(0, 1)) == pytest.approx(0, abs=1e-12)
    assert scaled[..., :5].std(axis=(0, 1)) == pytest.approx(1)
    assert model.deviations["stated"] == 1.0
    assert measure_scales(np.empty((0, 4, len(FEATURES))), DEFAULTS) == DEFAULTS


def test_impossible_preferences_are_refused() -> None:
    categories = measure_categories(NOBODY, NOBODY, 2, DEFAULTS)
    with pytest.raises(ValueError, match=r"stated has shape \(1, 3\)"):
        score_preferences(NOBODY, NOBODY, [[0, 0, 0]], categories, DEFAULTS)
    with pytest.raises(ValueError, match="must be -1, 0 or 1"):
        score_preferences(NOBODY, NOBODY, [[0, 2]], categories, DEFAULTS)
    with pytest.raises(ValueError, match=r"customer has positions outside 0\.\.0"):
        score_preferences(Events.of([1], [0], [0]), NOBODY, [[0, 0]], categories, DEFAULTS)
    with pytest.raises(ValueError, match=r"category has positions outside 0\.\.1"):
        score_preferences(NOBODY, Events.of([0], [2], [0]), [[0, 0]], categories, DEFAULTS)
    with pytest.raises(ValueError, match="age_days"):
        Events.of([0], [0], [-1])
    with pytest.raises(ValueError, match="differ in shape"):
        Events.of([0], [0, 1], [1])


def test_impossible_facts_of_one_customer_are_refused() -> None:
    with pytest.raises(ValueError, match="must be -1, 0 or 1"):
        profile([], [], {1: 2}, [CAT], DEFAULTS, AS_OF)
    with pytest.raises(ValueError, match="category 2 is not among"):
        profile([Purchase(2, AS_OF)], [], {}, [CAT], DEFAULTS, AS_OF)
    with pytest.raises(ValueError, match="after"):
        profile([Purchase(1, at(-1))], [], {}, [CAT], DEFAULTS, AS_OF)
    with pytest.raises(ValueError, match="time zone"):
        profile([], [Interest(1, AS_OF.replace(tzinfo=None))], {}, [CAT], DEFAULTS, AS_OF)


def test_a_shop_without_categories_is_no_error() -> None:
    categories = measure_categories(NOBODY, NOBODY, 0, DEFAULTS)
    result = score_preferences(NOBODY, NOBODY, np.zeros((3, 0)), categories, DEFAULTS)
    assert result.preference.shape == result.percentile.shape == (3, 0)
    assert profile([], [], {}, [], DEFAULTS, AS_OF) == ()


@quick
@given(parameters)
def test_parameters_survive_json(model: PreferenceParameters) -> None:
    assert PreferenceParameters.from_dict(json.loads(json.dumps(model.as_dict()))) == model


def test_missing_parameters_take_the_defaults() -> None:
    model = PreferenceParameters.from_dict({"weights": {"stated": 2}})
    assert model.weights == {**DEFAULT_WEIGHTS, "stated": 2}
    assert model.lift_prior_weight == 10


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"weights": {"stated": -1}}, "weights.stated"),
        ({"weights": {"beauty": 1}}, "weights must have exactly"),
        ({"weights": 3}, "weights must be"),
        ({"deviations": {"rating": 0}}, "deviations.rating"),
        ({"means": {"rating": "x"}}, "means.rating"),
        ({"interest_half_life_days": math.nan}, "interest_half_life_days"),
        ({"lift_prior_weight": True}, "lift_prior_weight"),
        ({"beauty": 1}, "beauty"),
    ],
)
def test_an_impossible_parameter_is_refused_by_name(data: dict[str, object], field: str) -> None:
    with pytest.raises(ValueError, match=f"^{field}"):
        PreferenceParameters.from_dict(data)


def test_in_parts_the_sums_are_those_of_all_at_once() -> None:
    chance = np.random.default_rng(5)
    what, age, price = chance.integers(0, 4, 900), chance.uniform(0, 500, 900), chance.normal(2, 1, 900)
    price[::7] = np.nan
    x = chance.uniform(0, 1, 900)
    whole = measure_categories(Events.of(what, what, age, price), Events.of(what, what, age, x), 5, DEFAULTS)
    sums = CategorySums(5, DEFAULTS)
    for part in (slice(0, 10), slice(10, 10), slice(10, 900)):
        sums.add_purchases(Events.of(what[part], what[part], age[part], price[part]), "EUR")
        sums.ratings.add(what[part], age[part], x[part])
    assert sums.currency == "EUR"
    for name in ("share", "popularity", "mean_log_price", "rating"):
        np.testing.assert_allclose(getattr(sums.figures(), name), getattr(whole, name), rtol=1e-12)
    assert np.isnan(whole.mean_log_price[4])


def test_prices_are_those_in_the_currency_of_most_purchases() -> None:
    sums = CategorySums(1, DEFAULTS)
    sums.add_purchases(Events.of([0], [0], [0.0], [9.0]), "USD")
    sums.add_purchases(Events.of([0, 0], [0, 0], [0.0, 0.0], [1.0, 3.0]), "EUR")
    assert (sums.currency, sums.figures().mean_log_price.tolist()) == ("EUR", [2.0])
