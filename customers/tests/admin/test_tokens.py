"""API tokens in the admin."""

from django.urls import reverse

from customers.models import ApiToken, User
from customers.operations.issue_token import digest_of, issue_token
from customers.tests.admin.conftest import LogIn
from tests.cast import NOW, make_user


def test_a_new_token_is_shown_once(log_in: LogIn, root: User, ann: User) -> None:
    client = log_in(root)
    data = {"user": ann.pk, "name": "Warehouse", "days": 30, "scopes": ["customers:read"]}
    shown = client.post(reverse("admin:customers_apitoken_add"), data, follow=True).content.decode()
    row = ApiToken.objects.get()
    token = shown.split("candid_")[1].split("<")[0]
    assert row.digest == digest_of(f"candid_{token}")
    assert (row.expires_at - row.created_at).days == 30
    assert row.scopes == "customers:read"
    assert token not in client.get(reverse("admin:customers_apitoken_changelist")).content.decode()


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
