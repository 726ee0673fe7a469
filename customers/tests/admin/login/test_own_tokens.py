"""“My API tokens”: for whoever may have some."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from customers.models import ApiToken, User
from customers.operations.issue_token import digest_of, issue_token
from customers.tests.admin.conftest import LogIn
from tests.cast import NOW

PAGE = "/admin/account/tokens/"


def issue(client: Client, **changes: Any) -> Any:
    return client.post(PAGE, {"name": "Warehouse", "days": 30, "scopes": ["read", "tickets:write"], **changes})


def test_a_new_token_is_shown_once(log_in: LogIn, bob: User) -> None:
    client = log_in(bob)
    page = issue(client).content.decode()
    token = page.split('id="new-token">')[1].split("<")[0]
    row = ApiToken.objects.get()
    assert (row.user, row.digest, row.scopes) == (bob, digest_of(token), "read tickets:write")
    assert row.expires_at - row.created_at == timedelta(days=30)
    again = client.get(PAGE).content.decode()
    assert token not in again
    assert "Warehouse" in again


@pytest.mark.parametrize("changes", [{"days": 91}, {"days": 0}, {"name": ""}, {"scopes": []}, {"scopes": ["root"]}])
def test_bad_wishes_are_refused(log_in: LogIn, bob: User, changes: dict[str, Any]) -> None:
    assert issue(log_in(bob), **changes).status_code == 422
    assert not ApiToken.objects.exists()


def test_ones_own_is_revoked(log_in: LogIn, bob: User) -> None:
    row, _token = issue_token(user=bob, name="Warehouse", at=NOW)
    log_in(bob).post(PAGE, {"revoke": row.pk})
    row.refresh_from_db()
    assert row.revoked_at is not None


@pytest.mark.parametrize("key", ["", "x", "9" * 30])
def test_what_is_no_token_is_not_found(log_in: LogIn, bob: User, key: str) -> None:
    assert log_in(bob).post(PAGE, {"revoke": key}).status_code == 404


def test_nobody_sees_or_revokes_that_of_somebody_else(log_in: LogIn, bob: User, root: User) -> None:
    row, _token = issue_token(user=root, name="Backup", at=NOW)
    client = log_in(bob)
    assert "Backup" not in client.get(PAGE).content.decode()
    assert client.post(PAGE, {"revoke": row.pk}).status_code == 404
    row.refresh_from_db()
    assert row.revoked_at is None


def test_whoever_may_have_none_has_no_page(log_in: LogIn, ann: User) -> None:
    client = log_in(ann)
    assert client.get(PAGE).status_code == issue(client).status_code == 403
    assert PAGE not in client.get("/admin/account/sessions/").content.decode()
