"""Campaign lists: who is on them and who is not, sending them, and what they moved."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from analytics.choices import LeftOut
from analytics.models import CampaignList, CampaignMember, PreferenceProfile
from analytics.operations.build_campaign_list import CannotBuild, IsSent, build_campaign_list
from analytics.operations.campaign_response import campaign_response
from analytics.operations.product_reasons import ProductReasons
from analytics.operations.send_campaign_list import send_campaign_list
from analytics.operations.start_campaign_list import build_job, start_campaign_list
from analytics.operations.state_preference import state_preference
from analytics.tests.histories import DAY, score_everybody
from analytics.tests.shops import TEA, buys, crowd, stock
from analytics.tests.versions import segment
from analytics.value.uplift import is_held_out
from customers.choices import ConsentPurpose, ContactKind, LeaseState
from customers.models import Category, ContactPoint, Customer, Interaction, Product, Team, User
from customers.operations.record_consent import record_consent
from customers.operations.set_privacy_flag import set_privacy_flag
from customers.operations.work_jobs import work_jobs
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def agrees(customer: Customer, *, is_given: bool = True, channel: str = "email", days: int = 30) -> None:
    record_consent(
        customer=customer,
        purpose=ConsentPurpose.MARKETING,
        channel=channel,
        is_given=is_given,
        at=NOW - days * DAY,
        by=None,
    )


def reached(customer: Customer) -> None:
    ContactPoint.objects.create(customer=customer, kind=ContactKind.EMAIL, value=f"c{customer.pk}@example.com")


@pytest.fixture
def buyers(north: Team) -> list[Customer]:
    """Twenty who agreed and have an address: ten bought tea but for the pot, ten tools."""
    stock()
    people = crowd(north)
    for n, customer in enumerate(people):
        agrees(customer)
        reached(customer)
        if n < 10:
            buys(customer, "Green tea", at=NOW - 2 * DAY)
    newcomers = [Customer.objects.create(name=f"Tea lover {n}", team=north) for n in range(3)]
    for customer in newcomers:
        agrees(customer)
        reached(customer)
        buys(customer, "Green tea", "Black tea", at=NOW - 2 * DAY)
    score_everybody()
    return people + newcomers


def a_list(by: User, **more: Any) -> CampaignList:
    values = {"product": Product.objects.get(name="Tea pot"), "held_out": 0, "min_percentile": 0, "built_by": by}
    named = {"name": f"List {CampaignList.objects.count()}"}
    return CampaignList.objects.create(**(named | values | more))


def on(campaign: CampaignList) -> list[str]:
    return [member.customer.name for member in campaign.members.select_related("customer").order_by("rank")]


def test_those_who_want_it_most_come_first_and_who_bought_it_is_left_out(buyers: list[Customer], bob: User) -> None:
    built = build_campaign_list(campaign=a_list(bob, min_percentile=50), at=NOW)
    assert set(on(built)) == {"Tea lover 0", "Tea lover 1", "Tea lover 2"}
    assert built.found["left_out"][LeftOut.BOUGHT] == 10  # all tea, the pot among it
    assert built.found["left_out"][LeftOut.TOO_LOW] == 10  # who buys tools
    assert built.found["considered"] == built.found["members"] + sum(built.found["left_out"].values())


def test_a_place_is_that_of_the_profile(buyers: list[Customer], bob: User) -> None:
    built = build_campaign_list(campaign=a_list(bob, bought_days=0), at=NOW)
    compared = 0
    for member in built.members.all():
        profile = PreferenceProfile.objects.select_related("version").get(pk=member.customer_id)
        for row in ProductReasons().of(profile):
            if row["name"] == "Tea pot":
                assert member.percentile == pytest.approx(row["percentile"], abs=1e-6)
                assert member.preference == pytest.approx(row["preference"], abs=1e-6)
                compared += 1
    assert compared >= 13


def test_a_category_is_offered_as_well(buyers: list[Customer], bob: User) -> None:
    tea = Category.objects.get(name="Tea")
    built = build_campaign_list(campaign=a_list(bob, product=None, category=tea, bought_days=0), at=NOW)
    assert {*on(built)[:13]} == {c.name for c in (*buyers[:10], *buyers[20:])}
    member = built.members.first()
    assert member is not None
    profile = PreferenceProfile.objects.get(pk=member.customer_id)
    row = next(row for row in profile.categories if row["name"] == "Tea")
    assert member.percentile == pytest.approx(row["percentile"]) and len(member.values) == 6


def test_nobody_is_on_it_who_may_not_be_written_to(buyers: list[Customer], bob: User) -> None:
    withdrawn, restricted, objects, unreachable, dislikes, lover = (*buyers[10:15], buyers[20])
    agrees(withdrawn, is_given=False, days=1)
    set_privacy_flag(customer=restricted, kind="restriction", is_set=True, reason="asked", by=bob, at=NOW)
    set_privacy_flag(customer=objects, kind="profiling", is_set=True, reason="asked", by=bob, at=NOW)
    unreachable.contact_points.all().delete()
    state_preference(customer=dislikes, product=Product.objects.get(name="Tea pot"), liking=-1, at=NOW)
    built = build_campaign_list(campaign=a_list(bob, bought_days=0), at=NOW)
    names = set(on(built))
    assert lover.name in names
    assert not names & {c.name for c in (withdrawn, restricted, objects, unreachable, dislikes)}
    left = built.found["left_out"]
    assert (left[LeftOut.NOT_PROFILED], left[LeftOut.NO_CONSENT], left[LeftOut.NO_ADDRESS]) == (2, 1, 1)
    assert left[LeftOut.DISLIKES] == 1


def test_consent_to_another_channel_is_none_for_this(buyers: list[Customer], bob: User) -> None:
    built = build_campaign_list(campaign=a_list(bob, channel="phone"), at=NOW)
    assert built.found["left_out"] == {LeftOut.NO_CONSENT: 23} and not built.members.exists()


def test_who_bought_nothing_is_not_guessed_at(buyers: list[Customer], bob: User, wang: Customer) -> None:
    agrees(wang)
    reached(wang)
    built = build_campaign_list(campaign=a_list(bob, bought_days=0), at=NOW)
    assert built.found["left_out"][LeftOut.NO_HISTORY] == 1


def test_it_holds_customers_of_the_segment_whom_the_builder_sees(
    buyers: list[Customer], bob: User, otto: User, south: Team
) -> None:
    few = segment("Few", "name", "is", "Tea lover 1")
    assert on(build_campaign_list(campaign=a_list(bob, segment=few), at=NOW)) == ["Tea lover 1"]
    assert build_campaign_list(campaign=a_list(otto), at=NOW).found["considered"] == 0


def test_it_is_cut_off_at_its_last_place(buyers: list[Customer], bob: User) -> None:
    built = build_campaign_list(campaign=a_list(bob, most=2, bought_days=0), at=NOW)
    whole = build_campaign_list(campaign=a_list(bob, bought_days=0), at=NOW)
    assert on(built) == on(whole)[:2]
    assert built.found["left_out"][LeftOut.CUT_OFF] == whole.found["members"] - 2


def test_before_the_first_nightly_run_it_says_so(north: Team, bob: User) -> None:
    stock()
    with pytest.raises(CannotBuild, match="next nightly run"):
        build_campaign_list(campaign=a_list(bob), at=NOW)


def test_a_job_builds_it_and_says_why_it_could_not(buyers: list[Customer], bob: User) -> None:
    campaign = a_list(bob)
    job = start_campaign_list(campaign=campaign, by=bob, at=NOW)
    assert start_campaign_list(campaign=campaign, by=bob, at=NOW).pk == job.pk
    list(work_jobs(clock=lambda: NOW))
    campaign.refresh_from_db()
    assert campaign.built_at == NOW and campaign.found["members"] == 13 - 10 + 10
    unknown = Product.objects.create(sku="new", name="Brand new", currency="EUR")
    never = a_list(bob, product=unknown)
    start_campaign_list(campaign=never, by=bob, at=NOW)
    list(work_jobs(clock=lambda: NOW))
    never.refresh_from_db()
    failed = build_job(never.pk)
    assert failed is not None and failed.state == LeaseState.FAILED and "Brand new" in never.problem


def test_sending_puts_it_on_the_timelines_and_freezes_it(buyers: list[Customer], bob: User) -> None:
    campaign = build_campaign_list(campaign=a_list(bob, min_percentile=50), at=NOW)
    agrees(buyers[20], is_given=False, days=0)
    sent = send_campaign_list(campaign=campaign, by=bob, at=NOW)
    touched = set(Interaction.objects.filter(kind="campaign").values_list("customer__name", "subject"))
    assert touched == {("Tea lover 1", campaign.name), ("Tea lover 2", campaign.name)}
    assert CampaignMember.objects.get(customer=buyers[20]).sent_at is None
    with pytest.raises(IsSent):
        send_campaign_list(campaign=sent, by=bob, at=NOW)
    with pytest.raises(IsSent):
        build_campaign_list(campaign=sent, at=NOW)
    sent.most = 5
    with pytest.raises(ValidationError, match="Make a new one"):
        sent.full_clean()
    # Whoever was written to rests.
    again = build_campaign_list(campaign=a_list(bob, min_percentile=50, name="Again"), at=NOW + DAY)
    assert again.found["left_out"][LeftOut.RESTING] == 2 and not again.members.exists()


def test_a_list_of_other_conditions_is_not_sent(buyers: list[Customer], bob: User) -> None:
    campaign = a_list(bob)
    with pytest.raises(ValidationError, match="Build the list first"):
        send_campaign_list(campaign=campaign, by=bob, at=NOW)
    campaign = build_campaign_list(campaign=campaign, at=NOW)
    CampaignList.objects.filter(pk=campaign.pk).update(most=1)
    with pytest.raises(ValidationError, match="build it again"):
        send_campaign_list(campaign=campaign, by=bob, at=NOW)
    assert not Interaction.objects.filter(kind="campaign").exists()


def test_who_is_held_out_is_not_written_to_and_is_compared_with(buyers: list[Customer], bob: User) -> None:
    campaign = build_campaign_list(campaign=a_list(bob, held_out=50, bought_days=0), at=NOW)
    held = set(campaign.members.filter(is_held_out=True).values_list("customer", flat=True))
    assert held == {c.pk for c in buyers if is_held_out(key=str(campaign.pk), customer=c.pk, share=0.5)}
    assert 0 < len(held) < 23
    assert campaign_response(campaign=campaign, at=NOW) is None
    campaign = send_campaign_list(campaign=campaign, by=bob, at=NOW)
    assert not Interaction.objects.filter(kind="campaign", customer__in=held).exists()
    answering = next(c for c in buyers if c.pk not in held)
    buys(answering, "Tea pot", at=NOW + DAY)
    buys(answering, "Hammer", at=NOW + DAY)
    buys(Customer.objects.get(pk=min(held)), TEA[0], at=NOW + DAY)
    late = next(c for c in reversed(buyers) if c.pk not in held)
    buys(late, "Tea pot", at=NOW + timedelta(days=31))
    found = campaign_response(campaign=campaign, at=NOW + timedelta(days=40))
    assert found is not None and found.is_over
    assert (found.sent, found.sent_bought, found.held, found.held_bought) == (23 - len(held), 1, len(held), 0)
    assert found.uplift is not None and found.uplift.low < found.uplift.difference < found.uplift.high
