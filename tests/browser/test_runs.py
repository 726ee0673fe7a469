"""The page of a run in a browser: it finds out by itself how far the run is, names what failed, and tries it again."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from analytics.choices import RunKind, RunState
from analytics.models import CustomerScore, ScoringRun
from analytics.operations import ensure_run as planning
from analytics.operations.ensure_versions import ensure_versions
from analytics.operations.work_chunks import work_chunks
from analytics.tests.histories import populate, rating
from customers.models import Customer, Observation, Team, User
from customers.operations.observe import observe
from tests.browser.conftest import Visit, take

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LogIn = Callable[[User], None]


@pytest.fixture
def run(north: Team, acme: Customer, monkeypatch: pytest.MonkeyPatch) -> ScoringRun:
    """A run over eleven customers in chunks of four, that nobody works at yet; Acme has a rating of 9 out of 5."""
    at = timezone.now()
    populate(north, 10, until=at)
    ensure_versions(at=at)
    observe(facts=[rating(acme, 4, at=at - timedelta(days=1))], at=at)
    Observation.objects.filter(customer=acme).update(value=9)
    monkeypatch.setattr(planning, "CHUNK_CUSTOMERS", 4)
    return planning.ensure_run(kind=RunKind.MANUAL, logical_at=at, as_of=at, at=at)


def test_a_run_is_watched_and_what_failed_is_tried_again(
    log_in: LogIn, go: Visit, look: str, root: User, acme: Customer, run: ScoringRun
) -> None:
    log_in(root)
    page = go(reverse("admin:analytics_scoringrun_change", args=[run.pk]))
    bar = page.get_by_role("progressbar", name="Progress")
    expect(bar).to_have_attribute("aria-valuenow", "0")
    take(page, "run-begins", look)

    # one chunk is scored: the page finds out by itself
    workers = work_chunks(clock=timezone.now)
    next(workers)
    expect(bar).not_to_have_attribute("aria-valuenow", "0")
    take(page, "run-under-way", look)
    list(workers)

    failures = page.get_by_role("region", name="Failures")
    expect(failures).to_contain_text("value of csat out of range: 9.0", timeout=10_000)
    expect(failures.get_by_role("link", name=acme.name)).to_be_visible()
    expect(page.locator("body")).to_contain_text("Partial")
    take(page, "run-failed", look)

    Observation.objects.filter(customer=acme).update(value=5)
    failures.get_by_role("button", name="Try the failed parts again").click()
    expect(page.get_by_text("The failed parts are tried again.")).to_be_visible()
    list(work_chunks(clock=timezone.now))
    expect(failures).to_have_count(0, timeout=10_000)
    expect(page.get_by_text(re.compile("Done")).first).to_be_visible()
    take(page, "run-resumed", look)
    run.refresh_from_db()
    assert (run.state, run.failed) == (RunState.DONE, 0)
    assert CustomerScore.objects.filter(pk=acme.pk, run=run).exists()
