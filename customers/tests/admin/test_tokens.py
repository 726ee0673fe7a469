"""API tokens in the admin."""

from typing import Any

import pytest
from django.urls import reverse

from customers.models import ApiToken, AuditEntry, User
from customers.operations.issue_token import digest_of, issue_token
from customers.tests.admin.conftest import LogIn
from customers.tests.admin.login.codes import code_of
from tests.cast import NOW, make_user


def test_a_new_token_is_shown_once(log_in: LogIn, root: User, ann: User) -> None:
    client = log_in(root)
    data = {"user": ann.pk, "name": "Warehouse", "days": 30, "scopes": ["customers:read"]}
    answer = client.post(reverse("admin:customers_apitoken_add"), data)
    row = ApiToken.objects.get()
    token = answer.content.decode().split("candid_")[1].split("<")[0]
    assert row.digest == digest_of(f"candid_{token}")
    assert (row.expires_at - row.created_at).days == 30
    assert row.scopes == "customers:read"
    assert token not in client.get(reverse("admin:customers_apitoken_changelist")).content.decode()


def test_it_is_in_no_cookie_session_log_or_cache(
    log_in: LogIn, root: User, ann: User, caplog: pytest.LogCaptureFixture
) -> None:
    client = log_in(root)
    data = {"user": ann.pk, "name": "Warehouse", "days": 30, "scopes": ["customers:read"]}
    with caplog.at_level("DEBUG"):
        answer = client.post(reverse("admin:customers_apitoken_add"), data)
    token = answer.content.decode().split("candid_")[1].split("<")[0]
    assert "no-store" in answer["Cache-Control"]
    kept = [str(answer.cookies), str(dict(client.session)), caplog.text]
    assert [text for text in kept if token in text or "messages" in text] == []
    assert token not in str(list(AuditEntry.objects.values()))


def test_nor_are_ones_own_token_and_recovery_codes(log_in: LogIn, bob: User, settings: Any) -> None:
    client = log_in(bob)
    answer = client.post(reverse("admin:own_tokens"), {"name": "Own", "days": 1, "scopes": ["read"]})
    token = answer.content.decode().split("candid_")[1].split("<")[0]
    assert "no-store" in answer["Cache-Control"]
    assert token not in str(answer.cookies) + str(dict(client.session))
    client.get(reverse("admin:two_step"))
    code = code_of(bob, waiting=True)
    answer = client.post(reverse("admin:two_step"), {"do": "confirm", "code": code})
    codes = answer.context["codes"]
    assert codes and "no-store" in answer["Cache-Control"]
    kept = str(answer.cookies) + str(dict(client.session))
    assert [one for one in codes if one in kept] == []


def test_it_lives_ninety_days_at_most(log_in: LogIn, root: User, ann: User) -> None:
    response = log_in(root).post(
        reverse("admin:customers_apitoken_add"), {"user": ann.pk, "name": "Warehouse", "days": 91, "scopes": ["read"]}
    )
    assert response.status_code == 200
    assert not ApiToken.objects.exists()


def test_a_chosen_token_is_revoked_and_stays_on_record(log_in: LogIn, root: User, ann: User) -> None:
    row, _token = issue_token(user=ann, name="Warehouse", at=NOW)
    log_in(root).post(
        reverse("admin:customers_apitoken_changelist"), {"action": "revoke", "_selected_action": [row.pk]}
    )
    row.refresh_from_db()
    assert row.revoked_at is not None


def test_only_those_with_the_permission_see_tokens(log_in: LogIn, bob: User) -> None:
    assert log_in(bob).get(reverse("admin:customers_apitoken_changelist")).status_code == 403


def test_nobody_lifts_themselves_up_by_the_token_of_a_superuser(log_in: LogIn, root: User, ann: User) -> None:
    client = log_in(make_user("carla", role="Administrator"))
    for user, made in ((root, 0), (ann, 1)):
        data = {"user": user.pk, "name": "Warehouse", "days": 30, "scopes": ["write"]}
        client.post(reverse("admin:customers_apitoken_add"), data)
        assert ApiToken.objects.count() == made
