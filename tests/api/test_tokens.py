"""A token does what its scopes and its user both allow, and no more."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from crm.api_router import router
from customers.api.scopes import scope_of
from customers.models import ApiToken, Customer, Team, User
from customers.models.api_token import SCOPES
from customers.operations.issue_token import NoSuchScope, issue_token
from services.models import Queue
from tests.api.test_scope import DECLARED, address, methods
from tests.api.world import World
from tests.cast import NOW, make_user
from tests.client import as_user, ids, url, with_token

pytestmark = pytest.mark.django_db


def program(user: User, *scopes: str) -> APIClient:
    """A client with a token of these scopes."""
    _row, token = issue_token(user=user, name="test", at=timezone.now(), scopes=scopes)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def views() -> dict[tuple[str, str], str]:
    """(route, method) -> the scope that it needs."""
    found = {}
    routes: list[Any] = list(router.urls)
    for route in routes:
        callback = route.callback
        if route.name == "api-root":
            continue
        for method, action in callback.actions.items():
            view = callback.cls(**callback.initkwargs)
            view.action, view.request = action, SimpleNamespace(method=method.upper())
            found[(str(route.name), method)] = scope_of(view, method.upper())
    return found


def test_every_route_has_a_scope_that_a_token_can_have() -> None:
    needed = views()
    assert {name for name, _method in needed} == set(DECLARED)
    assert set(needed.values()) <= set(SCOPES)


def test_without_its_scope_every_route_is_refused_and_says_which_it_is(root: User, world: World) -> None:
    needed = views()
    for name in DECLARED:
        for method in methods(name):
            scope = needed[(name, method)]
            others = [each for each in SCOPES if ":" in each and each.partition(":")[0] != scope.partition(":")[0]]
            response = getattr(program(root, *others), method)(address(name, world))
            assert response.status_code == 403, (name, method)
            problem = response.json()
            assert (problem["code"], scope in problem["detail"]) == ("scope_missing", True), problem


@pytest.mark.parametrize(
    ("scopes", "reads", "writes"),
    [
        (["read"], True, False),
        (["write"], True, True),
        (["customers:read"], True, False),
        (["customers:write"], True, True),
        (["tickets:write"], False, False),
        (["tickets:write", "customers:read"], True, False),
    ],
)
def test_scopes_are_what_they_say(ann: User, acme: Customer, scopes: list[str], reads: bool, writes: bool) -> None:
    client = program(ann, *scopes)
    assert (client.get(url("customers/")).status_code == 200) is reads
    call = {"customer": acme.pk, "kind": "call", "subject": "x"}
    assert (client.post(url("interactions/"), call).status_code == 201) is writes


def test_a_scope_gives_nothing_that_its_user_may_not(north: Team, acme: Customer) -> None:
    analyst = make_user("ines", north, role="Analyst")
    response = program(analyst, "write").post(url("interactions/"), {"customer": acme.pk, "kind": "call"})
    assert (response.status_code, response.json()["code"]) == (403, "permission_denied")


def test_people_in_a_browser_have_no_scopes(ann: User, acme: Customer) -> None:
    assert as_user(ann).get(url("customers/")).status_code == 200


@pytest.mark.parametrize("scopes", [[], ["root"], ["customers:delete"]])
def test_there_are_no_other_scopes(ann: User, scopes: list[str]) -> None:
    with pytest.raises(NoSuchScope):
        issue_token(user=ann, name="x", at=NOW, scopes=scopes)


def test_when_and_from_where_it_was_used_is_kept(ann: User) -> None:
    client = with_token(ann)
    client.get(url("queues/"), REMOTE_ADDR="198.51.100.7")
    row = ApiToken.objects.get()
    assert row.last_used_from == "198.51.100.7"
    first = row.last_used_at
    client.get(url("queues/"), REMOTE_ADDR="198.51.100.8")
    row.refresh_from_db()
    assert row.last_used_from == "198.51.100.8"
    assert first is not None
    assert row.last_used_at is not None
    assert row.last_used_at > first


def test_ones_own_are_listed_without_the_token(bob: User, root: User, queue: Queue) -> None:
    mine, token = issue_token(user=bob, name="Warehouse", at=NOW, scopes=["read"])
    issue_token(user=root, name="Backup", at=NOW)
    response = as_user(bob).get(url("tokens/"))
    assert ids(response) == [mine.pk]
    assert token not in response.content.decode()
    assert mine.digest not in response.content.decode()
    (row,) = response.json()["results"]
    assert (row["name"], row["scopes"]) == ("Warehouse", ["read"])


def test_one_is_revoked_and_opens_nothing_more(bob: User) -> None:
    client = program(bob, "account:write", "customers:read")
    key = ApiToken.objects.get().pk
    answer = client.post(url(f"tokens/{key}/revoke/"), {})
    assert answer.status_code == 200
    assert answer.json()["revoked_at"]
    assert client.get(url("customers/")).status_code == 401


def test_that_of_somebody_else_does_not_exist(bob: User, root: User) -> None:
    row, _token = issue_token(user=root, name="Backup", at=NOW)
    assert as_user(bob).get(url(f"tokens/{row.pk}/")).status_code == 404
    assert as_user(bob).post(url(f"tokens/{row.pk}/revoke/"), {}).status_code == 404


def test_an_administrator_sees_and_revokes_those_of_everybody(bob: User) -> None:
    row, _token = issue_token(user=bob, name="Warehouse", at=NOW, life=timedelta(days=1))
    carla = make_user("carla", role="Administrator")
    assert as_user(carla).get(url(f"tokens/{row.pk}/")).json()["user"] == "bob"
    assert as_user(carla).post(url(f"tokens/{row.pk}/revoke/"), {}).status_code == 200
