"""Runs and versions are read, never edited."""

import pytest
from django.test import Client
from django.urls import reverse

from analytics.models import PreferenceModelVersion, ScoreModelVersion, ScoringRun
from analytics.tests.admin.conftest import LogIn
from customers.models import Customer, User


@pytest.fixture
def client(log_in: LogIn, root: User, fallen: Customer) -> Client:
    """The browser of somebody who may do everything."""
    return log_in(root)


def test_a_run_shows_how_far_it_is_and_its_parts(client: Client) -> None:
    run = ScoringRun.objects.order_by("-id").first()
    assert run is not None
    listed = client.get(reverse("admin:analytics_scoringrun_changelist")).content.decode()
    assert "100 %, 2 customers" in listed
    page = client.get(reverse("admin:analytics_scoringrun_change", args=[run.pk]))
    assert page.status_code == 200
    assert "customers a second" in page.content.decode()


@pytest.mark.parametrize("model", [ScoringRun, ScoreModelVersion, PreferenceModelVersion])
def test_nobody_edits_or_adds(client: Client, model: type[ScoringRun]) -> None:
    row = model.objects.first()
    assert row is not None
    name = model._meta.model_name
    change = reverse(f"admin:analytics_{name}_change", args=[row.pk])
    assert client.get(change).status_code == 200
    assert client.post(change, {}).status_code == 403
    if model is ScoringRun:  # of the others drafts are made
        assert client.get(reverse(f"admin:analytics_{name}_add")).status_code == 403


def test_a_version_shows_its_parameters_in_words(client: Client) -> None:
    row = ScoreModelVersion.objects.get()
    text = client.get(reverse("admin:analytics_scoremodelversion_change", args=[row.pk])).content.decode()
    assert "half-life, days" in text
    assert "Responsiveness" in text
