"""The page of a run: alive while it goes on, naming what failed, with the button that tries it again."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analytics.choices import RunKind, RunState
from analytics.models import ScoringRun
from analytics.operations.ensure_run import ensure_run
from analytics.operations.ensure_versions import ensure_versions
from analytics.tests.admin.conftest import LogIn
from analytics.tests.histories import populate, rating, score_everybody
from customers.models import Customer, Observation, Team, User
from customers.operations.observe import observe
from tests.cast import NOW, make_user
from tests.client import as_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def partial(north: Team, acme: Customer) -> ScoringRun:
    """A run in which Acme, who has a rating of 9 out of 5, failed."""
    populate(north, 3)
    ensure_versions(at=NOW)
    observe(facts=[rating(acme, 4)], at=NOW)
    Observation.objects.filter(customer=acme).update(value=9)
    return score_everybody()


def page_of(run: ScoringRun) -> str:
    return reverse("admin:analytics_scoringrun_change", args=[run.pk])


def test_what_failed_is_named_with_the_customer_and_the_error(
    log_in: LogIn, root: User, partial: ScoringRun, acme: Customer
) -> None:
    text = log_in(root).get(page_of(partial)).content.decode()
    assert "Failures" in text
    assert reverse("admin:customers_customer_page", args=[acme.pk]) in text
    assert "value of csat out of range: 9.0" in text
    assert "Try the failed parts again" in text


def test_a_customer_out_of_sight_is_not_named(log_in: LogIn, otto: User, partial: ScoringRun, acme: Customer) -> None:
    text = log_in(otto).get(page_of(partial)).content.decode()
    assert acme.name not in text
    assert f"customer {acme.pk}" in text
    assert "Try the failed parts again" not in text  # an agent may not


def test_the_button_has_the_failed_parts_tried_again(log_in: LogIn, root: User, partial: ScoringRun) -> None:
    client = log_in(root)
    address = reverse("admin:analytics_scoringrun_resume", args=[partial.pk])
    assert client.get(address).status_code == 405
    answer = client.post(address, follow=True)
    assert "The failed parts are tried again" in answer.content.decode()
    partial.refresh_from_db()
    assert partial.state == RunState.RUNNING
    assert "There is nothing to try again" in client.post(address, follow=True).content.decode()


def test_nobody_resumes_without_the_permission(log_in: LogIn, north: Team, partial: ScoringRun) -> None:
    address = reverse("admin:analytics_scoringrun_resume", args=[partial.pk])
    for role in ("Agent", "Lead", "Analyst"):
        client = log_in(make_user(role.lower().replace(" ", ""), north, role=role))
        assert client.post(address).status_code == 403
    assert log_in(make_user("nobody", north)).post(address).status_code == 404
    partial.refresh_from_db()
    assert partial.state == RunState.PARTIAL


def test_a_run_that_goes_on_asks_how_far_it_is_until_it_has_ended(log_in: LogIn, ann: User, north: Team) -> None:
    populate(north, 3)
    ensure_versions(at=NOW)
    run = ensure_run(kind=RunKind.MANUAL, logical_at=NOW, as_of=NOW, at=NOW - timedelta(hours=1))
    client = log_in(ann)
    poll = reverse("admin:analytics_scoringrun_progress", args=[run.pk])
    assert f'hx-get="{poll}"' in client.get(page_of(run)).content.decode()
    answer = client.get(poll)
    assert "HX-Refresh" not in answer.headers
    assert "No worker is at it" in answer.content.decode()
    ScoringRun.objects.update(state=RunState.DONE, finished_at=NOW)
    answer = client.get(poll)
    assert answer.headers["HX-Refresh"] == "true"
    assert "hx-get" not in answer.content.decode()


def test_the_list_takes_as_many_queries_for_many_runs(log_in: LogIn, root: User, north: Team) -> None:
    populate(north, 2)
    client, address = log_in(root), reverse("admin:analytics_scoringrun_changelist")
    asked = []
    for n in range(6):
        score_everybody(at=NOW + timedelta(seconds=n))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        asked.append(len(queries))
    assert asked[5] <= asked[1]


def test_above_the_list_stands_how_long_the_last_runs_took(log_in: LogIn, root: User, north: Team) -> None:
    populate(north, 4)
    client, address = log_in(root), reverse("admin:analytics_scoringrun_changelist")
    first = score_everybody()
    assert "nights" not in client.get(address).context  # one bar is no chart
    second = score_everybody(at=NOW + timedelta(hours=1))
    ScoringRun.objects.filter(pk=first.pk).update(finished_at=first.started_at + timedelta(seconds=2))
    ScoringRun.objects.filter(pk=second.pk).update(finished_at=second.started_at + timedelta(seconds=8))
    context = client.get(address).context
    assert json.loads(context["nights_chart"])["datasets"][0]["data"] == [2.0, 8.0]
    assert [row[2:] for row in context["nights"]] == [("4", "2"), ("4", "0")]


def test_the_api_tells_progress_and_failures_and_resumes(
    root: User, otto: User, partial: ScoringRun, acme: Customer
) -> None:
    found = as_user(root).get(f"/api/v1/scoring-runs/{partial.pk}/progress/").json()
    assert (found["planned"], found["done"], found["failed"]) == (4, 3, 1)
    assert found["failures"][0]["customer"] == acme.pk and "csat" in found["failures"][0]["error"]
    listed = as_user(root).get("/api/v1/scoring-runs/?state=partial").json()["results"]
    assert [row["id"] for row in listed] == [partial.pk]
    resume = f"/api/v1/scoring-runs/{partial.pk}/resume/"
    assert as_user(otto).post(resume, {}).status_code == 403
    assert as_user(root).post(resume, {}).json()["state"] == "running"
    assert as_user(root).post(resume, {}).status_code == 409


def test_a_browser_without_log_in_is_sent_to_it(client: Client, partial: ScoringRun) -> None:
    assert client.get(page_of(partial)).status_code == 302
