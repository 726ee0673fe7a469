from datetime import timedelta
from typing import Any

import pytest

from analytics.choices import RunKind
from analytics.models import PreferenceModelVersion, PreferenceProfile, ProductStatistics
from analytics.operations import product_statistics as statistics_module
from analytics.operations.activate_version import activate_version
from analytics.operations.category_statistics import measure_statistics
from analytics.operations.draft_version import draft_version
from analytics.operations.goes_with import goes_with
from analytics.operations.product_reasons import ProductReasons, override_of
from analytics.operations.product_statistics import Catalogue, measure_products
from analytics.operations.state_preference import state_preference
from analytics.operations.take_overrides import OverrideRefused
from analytics.operations.work_chunks import work_chunks
from analytics.scoring.item_preference import Item, ItemPurchase, item_profile
from analytics.scoring.preference_parameters import ITEM_FEATURES, PreferenceParameters
from analytics.tests.histories import DAY, score_everybody
from analytics.tests.shops import TEA, TOOLS, buys, crowd, stock
from analytics.tests.versions import segment
from customers.models import Category, Customer, OrderLine, Product, Team
from customers.operations.record_activity import record_activity
from services.models import SatisfactionRating
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(north: Team) -> dict[str, Product]:
    """Products, and a crowd that bought them."""
    products = stock()
    crowd(north)
    return products


def products_of(customer: Customer) -> list[dict[str, Any]]:
    profile = PreferenceProfile.objects.select_related("version").get(pk=customer.pk)
    return ProductReasons().of(profile)


def names(customer: Customer, *, bought: bool) -> list[str]:
    return [row["name"] for row in products_of(customer) if row["bought"] == bought]


def test_what_goes_with_ones_purchases_comes_first(acme: Customer, wang: Customer, shop: Any) -> None:
    buys(acme, "Green tea", "Black tea")
    buys(wang, "Hammer", "Saw")
    score_everybody()
    assert names(acme, bought=False)[0] == "Tea pot"
    assert names(wang, bought=False)[0] == "Pliers"
    assert set(names(acme, bought=True)) == {"Green tea", "Black tea"}


def test_it_agrees_with_the_pure_function(acme: Customer, wang: Customer, shop: dict[str, Product]) -> None:
    for n in range(8):
        order = buys(acme, TEA[n % 2], *TOOLS[: n % 2], at=NOW - n * 17 * DAY, price=f"{n + 5}")
        SatisfactionRating.objects.create(customer=acme, order=order, value=1 + n % 5, at=NOW - n * 17 * DAY)
    buys(acme, "Voucher", price="50")
    state_preference(customer=acme, product=shop["Pliers"], liking=-1, at=NOW)
    state_preference(customer=acme, category=Category.objects.get(name="Tools"), liking=1, at=NOW)
    score_everybody()
    parameters = PreferenceParameters.from_dict(PreferenceModelVersion.objects.get().parameters)
    categories = measure_statistics(as_of=NOW, parameters=parameters)
    catalogue = measure_products(as_of=NOW, categories=categories, parameters=parameters)
    ids, near = catalogue.ids.tolist(), catalogue.items.neighbours.toarray()
    items = [
        Item(
            id=pk,
            category=int(catalogue.category_ids[i]) or None,
            popularity=float(catalogue.items.popularity[i]),
            log_price=_or_none(catalogue.items.log_price[i]),
            rating=float(catalogue.items.rating[i]),
            neighbours={other: float(near[i, j]) for j, other in enumerate(ids) if near[i, j]},
        )
        for i, pk in enumerate(ids)
    ]
    lines = OrderLine.objects.filter(order__customer=acme).select_related("order", "product")
    pure = item_profile(
        [ItemPurchase(r.product_id, r.product.category_id, r.order.ordered_at, float(r.unit_price)) for r in lines],
        [],
        {shop["Pliers"].pk: -1},
        {Category.objects.get(name="Tools").pk: 1},
        items,
        [categories.figures.category(i, pk) for i, pk in enumerate(categories.ids)],
        parameters,
        NOW,
    )
    expected = {row.item: row for row in pure}
    shown = products_of(acme)
    assert [row["product"] for row in shown] == [row.item for row in pure if row.stated >= 0]
    assert shop["Pliers"].pk not in {row["product"] for row in shown}
    for row in shown:
        other = expected[row["product"]]
        assert row["preference"] == pytest.approx(other.preference, abs=1e-6)
        assert row["percentile"] == pytest.approx(other.percentile, abs=1e-6)
        points = {reason["feature"]: reason["points"] for reason in row["because"]}
        assert points == pytest.approx({k: v for k, v in other.points.items() if abs(v) > 1e-6}, abs=1e-5)


def _or_none(value: float) -> float | None:
    return None if value != value else float(value)


def test_the_reasons_sum_to_the_preference(acme: Customer, shop: Any) -> None:
    buys(acme, "Green tea")
    score_everybody()
    for row in products_of(acme):
        assert sum(reason["points"] for reason in row["because"]) == pytest.approx(row["preference"], abs=1e-4)


def test_what_was_said_beats_what_was_observed(acme: Customer, shop: dict[str, Product]) -> None:
    buys(acme, "Green tea", "Black tea")
    state_preference(customer=acme, product=shop["Saw"], liking=1, at=NOW)
    state_preference(customer=acme, product=shop["Tea pot"], liking=-1, at=NOW)
    score_everybody()
    assert names(acme, bought=False)[0] == "Saw"
    assert "Tea pot" not in names(acme, bought=False)
    state_preference(customer=acme, product=shop["Tea pot"], liking=0, at=NOW)
    score_everybody(at=NOW + DAY)
    assert "Tea pot" in names(acme, bought=False)


def test_who_bought_nothing_is_shown_what_they_said_and_nothing_else(acme: Customer, shop: dict[str, Product]) -> None:
    state_preference(customer=acme, product=shop["Saw"], liking=1, at=NOW)
    state_preference(customer=acme, category=Category.objects.get(name="Tea"), liking=1, at=NOW)
    score_everybody()
    profile = PreferenceProfile.objects.get(pk=acme.pk)
    assert {row["name"] for row in profile.products} == {"Saw", *TEA}
    assert [row["name"] for row in profile.categories] == ["Tea"]


def test_a_disliked_category_is_not_shown(acme: Customer, shop: Any) -> None:
    buys(acme, "Green tea")
    state_preference(customer=acme, category=Category.objects.get(name="Tea"), liking=-1, at=NOW)
    score_everybody()
    profile = PreferenceProfile.objects.get(pk=acme.pk)
    assert [row["name"] for row in profile.categories] == ["Tools"]
    assert not {row["name"] for row in profile.products} & set(TEA)


def test_products_that_are_not_on_sale_are_not_proposed(acme: Customer, shop: dict[str, Product]) -> None:
    buys(acme, "Green tea", "Black tea")
    Product.objects.filter(name="Tea pot").update(is_active=False)
    score_everybody()
    assert "Tea pot" not in names(acme, bought=False)
    # Of the six on sale the two teas share the first place.
    assert [row["percentile"] for row in products_of(acme)[:2]] == pytest.approx([100 * 5 / 6] * 2)


def test_a_segment_goes_by_weights_of_its_own(acme: Customer, wang: Customer, shop: Any) -> None:
    Customer.objects.filter(pk=acme.pk).update(country="GB")
    for customer in (acme, wang):
        buys(customer, "Green tea")
    score_everybody()
    british = segment("British", "country", "is", "GB")
    own = {"weights": {"affinity": 0.0, "popularity": 0.0, "category_lift": 0.0, "rating": 7.0}}
    version = draft_version(
        model=PreferenceModelVersion,
        parameters=PreferenceModelVersion.objects.get().parameters,
        overrides=[{"segment": british.pk, "parameters": own}],
        segments=[british],
        at=NOW,
    )
    run = activate_version(version=version, at=NOW + DAY)
    list(work_chunks(run=run, clock=lambda: NOW + DAY))
    profiles = PreferenceProfile.objects.select_related("version").in_bulk()
    assert (override_of(profiles[acme.pk]), override_of(profiles[wang.pk])) == ("British", "")
    for customer, weight in ((acme, 0.0), (wang, 1.0)):
        first = products_of(customer)[0]
        assert [r["weight"] for r in first["because"] if r["feature"] == "affinity"] in ([weight], [])
        assert sum(r["points"] for r in first["because"]) == pytest.approx(first["preference"], abs=1e-4)


def test_a_segment_that_asks_for_preferences_cannot_have_weights(shop: Any) -> None:
    score_everybody()
    asking = segment("Tea lovers", "top_category", "is", Category.objects.get(name="Tea").pk)
    overrides = [{"segment": asking.pk, "parameters": {"weights": {"rating": 1.0}}}]
    with pytest.raises(OverrideRefused, match="may not depend on itself"):
        draft_version(model=PreferenceModelVersion, parameters={}, overrides=overrides, segments=[asking], at=NOW)


def test_the_statistics_survive_storage_and_are_those_of_the_newest_runs(acme: Customer, shop: Any) -> None:
    buys(acme, "Green tea")
    runs = [score_everybody(at=NOW + n * DAY) for n in range(4)]
    assert set(ProductStatistics.objects.values_list("run_id", flat=True)) == {run.pk for run in runs[-3:]}
    parameters = PreferenceParameters.from_dict(PreferenceModelVersion.objects.get().parameters)
    categories = measure_statistics(as_of=NOW, parameters=parameters)
    measured = measure_products(as_of=NOW, categories=categories, parameters=parameters)
    again = Catalogue.unpacked(measured.packed(), categories)
    assert (again.ids.tolist(), again.names) == (measured.ids.tolist(), measured.names)
    assert again.items.category.tolist() == measured.items.category.tolist()
    assert (again.items.neighbours != measured.items.neighbours).nnz == 0


def test_only_the_most_bought_of_many_products_are_ranked(
    acme: Customer, shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    buys(acme, "Green tea")
    monkeypatch.setattr(statistics_module, "MOST_PRODUCTS", 3)
    score_everybody()
    assert ProductStatistics.objects.get().products == 3


def test_of_many_customers_every_nth_tells_what_goes_together(
    acme: Customer, shop: dict[str, Product], monkeypatch: pytest.MonkeyPatch
) -> None:
    buys(acme, "Green tea")
    parameters = PreferenceParameters()
    categories = measure_statistics(as_of=NOW, parameters=parameters)
    whole = measure_products(as_of=NOW, categories=categories, parameters=parameters)
    monkeypatch.setattr(statistics_module, "MOST_CUSTOMERS", 15)
    half = measure_products(as_of=NOW, categories=categories, parameters=parameters)
    assert half.ids.tolist() == whole.ids.tolist()
    assert half.items.popularity == pytest.approx(whole.items.popularity, abs=0.5)
    assert 0 < half.items.neighbours.sum() < whole.items.neighbours.sum()
    score_everybody()
    assert names(acme, bought=False)[0] in TEA


def test_a_profile_stands_while_nothing_happens(acme: Customer, wang: Customer, shop: Any) -> None:
    for customer in (acme, wang):
        buys(customer, "Green tea")
    score_everybody()
    record_activity(customer_ids=[wang.pk], at=NOW + DAY)
    score_everybody(at=NOW + DAY, kind=RunKind.NIGHTLY)
    made = dict(PreferenceProfile.objects.values_list("pk", "as_of"))
    assert (made[acme.pk], made[wang.pk]) == (NOW, NOW + DAY)
    late = NOW + timedelta(days=15)
    score_everybody(at=late, kind=RunKind.NIGHTLY)
    assert set(PreferenceProfile.objects.values_list("as_of", flat=True)) == {late}


def test_profiles_that_were_made_together_fall_due_over_a_week(north: Team, shop: Any) -> None:
    score_everybody()
    due = []
    for day in range(6, 14):
        score_everybody(at=NOW + day * DAY, kind=RunKind.NIGHTLY)
        due.append(PreferenceProfile.objects.filter(as_of=NOW + day * DAY).count())
    assert due[0] == 0 and sum(due) == PreferenceProfile.objects.count()
    assert max(due) <= 4


def test_another_version_makes_all_profiles_anew(acme: Customer, shop: Any) -> None:
    buys(acme, "Green tea")
    score_everybody()
    version = draft_version(model=PreferenceModelVersion, parameters={}, at=NOW)
    run = activate_version(version=version, at=NOW + DAY, measure=True)
    list(work_chunks(run=run, clock=lambda: NOW + DAY))
    assert set(PreferenceProfile.objects.values_list("version", flat=True)) == {version.pk}


def test_it_tells_which_purchases_stand_behind_an_affinity(acme: Customer, shop: dict[str, Product]) -> None:
    buys(acme, "Green tea", "Hammer")
    score_everybody()
    profile = PreferenceProfile.objects.select_related("version").get(pk=acme.pk)
    found = goes_with(profile=profile, products=[shop["Tea pot"].pk, shop["Saw"].pk])
    assert [one.name for one in found[shop["Tea pot"].pk]] == ["Green tea"]
    assert [one.name for one in found[shop["Saw"].pk]] == ["Hammer"]
    assert found[shop["Saw"].pk][0].share == pytest.approx(1.0)


def test_the_scales_of_products_are_measured_with_the_first_version(acme: Customer, shop: Any) -> None:
    score_everybody()
    parameters = PreferenceParameters.from_dict(PreferenceModelVersion.objects.get().parameters)
    assert parameters.item_deviations["affinity"] != 1.0
    assert parameters.item_means["popularity"] > 0.0
    assert set(parameters.item_means) == set(ITEM_FEATURES)
