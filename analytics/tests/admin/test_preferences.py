"""Preferences in the back office: the customer's page, weights, learned weights; and who may."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from analytics.choices import ProposalState, VersionState
from analytics.models import (
    PreferenceModelVersion,
    PreferenceProfile,
    ScoringRun,
    StatedPreference,
    WeightProposal,
)
from analytics.operations.draft_version import draft_version
from analytics.operations.propose_weights import propose_weights
from analytics.scoring.preference_parameters import ITEM_FEATURES, PreferenceParameters
from analytics.tests.admin.conftest import LogIn
from analytics.tests.histories import HOUR, score_everybody
from analytics.tests.shops import buys, crowd, stock
from analytics.tests.versions import segment
from analytics.tests.views import looks_at
from customers.models import Customer, Product, Team, User
from tests.cast import NOW

pytestmark = pytest.mark.django_db

BUDGET = 20  # three of them: what to offer next; two: views


@pytest.fixture
def shop(north: Team, acme: Customer) -> dict[str, Product]:
    products = stock()
    crowd(north)
    buys(acme, "Green tea", "Black tea")
    buys(Customer.objects.get(name="Buyer 0"), "Hammer")
    score_everybody()
    return products


@pytest.fixture
def client(log_in: LogIn, root: User) -> Client:
    return log_in(root)


def page(customer: Customer) -> str:
    return reverse("admin:customers_customer_preferences", args=[customer.pk])


def test_the_page_tells_what_they_prefer_and_why(
    log_in: LogIn, ann: User, acme: Customer, shop: Any, django_assert_max_num_queries: Any
) -> None:
    client = log_in(ann)
    with django_assert_max_num_queries(BUDGET):
        shown = client.get(page(acme))
    card = shown.context["preferences"]
    assert card.next_[0].name == "Tea pot"
    assert {one.name for one in card.next_[0].companions} == {"Green tea", "Black tea"}
    text = shown.content.decode()
    assert "goes with what they bought" in text and "Buys again" in text


def test_the_card_on_the_overview_leads_there(log_in: LogIn, ann: User, acme: Customer, shop: Any) -> None:
    text = log_in(ann).get(reverse("admin:customers_customer_page", args=[acme.pk])).content.decode()
    assert page(acme) in text and "Tea pot" in text


def test_a_statement_is_put_down_on_the_page(log_in: LogIn, ann: User, acme: Customer, shop: Any) -> None:
    client = log_in(ann)
    client.post(page(acme), {"liking": "-1", "product": "tea POT", "source": "phone"})
    row = StatedPreference.objects.get()
    assert (row.product, row.liking, row.recorded_by) == (shop["Tea pot"], -1, ann)
    assert "Does not want it" in client.get(page(acme)).content.decode()


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"product": "unicorn"}, "There is no product"),
        ({}, "one of the two"),
        ({"product": "Saw", "said_at": "2999-01-01T00:00"}, "not happened yet"),
    ],
)
def test_a_refused_statement_says_why_and_keeps_what_was_typed(
    log_in: LogIn, ann: User, acme: Customer, shop: Any, typed: dict[str, str], problem: str
) -> None:
    answer = log_in(ann).post(page(acme), {"liking": "1", "source": "a long visit", **typed})
    text = answer.content.decode()
    assert problem in text and "a long visit" in text
    assert not StatedPreference.objects.exists()


def test_two_products_of_one_name_are_told_apart_by_sku(log_in: LogIn, ann: User, acme: Customer, shop: Any) -> None:
    Product.objects.create(sku="S-2", name="Saw")
    client = log_in(ann)
    Product.objects.filter(pk=shop["Saw"].pk).update(sku="S-1")
    assert "give the SKU" in client.post(page(acme), {"liking": "1", "product": "saw"}).content.decode()
    client.post(page(acme), {"liking": "1", "product": "S-2"})
    assert StatedPreference.objects.get().product.sku == "S-2"  # type: ignore[union-attr]


def test_outsiders_and_those_without_the_permission_are_kept_out(
    log_in: LogIn, otto: User, ann: User, acme: Customer, shop: Any
) -> None:
    assert log_in(otto).get(page(acme)).status_code == 404
    assert log_in(otto).post(page(acme), {"liking": "1", "product": "Saw"}).status_code == 404
    ann.groups.clear()
    assert log_in(ann).get(page(acme)).status_code == 403


def test_an_empty_page_says_what_to_do(log_in: LogIn, ann: User, acme: Customer) -> None:
    assert "Put down what they said" in log_in(ann).get(page(acme)).content.decode()


def version_page(version: PreferenceModelVersion, view: str = "change", *more: Any) -> str:
    return reverse(f"admin:analytics_preferencemodelversion_{view}", args=[version.pk, *more])


def typed(client: Client, address: str, **changes: Any) -> dict[str, Any]:
    """What the form sends when these fields were changed."""
    form = client.get(address).context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in {**values, **changes}.items()}


def test_weights_are_drafted_edited_activated_and_rolled_back(client: Client, shop: Any, acme: Customer) -> None:
    first = PreferenceModelVersion.objects.active().get()
    add = reverse("admin:analytics_preferencemodelversion_add")
    client.post(add, typed(client, add, label="Popular", weight__popularity="0.9"))
    draft = PreferenceModelVersion.objects.get(number=2)
    assert draft.parameters["weights"]["popularity"] == 0.9
    assert draft.parameters["item_means"] == first.parameters["item_means"]
    edit = version_page(draft)
    client.post(edit, typed(client, edit, weight__rating="0"))
    draft.refresh_from_db()
    assert (draft.parameters["weights"]["rating"], draft.parameters["weights"]["popularity"]) == (0.0, 0.9)
    asked = client.get(version_page(draft, "activate")).content.decode()
    assert "Put version 2 in force?" in asked and "Nobody has previewed it" in asked
    client.post(version_page(draft, "activate"), {"seen_version": draft.version})
    draft.refresh_from_db()
    assert draft.state == VersionState.ACTIVE
    page_of_it = client.get(edit)
    assert page_of_it.context["previous"] == first
    assert page_of_it.context["going_on"] == ScoringRun.objects.first()
    assert "weight__rating" not in client.get(edit).content.decode()  # frozen: read, not edited
    client.post(
        version_page(first, "activate"), {"seen_version": PreferenceModelVersion.objects.get(pk=first.pk).version}
    )
    assert PreferenceModelVersion.objects.active().get() == first


@pytest.mark.django_db(transaction=True)
def test_a_draft_is_saved_where_no_transaction_is_open_before(log_in: LogIn, transactional_db: None) -> None:
    root = User.objects.create_superuser("root", password="correct horse")
    client = log_in(root)
    draft = draft_version(model=PreferenceModelVersion, parameters={}, at=NOW)
    edit = version_page(draft)
    client.post(edit, typed(client, edit, weight__rating="0.9"))
    draft.refresh_from_db()
    assert draft.parameters["weights"]["rating"] == 0.9


def test_a_stale_edit_and_a_negative_weight_are_refused(client: Client, shop: Any) -> None:
    draft = draft_version(model=PreferenceModelVersion, parameters={}, at=NOW)
    edit = version_page(draft)
    assert "Give a number from" in client.post(edit, typed(client, edit, weight__rating="-1")).content.decode()
    stale = typed(client, edit, weight__rating="0.7")
    PreferenceModelVersion.objects.filter(pk=draft.pk).update(version=9)
    client.post(edit, stale)
    draft.refresh_from_db()
    assert draft.parameters["weights"]["rating"] == PreferenceParameters().weights["rating"]


def test_a_segment_gets_weights_of_its_own(client: Client, shop: Any) -> None:
    british, firms = segment("British", "country", "is", "GB"), segment("Firms", "kind", "is", "organisation")
    draft = draft_version(model=PreferenceModelVersion, parameters={}, at=NOW)
    for row in (british, firms):
        draft.refresh_from_db()
        add = version_page(draft, "override_add")
        assert row.name in client.get(add).content.decode()
        client.post(add, {"segment": row.pk, "weight__affinity": "0.4", "seen_version": draft.version})
    draft.refresh_from_db()
    assert [one["name"] for one in draft.overrides] == ["British", "Firms"]
    assert draft.overrides[0]["parameters"] == {"weights": {"affinity": 0.4}}
    assert "instead of" in client.get(version_page(draft)).content.decode()
    edit = version_page(draft, "override", british.pk)
    client.post(edit, {"weight__rating": "2", "seen_version": draft.version})
    client.post(version_page(draft, "override_move", firms.pk, "up"), {"seen_version": draft.version + 1})
    draft.refresh_from_db()
    assert [one["name"] for one in draft.overrides] == ["Firms", "British"]
    assert draft.overrides[1]["parameters"] == {"weights": {"rating": 2.0}}
    client.post(version_page(draft, "override_move", firms.pk, "remove"), {"seen_version": draft.version})
    draft.refresh_from_db()
    assert [one["name"] for one in draft.overrides] == ["British"]


def test_a_preview_shows_what_comes_first_and_for_whom(client: Client, shop: Any, acme: Customer) -> None:
    draft = popular_draft()
    assert "Nobody has looked yet" in client.get(version_page(draft)).content.decode()
    response = client.post(version_page(draft, "do", "preview"))
    assert response.headers["Location"] == f"{version_page(draft)}#preview"
    shown = client.get(version_page(draft))
    preview, text = shown.context["preview"], shown.content.decode()
    (_title, movers), *_others = preview["movers"]
    assert (movers[0].customer, movers[0].way) == (acme, "Tea pot → Hammer")
    assert page(acme) in text
    lost = next(row for row in preview["firsts"][0]["rows"] if row["name"] == "Tea pot")
    assert (lost["before"], lost["after"], lost["change"]) == ("1", "0", "−1")
    assert lost["link"] == reverse("admin:customers_product_change", args=[shop["Tea pot"].pk])
    assert (
        "By the preview, another product may be wanted next for"
        in client.get(version_page(draft, "activate")).content.decode()
    )
    client.post(version_page(draft), typed(client, version_page(draft), label="x"))
    assert "Preview again." in client.get(version_page(draft)).content.decode()


def test_customers_of_another_team_are_not_named_in_a_preview(
    client: Client, log_in: LogIn, otto: User, ann: User, shop: Any, acme: Customer
) -> None:
    draft = popular_draft()
    client.post(version_page(draft, "do", "preview"))
    for user, seen in ((ann, [acme]), (otto, [])):
        preview = log_in(user).get(version_page(draft)).context["preview"]
        assert [mover.customer for mover in preview["movers"][0][1]] == seen
        assert preview["result"]["customers"] == 21  # how everybody fares is told to everybody


def test_what_is_usual_is_measured_and_asked_for_after_a_change_of_half_lives(client: Client, shop: Any) -> None:
    draft = popular_draft(item_half_life_days=3.0)
    warned = "what is usual was not measured"
    assert warned in client.get(version_page(draft, "activate")).content.decode()
    client.post(version_page(draft, "do", "measure"), {"seen_version": draft.version})
    assert warned not in client.get(version_page(draft, "activate")).content.decode()
    text = client.get(version_page(draft)).content.decode()
    assert "usual of products · popularity" in text  # its history says so
    again = client.post(version_page(draft, "do", "measure"), {"seen_version": "1"}, follow=True)
    assert "Somebody edited this draft" in again.content.decode()


def popular_draft(**more: Any) -> PreferenceModelVersion:
    """A draft by which organisations, of which Acme is the only one, are shown first what many buy."""
    now, firms = (
        PreferenceModelVersion.objects.active().get().parameters,
        segment("Firms", "kind", "is", "organisation"),
    )
    own = {"weights": {**dict.fromkeys(ITEM_FEATURES, 0.0), "popularity": 5.0}}
    overrides = [{"segment": firms.pk, "parameters": own}]
    return draft_version(
        model=PreferenceModelVersion, parameters={**now, **more}, overrides=overrides, segments=[firms], at=NOW
    )


def test_an_agent_reads_versions_and_edits_none(log_in: LogIn, ann: User, shop: Any) -> None:
    draft = draft_version(model=PreferenceModelVersion, parameters={}, at=NOW)
    client = log_in(ann)
    assert client.get(version_page(draft)).status_code == 200
    verbs = [version_page(draft, "do", verb) for verb in ("preview", "measure")]
    for address in (version_page(draft, "activate"), version_page(draft, "override_add"), *verbs):
        assert client.post(address).status_code == 403
    assert PreferenceModelVersion.objects.active().get() != draft


def proposal_page(row: WeightProposal, view: str = "change", *more: str) -> str:
    return reverse(f"admin:analytics_weightproposal_{view}", args=[row.pk, *more])


def result(name: str, mean: float, *, is_baseline: bool = False) -> dict[str, Any]:
    estimate = {"mean": mean, "low": mean - 0.01, "high": mean + 0.01}
    figures = {"ndcg": estimate, "hit_rate": estimate, "gain": {"mean": 0.1, "low": 0.05, "high": 0.2}}
    return {"task": "any product", "name": name, "customers": 40, "is_baseline": is_baseline, **figures}


def proposed() -> WeightProposal:
    rows = [result("popularity, all time", 0.1, is_baseline=True), result("in force", 0.2), result("learned", 0.3)]
    return WeightProposal.objects.create(
        state=ProposalState.OPEN,
        weights={**PreferenceParameters().weights, "affinity": 2.5},
        evidence={"results": rows, "customers": 50, "purchases": 900, "days": 30.0},
        against=PreferenceModelVersion.objects.active().get(),
        created_at=NOW,
    )


def test_a_proposal_shows_its_evidence_and_is_accepted(client: Client, shop: Any) -> None:
    row = proposed()
    text = client.get(proposal_page(row)).content.decode()
    assert "They beat popularity." in text and "2.5" in text
    client.post(proposal_page(row, "decide", "accept"))
    assert PreferenceModelVersion.objects.active().get().parameters["weights"]["affinity"] == 2.5
    again = client.post(proposal_page(row, "decide", "reject"), follow=True).content.decode()
    assert "This proposal is not open" in again


def test_a_proposal_is_rejected(client: Client, shop: Any) -> None:
    row = proposed()
    client.post(proposal_page(row, "decide", "reject"))
    row.refresh_from_db()
    assert row.state == ProposalState.REJECTED and PreferenceModelVersion.objects.count() == 1


def test_weights_are_asked_for_on_the_list(client: Client, shop: Any) -> None:
    listed = reverse("admin:analytics_weightproposal_changelist")
    assert "Learn weights" in client.get(listed).content.decode()
    client.post(reverse("admin:analytics_weightproposal_learn"))
    row = WeightProposal.objects.get()
    assert client.get(proposal_page(row)).status_code == 200
    assert client.get(proposal_page(row, "progress")).status_code == 200
    client.post(reverse("admin:analytics_weightproposal_learn"))
    assert WeightProposal.objects.count() == 1


def test_an_agent_does_not_decide(log_in: LogIn, ann: User, shop: Any) -> None:
    row = proposed()
    client = log_in(ann)
    assert "Accept" not in client.get(proposal_page(row)).content.decode()
    assert client.post(proposal_page(row, "decide", "accept")).status_code == 403
    assert client.post(reverse("admin:analytics_weightproposal_learn")).status_code == 403


def test_a_failed_one_says_why(client: Client, shop: Any) -> None:
    row = propose_weights(at=NOW)
    WeightProposal.objects.filter(pk=row.pk).update(state=ProposalState.FAILED, problem="Too few purchases.")
    assert "Too few purchases." in client.get(proposal_page(row)).content.decode()


def test_profiles_store_a_value_for_each_feature(acme: Customer, shop: Any) -> None:
    for row in PreferenceProfile.objects.get(pk=acme.pk).products:
        assert len(row["values"]) == len(ITEM_FEATURES)


def test_recent_interest_opens_into_the_views_behind_it(
    log_in: LogIn, root: User, acme: Customer, shop: Any, django_assert_max_num_queries: Any
) -> None:
    for minutes in range(7):
        looks_at(acme, "Saw", at=NOW - timedelta(days=30, minutes=minutes))
    looks_at(acme, "Hammer", at=NOW - timedelta(days=1))
    score_everybody(at=NOW + HOUR)
    client = log_in(root)
    with django_assert_max_num_queries(BUDGET + 7):
        shown = client.get(page(acme))
    (tools,) = shown.context["looked"]
    card = shown.context["preferences"]
    stored = {row["name"]: row["because"] for row in PreferenceProfile.objects.get(pk=acme.pk).categories}["Tools"]
    value = next(reason["value"] for reason in stored if reason["feature"] == "recent_interest")
    assert (tools.name, tools.number) == ("Tools", 8)
    assert tools.value == pytest.approx(value, abs=1e-6)
    assert [view.product_name for view in tools.views] == ["Hammer", "Saw", "Saw", "Saw", "Saw"]
    (likes,) = (row for row in card.likings if row.name == "Tools")
    assert [reason.text for reason in likes.reasons if reason.link] == ["looked at such products lately"]
    text = shown.content.decode()
    assert 'href="#looked"' in text and 'id="looked"' in text
    assert reverse("admin:analytics_event_change", args=[tools.views[0].event]) in text


def test_who_may_not_see_events_is_told_of_no_view(log_in: LogIn, ann: User, acme: Customer, shop: Any) -> None:
    looks_at(acme, "Saw")
    score_everybody(at=NOW + HOUR)
    ann.groups.get().permissions.remove(Permission.objects.get(codename="view_event"))
    shown = log_in(ann).get(page(acme))
    assert shown.context["looked"] == [] and 'href="#looked"' not in shown.content.decode()
