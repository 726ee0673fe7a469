"""Preferences through the API: profiles with products, what was said, versions, learned weights."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission

from analytics.choices import ProposalState
from analytics.models import PreferenceModelVersion, StatedPreference, WeightProposal
from analytics.operations.ensure_versions import ensure_versions
from analytics.scoring.preference_parameters import ITEM_FEATURES, PreferenceParameters
from analytics.tests.histories import DAY, score_everybody
from analytics.tests.shops import buys, crowd, stock
from analytics.tests.versions import segment
from analytics.tests.views import looks_at
from customers.choices import ConsentPurpose
from customers.models import Consent, Customer, Product, Team, User
from tests.cast import NOW
from tests.client import as_user, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(north: Team) -> dict[str, Product]:
    products = stock()
    crowd(north)
    return products


def test_a_profile_ranks_products_with_reasons(
    ann: User, acme: Customer, shop: Any, django_assert_num_queries: Any
) -> None:
    buys(acme, "Green tea", "Black tea")
    score_everybody()
    profile = as_user(ann).get(url(f"customers/{acme.pk}/preferences/")).json()
    assert profile["override"] == "" and profile["version"] == 1
    first = next(row for row in profile["products"] if not row["bought"])
    assert first["name"] == "Tea pot" and 0 < first["percentile"] <= 100
    assert {reason["feature"] for reason in first["because"]} <= set(ITEM_FEATURES)
    assert sum(reason["points"] for reason in first["because"]) == pytest.approx(first["preference"], abs=1e-4)
    listed = as_user(ann).get(url("preferences/")).json()["results"]
    assert next(row for row in listed if row["id"] == acme.pk)["products"] == profile["products"]


def test_the_list_of_profiles_costs_the_same_for_many(
    ann: User, acme: Customer, shop: Any, django_assert_max_num_queries: Any
) -> None:
    score_everybody()
    client = as_user(ann)
    with django_assert_max_num_queries(8):
        assert len(client.get(url("preferences/")).json()["results"]) > 15


def test_staff_put_down_what_was_said(ann: User, acme: Customer, shop: dict[str, Product]) -> None:
    client, path = as_user(ann), url(f"customers/{acme.pk}/stated-preferences/")
    made = client.post(path, {"product": shop["Saw"].pk, "liking": 1, "source": "visit"})
    assert made.status_code == 201, made.content
    row = StatedPreference.objects.get()
    assert (row.customer, row.product, row.liking, row.recorded_by) == (acme, shop["Saw"], 1, ann)
    assert [one["id"] for one in client.get(path).json()["results"]] == [row.pk]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"liking": 1}, "category"),
        ({"liking": 7, "product": "saw"}, "liking"),
        ({"liking": 1, "product": 10**9}, "product"),
        ({"liking": 1, "product": "saw", "at": "2999-01-01T00:00:00Z"}, "at"),
        ({"liking": 1, "product": "saw", "mood": "good"}, "mood"),
    ],
)
def test_nonsense_is_refused_by_its_field(
    ann: User, acme: Customer, shop: dict[str, Product], sent: dict[str, Any], field: str
) -> None:
    if sent.get("product") == "saw":
        sent = {**sent, "product": shop["Saw"].pk}
    answer = as_user(ann).post(url(f"customers/{acme.pk}/stated-preferences/"), sent)
    assert answer.status_code == 400 and field in answer.json()["errors"], answer.content
    assert not StatedPreference.objects.exists()


def test_weights_are_drafted_activated_and_taken_back(root: User, shop: Any) -> None:
    score_everybody()
    client, path = as_user(root), url("preference-versions/")
    british = segment("British", "country", "is", "GB")
    sent = {
        "label": "More affinity",
        "parameters": {"weights": {"affinity": 2}},
        "overrides": [{"segment": british.pk, "parameters": {"weights": {"popularity": 0.9}}}],
    }
    made = client.post(path, sent).json()
    assert made["state"] == "draft" and made["parameters"]["weights"]["affinity"] == 2
    assert made["parameters"]["weights"]["rating"] == PreferenceParameters().weights["rating"]
    assert made["overrides"][0]["name"] == "British"
    assert client.post(f"{path}{made['id']}/activate/", {}).json()["state"] == "active"
    first = PreferenceModelVersion.objects.get(number=1)
    assert client.post(f"{path}{first.pk}/activate/", {}).json()["state"] == "active"
    kinds = [event["kind"] for event in client.get(f"{path}{made['id']}/events/").json()]
    assert kinds == ["activated", "drafted"]


def test_a_frozen_version_and_impossible_weights_are_refused(root: User, shop: Any) -> None:
    score_everybody()
    client, path = as_user(root), url("preference-versions/")
    active = PreferenceModelVersion.objects.active().get()
    frozen = client.patch(f"{path}{active.pk}/", {"label": "x"}, headers={"If-Match": active.etag()})
    assert frozen.status_code == 409
    assert client.post(path, {"parameters": {"weights": {"affinity": -1}}}).status_code == 400
    assert client.post(path, {"parameters": {"weights": {"charm": 1}}}).status_code == 400
    own = [{"segment": segment("British", "country", "is", "GB").pk, "parameters": {"means": {"rating": 1}}}]
    assert client.post(path, {"overrides": own}).status_code == 400


def test_a_version_is_previewed_and_measured(root: User, otto: User, acme: Customer, shop: dict[str, Product]) -> None:
    buys(acme, "Green tea", "Black tea")
    buys(Customer.objects.get(name="Buyer 0"), "Hammer")
    score_everybody()
    client, path = as_user(root), url("preference-versions/")
    weights = {**dict.fromkeys(ITEM_FEATURES, 0), "popularity": 5}
    made = client.post(path, {"parameters": {"weights": weights, "item_half_life_days": 9}}).json()
    mine = f"{path}{made['id']}/"
    assert client.get(f"{mine}preview/").status_code == 404
    preview = client.post(f"{mine}preview/", {}).json()
    assert preview == client.get(f"{mine}preview/").json()
    assert (preview["version"], preview["against"], preview["state"]) == (2, 1, "done")
    result = preview["result"]
    mover = next(row for row in result["movers"] if row["customer"] == acme.pk)
    assert mover["firsts"]["next"]["before"] == {"id": shop["Tea pot"].pk, "name": "Tea pot"}
    lost = {row["name"]: row["before"] - row["after"] for row in result["firsts"]["next"]["lost"]}
    assert lost["Tea pot"] == 1
    otto.user_permissions.add(*Permission.objects.filter(codename="view_preferencemodelversion"))
    seen = as_user(otto).get(f"{mine}preview/").json()["result"]
    assert (seen["movers"], seen["customers"]) == ([], result["customers"])
    measured = client.post(f"{mine}measure/", {}).json()
    assert measured["parameters"]["item_means"] != made["parameters"]["item_means"]
    assert client.get(f"{mine}preview/").json()["is_old"] is True
    assert client.post(f"{path}{PreferenceModelVersion.objects.get(number=1).pk}/preview/", {}).status_code == 409


def proposal() -> WeightProposal:
    _scores, version = ensure_versions(at=NOW)
    weights = {**PreferenceParameters().weights, "affinity": 2.5}
    return WeightProposal.objects.create(state=ProposalState.OPEN, weights=weights, against=version, created_at=NOW)


def test_learned_weights_are_asked_for_accepted_and_rejected(root: User) -> None:
    client, path = as_user(root), url("weight-proposals/")
    asked = client.post(path, {})
    assert asked.status_code == 201 and asked.json()["state"] == "learning"
    assert client.post(path, {}).status_code == 409
    one, other = proposal(), proposal()
    accepted = client.post(f"{path}{one.pk}/accept/", {}).json()
    assert (accepted["state"], accepted["version"], accepted["decided_by"]) == ("accepted", 2, "root")
    assert client.post(f"{path}{other.pk}/reject/", {}).json()["state"] == "rejected"
    assert client.post(f"{path}{other.pk}/accept/", {}).status_code == 409


def test_an_agent_reads_learned_weights_and_does_not_decide(ann: User) -> None:
    row = proposal()
    client = as_user(ann)
    assert client.get(url(f"weight-proposals/{row.pk}/")).status_code == 200
    assert client.post(url(f"weight-proposals/{row.pk}/accept/"), {}).status_code == 403


def test_an_outsider_sees_nothing_of_what_was_said(otto: User, acme: Customer) -> None:
    otto.user_permissions.set(Permission.objects.filter(codename__endswith="statedpreference"))
    for send in (as_user(otto).get, as_user(otto).post):
        assert send(url(f"customers/{acme.pk}/stated-preferences/")).status_code == 404


def test_the_views_behind_the_recent_interest_are_told(root: User, bob: User, acme: Customer, shop: Any) -> None:
    path = url(f"customers/{acme.pk}/product-views/")
    assert as_user(root).get(path).json() == []
    looks_at(acme, "Saw", at=NOW)
    looks_at(acme, "Saw", at=NOW - 30 * DAY)
    looks_at(acme, "Voucher")
    score_everybody()
    (row,) = as_user(root).get(path).json()
    assert (row["name"], row["number"], row["value"]) == ("Tools", 2, 1.5)
    assert [(view["product_name"], view["name"], view["weight"]) for view in row["views"]] == [
        ("Saw", "Product Viewed", 1.0),
        ("Saw", "Product Viewed", 0.5),
    ]
    said = {"purpose": ConsentPurpose.PROFILING, "at": NOW, "recorded_at": NOW}
    Consent.objects.create(customer=acme, is_given=False, **said)
    assert as_user(root).get(path).json() == []
