"""The page that tests the scores on one's own data: a job behind the scenes, a verdict, charts with tables."""

import json

import pytest
from django.urls import reverse

from analytics.models import ScoreValidation
from analytics.operations.activate_version import activate_version
from analytics.operations.ask_for_validation import ask_for_validation
from analytics.operations.ensure_versions import ensure_versions
from analytics.operations.validate_scores import validate_scores
from analytics.tests.admin.conftest import LogIn
from analytics.tests.operations.test_validate_scores import opinions
from analytics.tests.versions import draft, segment
from customers.models import Job, Team, User
from customers.operations.stop_job import stop_job
from customers.operations.work_jobs import work_jobs
from tests.cast import NOW, make_user
from tests.client import as_user

pytestmark = pytest.mark.django_db
LIST = "admin:analytics_scorevalidation_changelist"
START = "admin:analytics_scorevalidation_start"


@pytest.fixture
def rated(north: Team) -> None:
    """Two hundred customers whose broken promises are followed by bad ratings."""
    opinions(north, 200)
    ensure_versions(at=NOW)


def test_the_button_starts_a_job_whose_page_shows_progress_and_then_the_result(
    log_in: LogIn, root: User, rated: None
) -> None:
    client = log_in(root)
    assert "Test the scores now" in client.get(reverse(LIST)).content.decode()
    answer = client.post(reverse(START))
    row = ScoreValidation.objects.get()
    page = reverse("admin:analytics_scorevalidation_change", args=[row.pk])
    assert answer.headers["Location"] == page
    poll = reverse("admin:analytics_scorevalidation_progress", args=[row.pk])
    assert f'hx-get="{poll}"' in client.get(page).content.decode()
    assert "HX-Refresh" not in client.get(poll).headers
    list(work_jobs(clock=lambda: NOW))
    assert client.get(poll).headers["HX-Refresh"] == "true"
    text = client.get(page).content.decode()
    assert "By ROC-AUC the satisfaction score beats the shrunk rating alone." in text
    assert "Too few to say anything" in text  # nobody rated twice
    assert client.get(reverse(LIST)).content.decode().count("beats the shrunk rating") == 1


def test_charts_and_tables_tell_the_stored_figures(log_in: LogIn, ann: User, rated: None) -> None:
    row = validate_scores(validation=ask_for_validation(at=NOW, in_background=False), at=NOW)
    page = log_in(ann).get(reverse("admin:analytics_scorevalidation_change", args=[row.pk]))
    section, judgements = page.context["sections"][0], (row.result or {})["all"]["judgements"]
    assert [line["auc"] for line in section["rows"]] == [f"{one['auc']['value']:.4f}" for one in judgements]
    bars = json.loads(section["auc_chart"])["datasets"][0]["data"]
    assert bars[0] == [round(judgements[0]["auc"]["low"], 4), round(judgements[0]["auc"]["high"], 4)]
    foretold, observed = json.loads(section["calibration_chart"])["datasets"]
    assert len(foretold["data"]) == len(observed["data"]) == len(judgements[0]["bins"])
    assert page.content.decode().count("<table") >= 1 + len(judgements)


def test_the_page_says_how_many_go_by_which_override(log_in: LogIn, ann: User, rated: None) -> None:
    activate_version(version=draft(segment("People", "kind", "is", "person")), at=NOW)
    row = validate_scores(validation=ask_for_validation(at=NOW, in_background=False), at=NOW)
    text = log_in(ann).get(reverse("admin:analytics_scorevalidation_change", args=[row.pk])).content.decode()
    assert "“People”: 200 ratings of 200 customers" in text


def test_too_few_ratings_are_said_on_the_page(log_in: LogIn, ann: User, north: Team) -> None:
    opinions(north, 10)
    ensure_versions(at=NOW)
    row = validate_scores(validation=ask_for_validation(at=NOW, in_background=False), at=NOW)
    text = log_in(ann).get(reverse("admin:analytics_scorevalidation_change", args=[row.pk])).content.decode()
    assert "Too few to say anything: 10 ratings" in text


def test_a_test_that_was_stopped_says_so_and_another_can_be_started(log_in: LogIn, root: User, rated: None) -> None:
    row = ask_for_validation(at=NOW, by=root)
    stop_job(job=Job.objects.get(), at=NOW)
    row.refresh_from_db()
    assert row.finished_at == NOW and row.result is None
    text = log_in(root).get(reverse("admin:analytics_scorevalidation_change", args=[row.pk])).content.decode()
    assert "It was stopped." in text
    assert ask_for_validation(at=NOW, by=root) != row


def test_only_whoever_may_starts_one(log_in: LogIn, north: Team, ann: User, rated: None) -> None:
    assert "Test the scores now" not in log_in(ann).get(reverse(LIST)).content.decode()
    assert log_in(ann).post(reverse(START)).status_code == 403
    assert log_in(make_user("plain", north)).get(reverse(LIST)).status_code == 403
    analyst = log_in(make_user("cleo", north, role="Analyst"))
    assert analyst.post(reverse(START)).status_code == 302
    assert analyst.get(reverse(START)).status_code == 405


def test_without_a_version_there_is_nothing_to_test(log_in: LogIn, root: User) -> None:
    text = log_in(root).post(reverse(START), follow=True).content.decode()
    assert "There is nothing to test yet" in text
    assert as_user(root).post("/api/v1/score-validations/", {}).status_code == 409


def test_the_api_starts_one_and_tells_the_result(root: User, ann: User, rated: None) -> None:
    made = as_user(root).post("/api/v1/score-validations/", {})
    assert made.status_code == 201 and made.json()["result"] is None
    assert as_user(ann).post("/api/v1/score-validations/", {}).status_code == 403
    list(work_jobs(clock=lambda: NOW))
    found = as_user(ann).get(f"/api/v1/score-validations/{made.json()['id']}/").json()
    assert found["result"]["all"]["verdict"]["auc"] == "better"
    assert found["job"]["state"] == "done"
