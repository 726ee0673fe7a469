"""The page of the keys: what is under each, and a rotation that an administrator starts."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.encryption.keyring import forget_keys
from customers.models import Customer, DataKey, Job, Team, User
from customers.operations.add_contact_point import add_contact_point
from customers.operations.settle_rotation import settle_rotation
from customers.operations.work_jobs import work_jobs
from customers.tests.admin.conftest import LogIn
from tests.cast import NOW, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_keys")]

PAGE, ROTATE = "admin:customers_datakey_changelist", "admin:customers_datakey_rotate"


@pytest.fixture(autouse=True)
def at_once(settings: Any, tmp_path: Path) -> None:
    settings.KEY_MEMORY_SECONDS = 0
    settings.VAR_DIR = tmp_path


@pytest.fixture
def client(log_in: LogIn, north: Team, acme: Customer) -> Client:
    add_contact_point(customer=acme, kind="email", value="a@example.com", at=NOW)
    return log_in(make_user("ada", north, role="Administrator"))


def page(client: Client) -> str:
    response = client.get(reverse(PAGE))
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_it_shows_the_keys_and_never_what_they_are(client: Client) -> None:
    text = page(client)
    for words in ("Encrypts columns", "Makes blind indexes", "Signs the audit record", "in use", "Start a rotation"):
        assert words in text, words
    for key in DataKey.objects.all():
        assert key.wrapped not in text


def test_a_rotation_is_started_followed_and_ends(client: Client) -> None:
    assert client.post(reverse(ROTATE)).status_code == 302
    forget_keys()
    assert DataKey.objects.filter(purpose="data").count() == 2
    text = page(client)
    assert "being replaced" in text and "at work" in text and "disabled" in text
    list(work_jobs(clock=timezone.now))
    assert settle_rotation(at=timezone.now() + timedelta(seconds=1))
    text = page(client)
    assert "retired" in text and "being replaced" not in text and "disabled" not in text


def test_two_at_once_are_one(client: Client) -> None:
    client.post(reverse(ROTATE))
    jobs = Job.objects.count()
    response = client.post(reverse(ROTATE), follow=True)
    assert "A rotation goes on already" in response.content.decode()
    assert (DataKey.objects.filter(purpose="data").count(), Job.objects.count()) == (2, jobs)


def test_it_is_for_administrators(log_in: LogIn, client: Client, bob: User, ann: User) -> None:
    for user in (bob, ann):
        theirs = log_in(user)
        assert theirs.get(reverse(PAGE)).status_code == 403
        assert theirs.post(reverse(ROTATE)).status_code == 403
    assert client.get(reverse(ROTATE)).status_code == 405
    assert client.post(reverse(PAGE)).status_code == 405


def test_a_wrapping_key_that_is_being_changed_is_told(client: Client, settings: Any) -> None:
    settings.CRM_ENCRYPTION_KEY_OLD, settings.CRM_ENCRYPTION_KEY = settings.CRM_ENCRYPTION_KEY, "A" * 43 + "="
    forget_keys()
    assert "rotate_keys --wrapping" in page(client)
    settings.CRM_ENCRYPTION_KEY = settings.CRM_ENCRYPTION_KEY_OLD
    forget_keys()
