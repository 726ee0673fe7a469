"""Jobs: who sees them, how far they are, and who stops them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import ImportBatch, Job, Team, User
from customers.operations.start_job import start_job
from customers.tests.admin.conftest import LogIn
from tests.cast import NOW, make_user
from tests.imports import new_batch

LIST = "admin:customers_job_changelist"


def job_of(user: User | None, **values: object) -> Job:
    job = start_job(kind="undo-import", by=user, at=NOW)
    Job.objects.filter(pk=job.pk).update(**values)
    job.refresh_from_db()
    return job


@pytest.fixture
def client(log_in: LogIn, bob: User) -> Client:
    """Bob's browser."""
    return log_in(bob)


def page(client: Client, name: str, job: Job) -> str:
    response = client.get(reverse(f"admin:customers_job_{name}", args=[job.pk]))
    assert response.status_code == 200
    return response.content.decode()


def test_the_list_shows_ones_own_jobs_in_words(client: Client, bob: User, ann: User) -> None:
    job_of(bob, state="leased", done=25, total=100)
    job_of(ann, error="not his")
    text = client.get(reverse(LIST)).content.decode()
    assert "Undo of an import" in text
    assert "25 %" in text
    assert "not his" not in text


def test_whoever_sees_all_teams_sees_all_jobs(log_in: LogIn, ann: User, north: object) -> None:
    job_of(ann, error="file is gone", state="failed")
    boss = make_user("boss", role="Administrator")
    assert "file is gone" in log_in(boss).get(reverse(LIST)).content.decode()


def test_the_list_is_filtered_by_kind(client: Client, bob: User) -> None:
    job_of(bob)
    assert len(client.get(reverse(LIST), {"kind": "undo-import"}).context["cl"].result_list) == 1
    assert len(client.get(reverse(LIST), {"kind": "other"}).context["cl"].result_list) == 0


def test_a_page_asks_again_while_the_job_goes_on(client: Client, bob: User) -> None:
    job = job_of(bob, state="leased", done=1, total=4, step="customers.csv")
    text = page(client, "change", job)
    assert reverse("admin:customers_job_progress", args=[job.pk]) in text
    assert 'hx-trigger="every 2s"' in text
    assert 'aria-valuenow="25"' in text
    response = client.get(reverse("admin:customers_job_progress", args=[job.pk]))
    assert "HX-Refresh" not in response.headers
    assert "customers.csv" in response.content.decode()


def test_when_the_job_has_ended_the_page_is_loaded_anew(client: Client, bob: User) -> None:
    job = job_of(bob, state="failed", error="the file is gone", finished_at=NOW)
    response = client.get(reverse("admin:customers_job_progress", args=[job.pk]))
    assert response.headers["HX-Refresh"] == "true"
    text = page(client, "change", job)
    assert "every 2s" not in text
    assert "the file is gone" in text


def test_a_job_that_no_worker_takes_says_what_may_be_wrong(client: Client, bob: User) -> None:
    assert "Are the workers running?" in page(client, "change", job_of(bob))
    fresh = job_of(bob, created_at=timezone.now() - timedelta(seconds=5))
    assert "Are the workers running?" not in page(client, "change", fresh)


def test_whoever_started_it_stops_it_and_comes_back(client: Client, bob: User) -> None:
    job = job_of(bob)
    stop = reverse("admin:customers_job_stop", args=[job.pk])
    assert client.get(stop).status_code == 405
    response = client.post(stop, {"next": "/admin/customers/importbatch/"})
    assert response.headers["Location"] == "/admin/customers/importbatch/"
    job.refresh_from_db()
    assert job.state == "stopped"
    assert "had ended already" in client.post(stop, follow=True).content.decode()


def test_it_leads_to_no_other_host(client: Client, bob: User) -> None:
    job = job_of(bob)
    response = client.post(reverse("admin:customers_job_stop", args=[job.pk]), {"next": "https://example.com/"})
    assert response.headers["Location"] == reverse("admin:customers_job_change", args=[job.pk])


def test_others_do_not_stop_it(log_in: LogIn, bob: User, otto: User) -> None:
    job = job_of(bob)
    stop = reverse("admin:customers_job_stop", args=[job.pk])
    assert log_in(otto).post(stop).status_code == 404
    analyst = make_user("analyst", role="Analyst")
    assert log_in(analyst).post(stop).status_code == 403
    assert "Stop</button>" not in page(log_in(analyst), "change", job)
    boss = make_user("boss", role="Administrator")
    assert "Stop</button>" in page(log_in(boss), "change", job)
    assert log_in(boss).post(stop).status_code == 302


def test_a_job_out_of_sight_does_not_exist(client: Client, ann: User) -> None:
    job = job_of(ann)
    for name in ("change", "progress"):
        assert client.get(reverse(f"admin:customers_job_{name}", args=[job.pk])).status_code == 404


def test_it_leads_to_what_it_works_on_where_that_is_in_sight(
    client: Client, bob: User, north: Team, south: Team
) -> None:
    job = job_of(bob)
    batch = new_batch(north, job=job)
    link = reverse("admin:customers_importbatch_change", args=[batch.pk])
    assert link in page(client, "change", job)
    ImportBatch.objects.filter(pk=batch.pk).update(team=south)
    assert link not in page(client, "change", job)


def test_a_kind_that_is_not_known_any_more_is_shown_by_its_code(client: Client, bob: User) -> None:
    job = job_of(bob, kind="gone")
    assert "gone" in page(client, "change", job)


def test_several_are_stopped_from_the_list(client: Client, bob: User, ann: User) -> None:
    going_on, done, theirs = job_of(bob), job_of(bob, state="done", finished_at=NOW), job_of(ann)
    chosen = {"action": "stop_jobs", "_selected_action": [going_on.pk, done.pk, theirs.pk]}
    assert "1 job was stopped." in client.post(reverse(LIST), chosen, follow=True).content.decode()
    states = [Job.objects.get(pk=job.pk).state for job in (going_on, done, theirs)]
    assert states == ["stopped", "done", "todo"]
