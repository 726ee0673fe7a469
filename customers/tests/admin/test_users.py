"""An administrator looks after users, and lifts nobody above themselves."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import User
from customers.tests.admin.conftest import LogIn
from tests.cast import make_user


@pytest.fixture
def admin_client(log_in: LogIn, db: None) -> Client:
    """The browser of an administrator who is no superuser."""
    return log_in(make_user("carla", role="Administrator"))


def post(client: Client, user: User, **changes: Any) -> Any:
    data = {
        "username": user.username,
        "is_active": "on",
        "is_staff": "on",
        "date_joined_0": "2026-01-01",
        "date_joined_1": "10:00:00",
        **changes,
    }
    return client.post(reverse("admin:customers_user_change", args=[user.pk]), data)


def test_a_colleague_is_changed(admin_client: Client, ann: User) -> None:
    assert post(admin_client, ann, first_name="Ann").status_code == 302
    ann.refresh_from_db()
    assert ann.first_name == "Ann"


def test_nobody_becomes_superuser_this_way(admin_client: Client, ann: User) -> None:
    post(admin_client, ann, is_superuser="on")
    ann.refresh_from_db()
    assert not ann.is_superuser


def test_a_superuser_is_out_of_reach(admin_client: Client, root: User) -> None:
    assert post(admin_client, root, is_active="").status_code == 403
    assert admin_client.get(reverse("admin:customers_user_delete", args=[root.pk])).status_code == 403
