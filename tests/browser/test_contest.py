"""An agent contests an observation: leaves it out with a reason, sees the score follow, and takes it back."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from analytics.models import CustomerScore
from analytics.tests.histories import HOUR, score_everybody
from customers.models import Customer, Observation, User
from tests.browser.conftest import Visit, take
from tests.cast import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LogIn = Callable[[User], None]


@pytest.mark.parametrize("look", ["light", "dark", "phone"], indirect=True)
def test_an_agent_leaves_an_observation_out_and_takes_it_back(
    log_in: LogIn, visit: Visit, look: str, ann: User, fallen: Customer
) -> None:
    log_in(ann)
    why = reverse("admin:customers_customer_why", args=[fallen.pk])
    page = visit(why)
    before = CustomerScore.objects.get(pk=fallen.pk).score
    quality = page.locator("#quality")
    worst = quality.locator("tbody tr").first  # the strongest: the bad rating

    worst.locator("summary", has_text="Leave out").click()
    expect(worst.get_by_label("Why")).to_be_visible()
    take(page, "contest-form", look)
    worst.get_by_label("Why").fill("Meant for another company")
    worst.get_by_label("Until").fill("2199-12-31")
    worst.get_by_role("button", name="Leave it out of the score").click()

    expect(page.get_by_text("Left out. The score goes from")).to_be_visible()
    left_out = quality.locator(".an-left-out")
    expect(left_out).to_contain_text("Meant for another company")
    expect(left_out).to_contain_text("left out by ann")
    expect(left_out).to_contain_text("not yet in the number above")
    take(page, "contest-left-out", look)
    row = Observation.objects.get(is_exclusion=True)
    assert (row.reason, row.excluded_by) == ("Meant for another company", ann)

    score_everybody(at=NOW + HOUR)
    after = CustomerScore.objects.get(pk=fallen.pk).score
    assert after > before
    page = visit(why)
    expect(page.locator(".cd-dial__number")).to_have_text(str(round(after)))
    expect(left_out).not_to_contain_text("not yet in the number above")

    left_out.locator("summary", has_text="Take back").click()
    left_out.get_by_label("Why").fill("It was theirs after all")
    left_out.get_by_role("button", name="Let it count again").click()
    expect(page.get_by_text("It counts again. The score goes from")).to_be_visible()

    score_everybody(at=NOW + 2 * HOUR)
    page = visit(why)
    expect(page.locator(".an-left-out")).to_have_count(0)
    expect(quality).to_contain_text("taken back by ann")
    assert CustomerScore.objects.get(pk=fallen.pk).score == pytest.approx(before, abs=0.1)
    take(page, "contest-taken-back", look)


def test_the_ledger_shows_what_was_decided(log_in: LogIn, visit: Visit, ann: User, fallen: Customer) -> None:
    log_in(ann)
    page: Page = visit(reverse("admin:customers_observation_changelist"))
    expect(page.locator("#result_list")).to_contain_text("Acme Pumps")
    page = visit(reverse("admin:customers_observation_changelist") + "?decision=any")
    expect(page.locator("#result_list")).to_have_count(0)
