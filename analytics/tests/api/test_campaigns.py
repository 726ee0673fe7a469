"""Campaign lists and offers over the API."""

from typing import Any

import pytest

from analytics.models import CampaignList, Offer
from analytics.operations.build_campaign_list import build_campaign_list
from analytics.tests.histories import score_everybody
from analytics.tests.operations.test_campaign_lists import a_list, agrees, buyers
from analytics.tests.shops import buys, crowd, stock
from customers.models import Customer, Interaction, Product, Team, User
from customers.operations.work_jobs import work_jobs
from tests.cast import NOW
from tests.client import as_user, url

__all__ = ["buyers"]
pytestmark = pytest.mark.django_db


def test_a_list_goes_from_draft_to_response(bob: User, buyers: list[Customer], time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)
    client = as_user(bob)
    pot = Product.objects.get(name="Tea pot")
    asked = {"name": "Pots", "product": pot.pk, "min_percentile": 50, "held_out": 0}  # keys decide who would be
    made = client.post(url("campaign-lists/"), asked)
    assert made.status_code == 201 and made.json()["found"] == {}, made.json()
    key = made.json()["id"]
    assert client.post(url(f"campaign-lists/{key}/send/"), {}).status_code == 409
    assert client.get(url(f"campaign-lists/{key}/response/")).json()["until"] is None
    assert client.post(url(f"campaign-lists/{key}/build/"), {}).status_code == 200
    list(work_jobs(clock=lambda: NOW))
    built = client.get(url(f"campaign-lists/{key}/")).json()
    assert built["found"]["members"] == 3 and built["is_outdated"] is False
    members = client.get(url(f"campaign-lists/{key}/members/")).json()["results"]
    assert sorted(row["rank"] for row in members) == [1, 2, 3]
    assert all(row["may_be_written_to"] for row in members)
    agrees(Customer.objects.get(pk=members[0]["customer"]), is_given=False, days=0)
    members = client.get(url(f"campaign-lists/{key}/members/")).json()["results"]
    assert [row["may_be_written_to"] for row in members] == [False, True, True]
    agrees(Customer.objects.get(pk=members[0]["customer"]), days=0)
    assert client.post(url(f"campaign-lists/{key}/send/"), {}).json()["sent_at"]
    assert Interaction.objects.filter(kind="campaign").exists()
    response = client.get(url(f"campaign-lists/{key}/response/")).json()
    assert response["sent"] + response["held"] == 3


def test_a_list_offers_one_thing(bob: User, north: Team) -> None:
    refused = as_user(bob).post(url("campaign-lists/"), {"name": "Nothing"})
    assert refused.status_code == 400 and "one of the two" in str(refused.json())


def test_members_are_those_whom_one_sees(root: User, bob: User, south: Team, buyers: list[Customer]) -> None:
    campaign = build_campaign_list(campaign=a_list(root, min_percentile=50), at=NOW)
    Customer.objects.filter(name="Tea lover 1").update(team=south)
    assert len(as_user(bob).get(url(f"campaign-lists/{campaign.pk}/members/")).json()["results"]) == 2


def test_who_may_not_see_consents_builds_nothing(ann: User, bob: User, buyers: list[Customer]) -> None:
    campaign: CampaignList = a_list(bob)
    assert as_user(ann).post(url(f"campaign-lists/{campaign.pk}/build/"), {}).status_code in (403, 404)


@pytest.fixture
def shop(north: Team, acme: Customer) -> dict[str, Product]:
    products = stock()
    crowd(north)
    buys(acme, "Green tea", "Black tea")
    score_everybody()
    return products


def test_next_offers_come_with_reasons(
    ann: User, acme: Customer, shop: dict[str, Product], django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(12):
        found = as_user(ann).get(url(f"customers/{acme.pk}/next-offers/")).json()
    assert found["offers"][0]["name"] == "Tea pot" and found["offers"][0]["because"]
    assert found["channels"] == [] and found["not_profiled"] == ""
    made = as_user(ann).post(
        url(f"customers/{acme.pk}/offers/"), {"product": shop["Tea pot"].pk, "outcome": "declined"}
    )
    assert made.status_code == 201 and made.json()["percentile"] > 50
    again = as_user(ann).get(url(f"customers/{acme.pk}/next-offers/")).json()
    assert again["declined"] == 1 and "Tea pot" not in [row["name"] for row in again["offers"]]
    assert len(as_user(ann).get(url(f"customers/{acme.pk}/offers/")).json()["results"]) == 1


def test_outsiders_get_404(otto: User, acme: Customer, shop: dict[str, Product]) -> None:
    client = as_user(otto)
    assert client.get(url(f"customers/{acme.pk}/next-offers/")).status_code == 404
    sent = {"product": shop["Tea pot"].pk, "outcome": "accepted"}
    assert client.post(url(f"customers/{acme.pk}/offers/"), sent).status_code == 404
    assert not Offer.objects.exists()


def test_a_product_that_is_not_on_sale_is_refused(ann: User, acme: Customer, shop: dict[str, Product]) -> None:
    Product.objects.filter(pk=shop["Saw"].pk).update(is_active=False)
    sent = {"product": shop["Saw"].pk, "outcome": "accepted"}
    assert as_user(ann).post(url(f"customers/{acme.pk}/offers/"), sent).status_code == 400
