"""Campaign lists and offers in the back office."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from analytics.models import CampaignList, Offer
from analytics.operations.build_campaign_list import build_campaign_list
from analytics.tests.admin.conftest import LogIn
from analytics.tests.histories import score_everybody
from analytics.tests.operations.test_campaign_lists import a_list, agrees, buyers
from analytics.tests.shops import buys, crowd, stock
from customers.choices import PrivacyFlagKind
from customers.models import Customer, Interaction, Job, Product, Team, User
from customers.operations.set_privacy_flag import set_privacy_flag
from customers.operations.work_jobs import work_jobs
from tests.cast import NOW

__all__ = ["buyers"]
pytestmark = pytest.mark.django_db

BUDGET = 24


def page(campaign: CampaignList, verb: str = "change") -> str:
    return reverse(f"admin:analytics_campaignlist_{verb}", args=[campaign.pk])


def test_a_list_is_made_built_looked_at_and_sent(
    log_in: LogIn, bob: User, buyers: list[Customer], time_machine: Any, django_assert_max_num_queries: Any
) -> None:
    time_machine.move_to(NOW, tick=False)
    client = log_in(bob)
    pot = Product.objects.get(name="Tea pot")
    typed = {"name": "Pots", "product": pot.pk, "channel": "email", "min_percentile": 50, "most": 100}
    typed |= {"bought_days": 180, "rest_days": 30, "held_out": 0, "response_days": 30}
    saved = client.post(reverse("admin:analytics_campaignlist_add"), {**typed, "_continue": "1"})
    campaign = CampaignList.objects.get()
    assert saved.status_code == 302, saved.context["errors"]
    assert "Not built yet" in client.get(page(campaign)).content.decode()
    assert client.post(page(campaign, "build"))["Location"] == page(campaign)
    assert Job.objects.get().created_by == bob
    list(work_jobs(clock=lambda: NOW))
    with django_assert_max_num_queries(BUDGET):
        shown = client.get(page(campaign))
    text = shown.content.decode()
    assert "3 of 23 customers." in text and "bought it lately" in text and "Tea lover 1" in text
    customers = client.get(shown.context["customers_link"])
    assert {row.name for row in customers.context["cl"].result_list} == {f"Tea lover {n}" for n in range(3)}
    client.post(page(campaign, "send"), {"seen_version": campaign.version})
    assert Interaction.objects.filter(kind="campaign").count() == 3
    frozen = client.get(page(campaign)).content.decode()
    assert "What it moved" in frozen and "Without a group that was held out" in frozen
    assert "Build it again" not in frozen
    told = client.post(page(campaign, "send"), follow=True).content.decode()
    assert "This list was sent already." in told and Interaction.objects.filter(kind="campaign").count() == 3


def test_the_list_of_customers_leaves_out_who_objected_since(
    log_in: LogIn, bob: User, buyers: list[Customer], time_machine: Any
) -> None:
    time_machine.move_to(NOW, tick=False)
    client = log_in(bob)
    campaign = build_campaign_list(campaign=a_list(bob), at=NOW)
    first, second, third = buyers[-3:]
    link = client.get(page(campaign)).context["customers_link"]

    def shown() -> set[str]:
        return {row.name for row in client.get(link).context["cl"].result_list}

    assert {first.name, second.name, third.name} <= shown()
    agrees(first, is_given=False, days=0)
    assert first.name not in shown() and {second.name, third.name} <= shown()
    set_privacy_flag(customer=second, kind=PrivacyFlagKind.PROFILING, is_set=True, reason="By mail", by=None, at=NOW)
    assert third.name in shown() and not {first.name, second.name} & shown()


def test_a_list_that_somebody_changed_meanwhile_is_not_sent(log_in: LogIn, bob: User, buyers: list[Customer]) -> None:
    campaign = build_campaign_list(campaign=a_list(bob), at=NOW)
    told = log_in(bob).post(page(campaign, "send"), {"seen_version": 7}, follow=True).content.decode()
    assert "Somebody changed this list meanwhile" in told and not Interaction.objects.exists()


def test_two_things_or_none_are_refused(log_in: LogIn, bob: User, db: None) -> None:
    typed = {"name": "Pots", "channel": "email", "min_percentile": 50, "most": 100, "bought_days": 0}
    typed |= {"rest_days": 0, "held_out": 0, "response_days": 30}
    refused = log_in(bob).post(reverse("admin:analytics_campaignlist_add"), typed)
    assert "one of the two" in refused.content.decode() and not CampaignList.objects.exists()


def test_who_may_not_write_to_customers_builds_no_list(
    log_in: LogIn, ann: User, bob: User, buyers: list[Customer]
) -> None:
    campaign = a_list(bob)
    assert log_in(ann).post(page(campaign, "build")).status_code in (403, 404)
    assert log_in(ann).get(page(campaign)).status_code in (403, 404)
    assert log_in(bob).get(page(campaign, "build")).status_code == 405
    assert not Job.objects.exists()


def test_members_out_of_sight_are_not_named(
    log_in: LogIn, bob: User, south: Team, buyers: list[Customer], root: User
) -> None:
    campaign = build_campaign_list(campaign=a_list(root), at=NOW)
    Customer.objects.filter(name="Tea lover 1").update(team=south)
    text = log_in(bob).get(page(campaign)).content.decode()
    assert "Tea lover 1" not in text and "Tea lover 2" in text


@pytest.fixture
def shop(north: Team, acme: Customer) -> dict[str, Product]:
    products = stock()
    crowd(north)
    buys(acme, "Green tea", "Black tea")
    score_everybody()
    return products


def offers_of(customer: Customer) -> str:
    return reverse("admin:customers_customer_offer", args=[customer.pk])


def test_what_came_of_an_offer_is_put_down(log_in: LogIn, ann: User, acme: Customer, shop: dict[str, Product]) -> None:
    client = log_in(ann)
    preferences = reverse("admin:customers_customer_preferences", args=[acme.pk])
    before = client.get(preferences).content.decode()
    assert "Offer next" in before and "They did not agree to marketing" in before
    sent = {"product": shop["Tea pot"].pk, "outcome": "declined"}
    assert client.post(offers_of(acme), sent)["Location"] == f"{preferences}#offers"
    row = Offer.objects.get()
    assert (row.customer, row.by, row.outcome) == (acme, ann, "declined")
    after: Any = client.get(preferences)
    assert shop["Tea pot"].pk not in [offer["key"] for offer in after.context["offers"]]
    assert "1 product is left out" in after.content.decode()


def test_an_offer_of_nothing_is_refused(log_in: LogIn, ann: User, acme: Customer, shop: Any) -> None:
    told = log_in(ann).post(offers_of(acme), {"product": "x", "outcome": "maybe"}, follow=True).content.decode()
    assert "Nothing was put down" in told and not Offer.objects.exists()


def test_outsiders_find_nothing_to_offer(log_in: LogIn, otto: User, acme: Customer, shop: dict[str, Product]) -> None:
    sent = {"product": shop["Tea pot"].pk, "outcome": "accepted"}
    client: Client = log_in(otto)
    assert client.post(offers_of(acme), sent).status_code == 404
    assert not Offer.objects.exists()
