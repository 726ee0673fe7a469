from datetime import timedelta
from typing import Any

import pytest

from analytics.choices import RunKind
from analytics.models import EventSource, PreferenceModelVersion, PreferenceProfile
from analytics.operations.category_statistics import measure_statistics
from analytics.operations.measure_preferences import measure_preferences
from analytics.operations.product_interest import looks_back_to, match_products, product_interest
from analytics.operations.target_standing import TargetStanding
from analytics.scoring.preference import Interest, Purchase, profile
from analytics.scoring.preference_parameters import PreferenceParameters
from analytics.sql.whose import Whose
from analytics.tests.histories import DAY, HOUR, score_everybody
from analytics.tests.shops import TEA, TOOLS, buys, stock
from analytics.tests.views import a_shop, looks_at
from customers.choices import ConsentPurpose, PrivacyFlagKind
from customers.models import Consent, Customer, Product, User
from customers.operations.set_privacy_flag import set_privacy_flag
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shelves() -> dict[str, Product]:
    return stock()


def reasons(customer: Customer) -> dict[str, float]:
    """What recent interest says of each category that is shown."""
    rows = PreferenceProfile.objects.get(pk=customer.pk).categories
    found = {row["name"]: {reason["feature"]: reason["value"] for reason in row["because"]} for row in rows}
    return {name: because["recent_interest"] for name, because in found.items() if "recent_interest" in because}


def interest(customer: Customer, **more: Any) -> int:
    asked: dict[str, Any] = {"as_of": NOW, "since": NOW - 300 * DAY, "whose": Whose.these([customer.pk])} | more
    return len(product_interest(**asked))


def test_it_agrees_with_the_pure_function(acme: Customer, wang: Customer, shelves: dict[str, Product]) -> None:
    buys(acme, *TEA)
    buys(wang, *TOOLS)
    looked = [("Hammer", 1), ("Saw", 40), ("Green tea", 100), ("Green tea", 299)]
    for name, days in looked:
        looks_at(acme, name, at=NOW - days * DAY)
    score_everybody()
    parameters = PreferenceParameters.from_dict(PreferenceModelVersion.objects.get().parameters)
    statistics = measure_statistics(as_of=NOW, parameters=parameters)
    pure = profile(
        [Purchase(shelves[name].category_id or 0, NOW - DAY, 10.0) for name in TEA],
        [Interest(shelves[name].category_id or 0, NOW - days * DAY) for name, days in looked],
        {},
        [statistics.figures.category(i, pk) for i, pk in enumerate(statistics.ids)],
        parameters,
        NOW,
    )
    rows = PreferenceProfile.objects.get(pk=acme.pk).categories
    assert [row["category"] for row in rows] == [row.category for row in pure]
    for row, result in zip(rows, pure, strict=True):
        assert row["preference"] == pytest.approx(result.preference, abs=1e-6)
        expected = {f.name: f.points for f in result.features if abs(f.points) > 1e-6}
        assert {b["feature"]: b["points"] for b in row["because"]} == pytest.approx(expected, abs=1e-6)


def test_views_move_a_category_up_and_fade_by_half_in_a_half_life(acme: Customer, wang: Customer) -> None:
    for customer in (acme, wang):
        buys(customer, *TEA, *TOOLS)
    for minutes in range(8):
        looks_at(acme, "Saw", at=NOW - DAY * 30 - timedelta(minutes=minutes))
    looks_at(acme, "Hammer", at=NOW)
    score_everybody()
    assert reasons(acme)["Tools"] == pytest.approx(5.0, abs=0.01)
    best = PreferenceProfile.objects.get(pk=acme.pk).categories[0]
    assert best["name"] == "Tools"
    assert {*reasons(wang).values()} == {0.0}


def test_products_take_over_the_interest_in_their_category(acme: Customer) -> None:
    buys(acme, "Green tea", "Hammer")
    looks_at(acme, "Saw", at=NOW)
    score_everybody()
    rows = PreferenceProfile.objects.get(pk=acme.pk).products
    place = 3  # of recent_interest among ITEM_FEATURES
    assert {row["name"]: row["values"][place] for row in rows if row["name"] in TOOLS} == dict.fromkeys(TOOLS, 1.0)
    assert {row["values"][place] for row in rows if row["name"] in TEA} == {0.0}


def test_who_only_looked_is_shown_what_they_looked_at_and_nothing_else(acme: Customer, wang: Customer) -> None:
    buys(wang, *TEA)
    looks_at(acme, "Saw")
    score_everybody()
    found = PreferenceProfile.objects.get(pk=acme.pk)
    assert [row["name"] for row in found.categories] == ["Tools"]
    assert {row["name"] for row in found.products} <= {*TOOLS}


def test_as_of_a_day_later_views_are_not_there(acme: Customer) -> None:
    buys(acme, "Green tea", at=NOW - 9 * DAY)
    looks_at(acme, "Saw", at=NOW - DAY)
    score_everybody(at=NOW - 2 * DAY)
    assert reasons(acme) == {}
    score_everybody(at=NOW - HOUR)
    assert reasons(acme)["Tools"] == pytest.approx(2 ** (-23 / 24 / 30))


def test_what_a_device_saw_counts_once_its_user_is_known(acme: Customer) -> None:
    shop = a_shop()
    looks_at(None, "Saw")
    assert interest(acme) == 0
    identity = shop.identities.get(kind="user")
    identity.customer = acme
    identity.save()
    assert interest(acme) == 1


def test_a_withdrawn_consent_ends_the_use_of_what_was_stored(acme: Customer) -> None:
    looks_at(acme, "Saw")
    assert interest(acme) == 1
    said = {"customer": acme, "purpose": ConsentPurpose.PROFILING, "recorded_at": NOW}
    Consent.objects.create(**said, is_given=False, at=NOW)
    assert interest(acme) == interest(acme, whose=Whose(acme.pk, acme.pk)) == 0
    Consent.objects.create(**said, is_given=True, at=NOW + HOUR)
    assert interest(acme) == 1


def test_an_objection_deletes_it(acme: Customer, bob: User) -> None:
    looks_at(acme, "Saw")
    set_privacy_flag(customer=acme, kind=PrivacyFlagKind.PROFILING, is_set=True, reason="asked", by=bob, at=NOW)
    set_privacy_flag(customer=acme, kind=PrivacyFlagKind.PROFILING, is_set=False, reason="asked", by=bob, at=NOW)
    assert interest(acme) == 0


def test_products_are_known_by_sku_or_by_our_key_from_our_own_program(shelves: dict[str, Product]) -> None:
    saw, tea = shelves["Saw"], shelves["Green tea"]
    shop, own = a_shop(), EventSource.objects.create(slug="own", name="Own")
    texts = ["Saw", "saw", str(tea.pk), "9" * 30, "no such thing", "²"]
    found = match_products((text, source.pk) for text in texts for source in (shop, own))
    assert {key: row.id for key, row in found.items()} == {
        ("Saw", shop.pk): saw.pk,
        ("Saw", own.pk): saw.pk,
        (str(tea.pk), own.pk): tea.pk,
    }


def test_views_of_products_without_category_or_unknown_say_nothing(acme: Customer) -> None:
    looks_at(acme, "Voucher", "no such thing")
    assert interest(acme) == 0


def test_views_from_before_ten_half_lives_are_not_read(acme: Customer) -> None:
    parameters = PreferenceParameters(interest_half_life_days=2.0)
    looks_at(acme, "Saw", at=NOW - 21 * DAY)
    looks_at(acme, "Saw", at=NOW - 19 * DAY)
    assert interest(acme, since=looks_back_to(parameters, NOW)) == 1
    assert looks_back_to(PreferenceParameters(interest_half_life_days=36_500.0), NOW).year == 2000


def test_a_profile_that_stands_is_made_anew_in_the_night_after_a_view(acme: Customer, wang: Customer) -> None:
    for customer in (acme, wang):
        buys(customer, *TEA, at=NOW - 9 * DAY)
    score_everybody(at=NOW - DAY, kind=RunKind.NIGHTLY)
    looks_at(acme, "Saw", at=NOW - HOUR, recorded_at=NOW - HOUR)
    score_everybody(at=NOW, kind=RunKind.NIGHTLY)
    made = dict(PreferenceProfile.objects.values_list("pk", "as_of"))
    assert made[acme.pk] == NOW
    assert made[wang.pk] == NOW - DAY
    assert "Tools" in reasons(acme)


def test_a_draft_measures_how_far_interest_spreads(acme: Customer, wang: Customer) -> None:
    for customer in (acme, wang):
        buys(customer, *TEA)
    before = measure_preferences(current=PreferenceParameters(), as_of=NOW)
    assert before.deviations["recent_interest"] == 1.0
    for minutes in range(20):
        looks_at(acme, "Saw", at=NOW - timedelta(minutes=minutes))
    after = measure_preferences(current=PreferenceParameters(), as_of=NOW)
    assert after.means["recent_interest"] == pytest.approx(5.0, rel=0.01)
    assert after.deviations["recent_interest"] > 8.0
    assert after.item_deviations["recent_interest"] > 8.0


def test_campaigns_rank_by_views_as_profiles_do(acme: Customer, wang: Customer, shelves: dict[str, Product]) -> None:
    buys(wang, *TEA, *TOOLS)
    looks_at(acme, "Saw", at=NOW)
    score_everybody()
    found = TargetStanding(shelves["Saw"]).among([acme.pk, wang.pk], as_of=NOW)
    assert found[acme.pk].values[3] == 1.0
    assert found[wang.pk].values[3] == 0.0


def test_a_chunk_asks_at_most_five_questions(acme: Customer, django_assert_max_num_queries: Any) -> None:
    for name in (*TEA, *TOOLS):
        looks_at(acme, name)
    with django_assert_max_num_queries(5):
        assert interest(acme, whose=Whose(0, acme.pk)) == 6
