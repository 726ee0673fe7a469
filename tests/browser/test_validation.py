"""The test of the scores in a browser: asked for, watched, read."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from analytics.models import ScoreValidation
from analytics.operations.activate_version import activate_version
from analytics.operations.ensure_versions import ensure_versions
from analytics.tests.operations.test_validate_scores import opinions
from analytics.tests.versions import draft, segment
from customers.models import Team, User
from customers.operations.work_jobs import work_jobs
from tests.browser.conftest import Visit, take
from tests.cast import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LogIn = Callable[[User], None]


def test_a_test_of_the_scores_is_asked_for_and_read(
    log_in: LogIn, go: Visit, look: str, root: User, north: Team
) -> None:
    opinions(north, 200)
    ensure_versions(at=NOW)
    activate_version(version=draft(segment("Firms", "kind", "is", "organisation")), at=NOW)
    log_in(root)
    page = go(reverse("admin:analytics_scorevalidation_changelist"))
    page.get_by_role("button", name="Test the scores now").click()
    expect(page.get_by_text("Waits for a worker")).to_be_visible()
    take(page, "validation-waits", look)
    list(work_jobs(clock=timezone.now))

    everybody = page.get_by_role("region", name="All ratings")
    expect(everybody).to_contain_text("beats the shrunk rating alone", timeout=10_000)  # the page found out by itself
    stored = ScoreValidation.objects.get().result
    assert stored is not None
    score = everybody.get_by_role("row", name="satisfaction score").first
    expect(score).to_contain_text(f"{stored['all']['judgements'][0]['auc']['value']:.4f}")
    expect(page.get_by_text("“Firms”: 0 ratings of 0 customers")).to_be_visible()
    expect(page.get_by_role("region", name="Customers who had rated before")).to_contain_text("Too few to say anything")
    everybody.get_by_text("Calibration by tenth, as tables").click()
    expect(everybody.get_by_role("heading", name="last rating")).to_be_visible()
    take(page, "validation-read", look)
    page = go(reverse("admin:analytics_scorevalidation_changelist"))
    expect(page.locator("#result_list")).to_contain_text("beats the shrunk rating")
