"""Macros and views of the desk over the API."""

from typing import Any

import pytest

from customers.models import User
from services.models import DeskView, Macro, Ticket
from tests.client import as_user

MACROS, VIEWS = "/api/v1/macros/", "/api/v1/desk-views/"


@pytest.mark.django_db
def test_a_macro_is_made_changed_and_deleted(ann: User) -> None:
    client = as_user(ann)
    made = client.post(MACROS, {"name": "M", "body": "Dear {customer.name}", "status_after": "pending"})
    assert made.status_code == 201, made.content
    assert (made.json()["owner"], made.json()["is_shared"]) == (ann.pk, False)
    address = f"{MACROS}{made.json()['id']}/"
    assert client.patch(address, {"name": "N"}).status_code == 428
    changed = client.patch(address, {"name": "N"}, headers={"If-Match": made.headers["ETag"]})
    assert changed.json()["name"] == "N" and changed.json()["owner"] == ann.pk
    assert client.delete(address, headers={"If-Match": made.headers["ETag"]}).status_code == 412
    assert client.delete(address, headers={"If-Match": changed.headers["ETag"]}).status_code == 204
    assert not Macro.objects.exists()


def test_an_unknown_placeholder_is_named(ann: User) -> None:
    answer = as_user(ann).post(MACROS, {"name": "M", "body": "{customer.nmae}"})
    assert answer.status_code == 400 and "{customer.nmae}" in answer.json()["errors"]["body"][0]


def test_only_who_sets_up_the_desk_shares(ann: User, root: User) -> None:
    tool: dict[str, Any] = {"name": "M", "is_shared": True}
    for address, more in ((MACROS, {"body": "x"}), (VIEWS, {})):
        assert as_user(ann).post(address, {**tool, **more}).status_code == 403
        shared = as_user(root).post(address, {**tool, **more})
        assert shared.status_code == 201 and shared.json()["is_shared"]
        row = f"{address}{shared.json()['id']}/"
        assert as_user(ann).get(row).status_code == 200
        for method in ("patch", "delete"):
            refused = getattr(as_user(ann), method)(row, {}, headers={"If-Match": "*"})
            assert refused.status_code == 403, (address, method)


def test_anothers_own_tools_do_not_exist(ann: User, otto: User) -> None:
    for address, more in ((MACROS, {"body": "x"}), (VIEWS, {})):
        made = as_user(otto).post(address, {"name": "Otto's", **more}).json()
        assert as_user(ann).get(f"{address}{made['id']}/").status_code == 404
        assert as_user(ann).get(address).json()["results"] == []


@pytest.mark.parametrize(
    ("filters", "field"),
    [
        ({"colour": "red"}, "colour"),
        ({"priority": 9}, "priority"),
        ({"unsolved": "perhaps"}, "unsolved"),
        ({"status": ["new"]}, "status"),
        ({"queue": 0}, "queue"),
    ],
)
def test_a_filter_that_tickets_do_not_know_is_refused(filters: dict[str, Any], field: str, ann: User) -> None:
    answer = as_user(ann).post(VIEWS, {"name": "V", "filters": filters})
    assert answer.status_code == 400 and field in answer.json()["errors"]["filters"]
    assert not DeskView.objects.exists()


def test_views_are_counted_all_at_once(ann: User, ticket: Ticket) -> None:
    client = as_user(ann)
    ids = [
        client.post(VIEWS, {"name": f"V{number}", "filters": filters}).json()["id"]
        for number, filters in enumerate([{"unsolved": True}, {"mine": True}, {"waiting": True}, {"status": "solved"}])
    ]
    counts = client.get(f"{VIEWS}counts/").json()["counts"]
    assert counts == dict(zip(map(str, ids), (1, 0, 1, 0), strict=True))


def test_tickets_are_filtered_by_whose_they_are(ann: User, ticket: Ticket) -> None:
    def found(query: str) -> int:
        return len(as_user(ann).get(f"/api/v1/tickets/?{query}").json()["results"])

    assert (found("mine=true"), found("mine=false"), found("waiting=true"), found("waiting=false")) == (0, 1, 1, 0)
    Ticket.objects.update(assignee=ann.agent)
    assert (found("mine=true"), found("mine=false")) == (1, 0)
