"""What to offer next, and what came of it."""

from typing import Any

import pytest

from analytics.models import PreferenceProfile
from analytics.operations.next_offers import REST, NextOffers, next_offers
from analytics.operations.record_offer import record_offer
from analytics.tests.histories import score_everybody
from analytics.tests.operations.test_campaign_lists import agrees
from analytics.tests.shops import buys, crowd, stock
from customers.models import Customer, Product, Team, User
from customers.operations.set_privacy_flag import set_privacy_flag
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(north: Team, acme: Customer) -> dict[str, Product]:
    products = stock()
    crowd(north)
    buys(acme, "Green tea", "Black tea")
    score_everybody()
    return products


def offered(customer: Customer, at: Any = NOW) -> NextOffers:
    profile = PreferenceProfile.objects.select_related("version").filter(pk=customer.pk).first()
    return next_offers(customer=customer, profile=profile, at=at)


def names(found: NextOffers) -> list[str]:
    return [offer.row["name"] for offer in found.offers]


def test_the_best_that_they_did_not_buy_is_offered_with_reasons(acme: Customer, shop: Any) -> None:
    found = offered(acme)
    assert names(found)[0] == "Tea pot" and not {"Green tea", "Black tea"} & {*names(found)}
    assert found.offers[0].row["because"] and found.offers[0].last is None


def test_what_they_declined_rests(acme: Customer, ann: User, shop: dict[str, Product]) -> None:
    pot = shop["Tea pot"]
    row = record_offer(customer=acme, product=pot, outcome="declined", by=ann, at=NOW)
    assert row.percentile is not None and row.percentile > 50
    found = offered(acme)
    assert "Tea pot" not in names(found) and found.declined == 1
    later = offered(acme, NOW + REST)
    assert names(later)[0] == "Tea pot" and later.offers[0].last == row
    record_offer(customer=acme, product=pot, outcome="accepted", by=ann, at=NOW)
    assert "Tea pot" in names(offered(acme))


def test_what_is_not_on_sale_is_not_offered(acme: Customer, shop: dict[str, Product]) -> None:
    Product.objects.filter(pk=shop["Tea pot"].pk).update(is_active=False)
    assert "Tea pot" not in names(offered(acme))


def test_it_says_by_which_channels_they_may_be_written_to(acme: Customer, bob: User, shop: Any) -> None:
    assert offered(acme).channels == []
    agrees(acme, channel="email")
    agrees(acme, channel="any", days=20)
    agrees(acme, channel="phone", is_given=False, days=10)
    assert offered(acme).channels == ["email", "messenger", "post"]
    set_privacy_flag(customer=acme, kind="restriction", is_set=True, reason="asked", by=bob, at=NOW)
    acme.refresh_from_db()
    assert offered(acme).channels == []


def test_of_nobody_known_nothing_is_offered(wang: Customer, db: None) -> None:
    assert offered(wang) == NextOffers([], [], 0, [])
