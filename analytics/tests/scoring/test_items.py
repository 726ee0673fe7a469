"""Which products a customer likes: one customer and many must agree, and the sparse path with the plain one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from analytics.scoring.catalogue import Lines, buyers_of, measure_items
from analytics.scoring.item_arrays import Buyers, Items, Ranked, blocks, measure_item_scales, ranked
from analytics.scoring.item_preference import Item, ItemPreference, ItemPurchase, item_profile
from analytics.scoring.items import Baskets, affinities, fit_items
from analytics.scoring.preference import Interest
from analytics.scoring.preference_arrays import Categories, Events, measure_categories, score_preferences
from analytics.scoring.preference_parameters import ITEM_FEATURES, PreferenceParameters
from analytics.scoring.rating_sums import RatingSums
from analytics.scoring.standing import standing
from analytics.tests.scoring.strategies import AS_OF, quick
from analytics.tests.scoring.test_preference import numbers

DEFAULTS = PreferenceParameters()


@dataclass(frozen=True)
class Shop:
    """A generated shop. purchases: (customer, product, age, price); category: by product, g for none."""

    n: int
    m: int
    g: int
    category: list[int]
    purchases: list[tuple[int, int, float, float | None]]
    interests: list[tuple[int, int, float]]
    said: list[list[int]]
    prices: list[float | None]
    on_sale: list[bool]


@st.composite
def shops(draw: st.DrawFn) -> Shop:
    n, m, g = draw(st.integers(1, 4)), draw(st.integers(1, 6)), draw(st.integers(1, 3))
    customer, item, age = st.integers(0, n - 1), st.integers(0, m - 1), st.floats(0, 300)
    price = st.one_of(st.none(), st.floats(0.01, 1e4))
    return Shop(
        n=n,
        m=m,
        g=g,
        category=draw(st.lists(st.integers(0, g), min_size=m, max_size=m)),
        purchases=draw(st.lists(st.tuples(customer, item, age, price), max_size=15)),
        interests=draw(st.lists(st.tuples(customer, st.integers(0, g - 1), age), max_size=5)),
        said=draw(st.lists(st.lists(st.sampled_from([-1, 0, 0, 1]), min_size=m, max_size=m), min_size=n, max_size=n)),
        prices=draw(st.lists(price, min_size=m, max_size=m)),
        on_sale=draw(st.lists(st.booleans(), min_size=m, max_size=m)),
    )


models = st.builds(
    PreferenceParameters,
    item_half_life_days=st.floats(5, 200),
    item_prior_weight=st.floats(0.1, 20),
    affinity_floor=st.floats(1e-4, 0.1),
    weights=numbers(0, ITEM_FEATURES),
    item_means=numbers(-3, ITEM_FEATURES),
    item_deviations=numbers(0.1, ITEM_FEATURES),
)


def logs(prices: list[float | None]) -> list[float]:
    return [math.nan if price is None else math.log(price) for price in prices]


def arrays_of(shop: Shop, model: PreferenceParameters) -> tuple[Items, Buyers, Categories]:
    who, what = [row[0] for row in shop.purchases], [row[1] for row in shop.purchases]
    of = [shop.category[item] for item in what]
    lines = Lines.of(who, what, of, [row[2] for row in shop.purchases], logs([row[3] for row in shop.purchases]))
    inside = lines.category < shop.g
    events = Events.of(lines.customer[inside], lines.category[inside], lines.age_days[inside])
    looked = Events.of(*([row[i] for row in shop.interests] for i in range(3)))
    categories = measure_categories(events, Events.of([], [], []), shop.g, model)
    features = score_preferences(events, looked, np.zeros((shop.n, shop.g)), categories, model).features
    sums = RatingSums(shop.m, model)
    sums.add([0], [3.0], [0.25])
    ratings = sums.shrunk()
    baskets = lines.baskets(shop.n, shop.m, model)
    items = measure_items(baskets, shop.category, logs(shop.prices), ratings, model, on_sale=shop.on_sale)
    weights = np.tile([model.weights[name] for name in ITEM_FEATURES], (shop.n, 1))
    said = sparse.csr_matrix(np.array(shop.said, dtype=np.float64))
    buyers = buyers_of(lines, shop.m, features[..., 0], features[..., 2], said, weights, model)
    return items, buyers, categories


def at(age: float) -> datetime:
    return AS_OF - timedelta(days=age)


def plain(
    shop: Shop, who: int, items: Items, categories: Categories, model: PreferenceParameters
) -> list[ItemPreference]:
    def category(position: int) -> int | None:
        return position if position < shop.g else None

    rows = items.neighbours.toarray()
    catalogue = [
        Item(
            id=j,
            category=category(shop.category[j]),
            popularity=float(items.popularity[j]),
            log_price=logs(shop.prices)[j] if shop.prices[j] is not None else None,
            rating=float(items.rating[j]),
            neighbours={int(k): float(rows[j, k]) for k in np.flatnonzero(rows[j])},
            is_on_sale=shop.on_sale[j],
        )
        for j in range(shop.m)
    ]
    return list(
        item_profile(
            [
                ItemPurchase(row[1], category(shop.category[row[1]]), at(row[2]), row[3])
                for row in shop.purchases
                if row[0] == who
            ],
            [Interest(row[1], at(row[2])) for row in shop.interests if row[0] == who],
            dict(enumerate(shop.said[who])),
            {},
            catalogue,
            [categories.category(i, i) for i in range(shop.g)],
            model,
            AS_OF,
        )
    )


def rank(shop: Shop, model: PreferenceParameters, *, most: int = 5, cells: int = 7) -> list[list[Ranked]]:
    items, buyers, _categories = arrays_of(shop, model)
    return [row for part in blocks(buyers, items, model, most_cells=cells) for row in ranked(part, model, most=most)]


@quick
@given(shops(), models)
def test_the_arrays_equal_the_plain_function(shop: Shop, model: PreferenceParameters) -> None:
    items, _buyers, categories = arrays_of(shop, model)
    everybody = rank(shop, model, most=shop.m)
    assert len(everybody) == shop.n
    for who, mine in enumerate(everybody):
        expected = [row for row in plain(shop, who, items, categories, model) if row.stated >= 0]
        assert {row.item for row in mine} == {row.item for row in expected}
        by_item = {row.item: row for row in expected}
        for row in mine:
            other = by_item[row.item]
            assert row.preference == pytest.approx(other.preference, abs=1e-9)
            assert row.percentile == pytest.approx(other.percentile, abs=1e-9)
            assert row.is_bought == other.is_bought
            for name, value in zip(ITEM_FEATURES, row.features, strict=True):
                assert value == pytest.approx(other.features[name], abs=1e-9) or (
                    math.isnan(value) and other.features[name] is None
                )


@quick
@given(shops(), models, st.integers(1, 3))
def test_the_best_are_shown_first_and_no_better_one_is_left_out(
    shop: Shop, model: PreferenceParameters, most: int
) -> None:
    for some, everything in zip(rank(shop, model, most=most), rank(shop, model, most=shop.m), strict=True):
        for is_bought in (True, False):
            kept = [row.item for row in some if row.is_bought == is_bought]
            assert kept == [row.item for row in everything if row.is_bought == is_bought][:most]
        assert [row.percentile for row in some] == sorted((row.percentile for row in some), reverse=True)


@quick
@given(shops(), models)
def test_what_was_said_comes_before_what_was_observed(shop: Shop, model: PreferenceParameters) -> None:
    for who, mine in enumerate(rank(shop, model, most=shop.m)):
        said = [shop.said[who][row.item] for row in mine]
        assert said == sorted(said, reverse=True)
        assert -1 not in said


@quick
@given(shops(), models)
def test_the_reasons_sum_to_the_preference(shop: Shop, model: PreferenceParameters) -> None:
    items, _buyers, categories = arrays_of(shop, model)
    for who in range(shop.n):
        for row in plain(shop, who, items, categories, model):
            assert sum(row.points.values()) == pytest.approx(row.preference, abs=1e-9)


def baskets(rows: list[tuple[int, int, float]], n: int, m: int) -> Baskets:
    who, what, age = ([row[i] for row in rows] for i in range(3))
    return Baskets.of(who, what, age, n, m, 30.0)


def test_the_cosine_is_that_of_the_definition() -> None:
    chance = np.random.default_rng(3)
    rows = [(int(chance.integers(9)), int(chance.integers(7)), float(chance.uniform(0, 90))) for _ in range(60)]
    given_baskets = baskets(rows, 9, 7)
    weights = given_baskets.matrix().toarray()
    norm = np.sqrt((weights**2).sum(axis=0) + DEFAULTS.item_prior_weight)
    expected = weights.T @ weights / np.outer(norm, norm)
    assert fit_items(given_baskets, DEFAULTS).toarray() == pytest.approx(expected, abs=1e-12)
    kept = fit_items(given_baskets, DEFAULTS, neighbours=3).toarray()
    for row, full in zip(kept, expected, strict=True):
        assert sorted(row[row > 0]) == pytest.approx(sorted(full)[-3:])


def test_blocks_of_products_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(4)
    rows = [(int(chance.integers(20)), int(chance.integers(30)), float(chance.uniform(0, 90))) for _ in range(300)]
    whole = fit_items(baskets(rows, 20, 30), DEFAULTS).toarray()
    monkeypatch.setattr("analytics.scoring.items.PRODUCTS_AT_ONCE", 7)
    assert fit_items(baskets(rows, 20, 30), DEFAULTS).toarray() == pytest.approx(whole, abs=0)


def test_of_several_purchases_the_newest_counts() -> None:
    assert baskets([(0, 0, 30.0), (0, 0, 0.0), (0, 1, 60.0)], 1, 2).matrix().toarray().tolist() == [[1.0, 0.25]]


def test_what_is_bought_together_goes_together() -> None:
    rows = [(who, item, 1.0) for who in range(10) for item in ((0, 1) if who < 5 else (2, 3))]
    both = baskets([*rows, (10, 0, 1.0)], 11, 4)
    near = affinities(both, fit_items(both, DEFAULTS)).toarray()[10]
    assert near[0] > near[1] > near[2] == near[3] == 0.0


def test_impossible_purchases_are_refused() -> None:
    with pytest.raises(ValueError, match="after as_of"):
        baskets([(0, 0, -1.0)], 1, 1)
    with pytest.raises(ValueError, match="item has positions outside 0"):
        baskets([(0, 1, 1.0)], 1, 1)
    with pytest.raises(ValueError, match="differ in shape"):
        Baskets.of([0], [0, 1], [1.0], 1, 2, 30.0)


def test_an_empty_shop_has_nothing_to_rank() -> None:
    assert fit_items(baskets([], 0, 0), DEFAULTS).shape == (0, 0)
    assert affinities(baskets([], 2, 3), fit_items(baskets([], 2, 3), DEFAULTS)).nnz == 0


def test_scales_are_those_of_the_features() -> None:
    chance = np.random.default_rng(5)
    rows: list[tuple[int, int, float, float | None]] = [
        (int(chance.integers(8)), int(chance.integers(5)), float(chance.uniform(0, 90)), float(chance.uniform(1, 9)))
        for _ in range(40)
    ]
    shop = Shop(8, 5, 2, [0, 1, 2, 0, 1], rows, [], [[0] * 5] * 8, [2.0, 3.0, None, 5.0, 7.0], [True] * 5)
    items, buyers, _categories = arrays_of(shop, DEFAULTS)
    measured = measure_item_scales(list(blocks(buyers, items, DEFAULTS, most_cells=10)), DEFAULTS)
    whole = next(blocks(buyers, items, DEFAULTS, most_cells=10**6))
    for place, name in enumerate(ITEM_FEATURES):
        every = whole.features(place)
        assert measured.item_means[name] == pytest.approx(np.nanmean(every))
        assert measured.item_deviations[name] == pytest.approx(np.nanstd(every) or 1.0)
    assert measure_item_scales([], DEFAULTS) == DEFAULTS


@quick
@given(shops(), models)
def test_one_product_stands_where_the_ranking_has_it(shop: Shop, model: PreferenceParameters) -> None:
    items, buyers, _categories = arrays_of(shop, model)
    shown = rank(shop, model, most=shop.m)
    for block in blocks(buyers, items, model, most_cells=7):
        for item in range(shop.m):
            one = standing(block, model, item)
            for row, customer in enumerate(range(block.rows.start, block.rows.stop)):
                found = [place for place in shown[customer] if place.item == item]
                for place in found:  # what they dislike, and what is not on sale, is not ranked
                    assert one.preference[row] == pytest.approx(place.preference, abs=1e-9)
                    assert one.percentile[row] == pytest.approx(place.percentile, abs=1e-9)
                    assert one.features[row].tolist() == pytest.approx(list(place.features), nan_ok=True)
