"""Clients of the API for tests."""

from typing import Any

from django.utils import timezone
from rest_framework.test import APIClient

from customers.models import User
from customers.operations.issue_token import issue_token


def as_user(user: User) -> APIClient:
    """A client that is logged in, with the user as the next request would read it."""
    client = APIClient()
    client.force_authenticate(User.objects.get(pk=user.pk))
    return client


def bearer(user: User) -> str:
    """The Authorization header of a program."""
    _row, token = issue_token(user=user, name="test", at=timezone.now())
    return f"Bearer {token}"


def with_token(user: User) -> APIClient:
    """A client that logs in as a program does, so that each request pays for all of it."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=bearer(user))
    return client


def url(path: str) -> str:
    """The address of a path of the API."""
    return f"/api/v1/{path}"


def ids(response: Any) -> list[int]:
    """The keys of the rows of a list."""
    assert response.status_code == 200, response.content
    return [row["id"] for row in response.json()["results"]]
