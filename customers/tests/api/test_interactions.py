from typing import Any

import pytest

from customers.models import Customer, Interaction, User
from customers.operations.log_interaction import log_interaction
from tests.cast import NOW
from tests.client import as_user, ids, url, with_token

pytestmark = pytest.mark.django_db


def log(customer: Customer, subject: str = "Called", **extra: Any) -> Interaction:
    return log_interaction(
        customer=customer, kind="call", direction="inbound", subject=subject, author=None, at=NOW, **extra
    )


def test_it_logs_a_call(ann: User, acme: Customer) -> None:
    before = acme.activity_version
    response = as_user(ann).post(
        url("interactions/"), {"customer": acme.pk, "kind": "call", "subject": "Price?", "at": "2026-06-01T08:00:00Z"}
    )
    assert response.status_code == 201, response.content
    made = Interaction.objects.get()
    assert (made.subject, made.author, made.at.isoformat()) == ("Price?", ann, "2026-06-01T08:00:00+00:00")
    acme.refresh_from_db()
    assert acme.activity_version == before + 1


def test_without_a_time_it_is_now(ann: User, acme: Customer) -> None:
    response = as_user(ann).post(url("interactions/"), {"customer": acme.pk, "kind": "visit", "subject": "Fair"})
    assert response.status_code == 201
    assert Interaction.objects.get().at is not None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("at", "0001-01-01T00:00:00+23:59"),
        ("at", "9999-12-31T23:59:59-23:59"),
        ("at", "1066-10-14T00:00:00Z"),
        ("author", 1),
        ("subject", ""),
        ("body", "\x00"),
    ],
)
def test_what_is_not_right_is_refused(ann: User, acme: Customer, field: str, value: Any) -> None:
    data = {"customer": acme.pk, "kind": "call", "subject": "x", field: value}
    response = as_user(ann).post(url("interactions/"), data)
    assert (response.status_code, list(response.json()["errors"])) == (400, [field])


def test_an_outsider_is_refused(otto: User, acme: Customer) -> None:
    row = log(acme)
    client = as_user(otto)
    assert ids(client.get(url("interactions/"))) == []
    assert client.get(url(f"interactions/{row.pk}/")).status_code == 404
    data = {"customer": acme.pk, "kind": "call", "subject": "x"}
    assert client.post(url("interactions/"), data).status_code == 400


def test_it_stays_with_its_customer(ann: User, acme: Customer, wang: Customer) -> None:
    row = log(acme)
    client, path = as_user(ann), url(f"interactions/{row.pk}/")
    assert client.patch(path, {"customer": wang.pk}, headers={"If-Match": "*"}).status_code == 400
    assert client.patch(path, {"subject": "y"}, headers={"If-Match": '"1"'}).json()["subject"] == "y"
    stale = client.patch(path, {"subject": "z"}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    told = stale.json()["current"]
    assert (told["type"], told["version"], stale.headers["ETag"]) == ("interaction", 2, '"2"')
    assert told["values"] == client.get(path).json() and "events" not in told


def test_it_filters(ann: User, acme: Customer, wang: Customer) -> None:
    log(acme)
    log(wang)
    client = as_user(ann)
    assert len(ids(client.get(url(f"interactions/?customer={acme.pk}")))) == 1
    assert len(ids(client.get(url("interactions/?kind=call&direction=inbound&after=2026-06-03T10:00:00Z")))) == 2
    assert ids(client.get(url("interactions/?before=2026-06-03T10:00:00Z"))) == []


@pytest.mark.parametrize("count", [3, 50])
def test_a_list_costs_the_same_however_long(
    ann: User, acme: Customer, count: int, django_assert_max_num_queries: Any
) -> None:
    for n in range(count):
        log(acme, f"Call {n}")
    client = with_token(ann)
    with django_assert_max_num_queries(8):
        assert len(ids(client.get(url("interactions/")))) == count
