import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.models import QuerySet
from django.utils import timezone

from customers.api import idempotency
from customers.models import Customer, IdempotencyKey, Team, User
from tests.client import as_user, url

pytestmark = pytest.mark.django_db

KEY = {"Idempotency-Key": "order-4711"}


@pytest.fixture
def asked(north: Team) -> dict[str, Any]:
    """What the client sends."""
    return {"name": "Canary Wharf", "team": north.pk}


def test_the_same_request_twice_happens_once(ann: User, asked: dict[str, Any]) -> None:
    client = as_user(ann)
    first = client.post(url("customers/"), asked, headers=KEY)
    second = client.post(url("customers/"), asked, headers=KEY)
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert first.headers["ETag"] == second.headers["ETag"] == '"1"'
    assert Customer.objects.count() == 1


def test_the_order_of_the_fields_does_not_matter(ann: User, asked: dict[str, Any]) -> None:
    client = as_user(ann)
    client.post(url("customers/"), asked, headers=KEY)
    assert client.post(url("customers/"), dict(reversed(asked.items())), headers=KEY).status_code == 201
    assert Customer.objects.count() == 1


def test_a_form_is_recognised_whatever_its_boundary(ann: User, acme: Customer) -> None:
    client, data = as_user(ann), {"customer_id": acme.pk, "relation": "client"}
    first = client.post(url("relations/"), data, format="multipart", headers=KEY)
    encoded = f"relation=client&customer_id={acme.pk}"
    second = client.post(url("relations/"), encoded, content_type="application/x-www-form-urlencoded", headers=KEY)
    assert (first.status_code, second.json()) == (201, first.json())


def test_the_same_key_with_other_parameters_is_refused(ann: User, asked: dict[str, Any], acme: Customer) -> None:
    client = as_user(ann)
    client.post(url("customers/"), asked, headers=KEY)
    for path, data in (("customers/", {**asked, "name": "B"}), ("interactions/", {"customer": acme.pk})):
        response = client.post(url(path), data, headers=KEY)
        assert (response.status_code, response.json()["code"]) == (422, "key_reused")


def test_keys_of_two_users_are_two_keys(ann: User, bob: User, asked: dict[str, Any]) -> None:
    assert as_user(ann).post(url("customers/"), asked, headers=KEY).status_code == 201
    assert as_user(bob).post(url("customers/"), asked, headers=KEY).status_code == 201
    assert Customer.objects.count() == 2


def test_a_refused_request_may_be_mended_under_the_same_key(ann: User, asked: dict[str, Any]) -> None:
    client = as_user(ann)
    assert client.post(url("customers/"), {**asked, "name": ""}, headers=KEY).status_code == 400
    assert client.post(url("customers/"), asked, headers=KEY).status_code == 201


def _at_work(user: User, client: Any, asked: dict[str, Any], *, since: timedelta) -> IdempotencyKey:
    """The claim of a first call that has not ended."""
    client.post(url("customers/"), asked, headers=KEY)
    Customer.objects.all().delete()
    row = IdempotencyKey.objects.get(user=user)
    IdempotencyKey.objects.update(status=None, claimed_at=timezone.now() - since)
    return row


def test_while_the_first_call_is_at_work_the_second_waits(ann: User, asked: dict[str, Any]) -> None:
    client = as_user(ann)
    _at_work(ann, client, asked, since=timedelta(seconds=1))
    response = client.post(url("customers/"), asked, headers=KEY)
    assert (response.status_code, response.json()["code"]) == (409, "in_progress")
    assert not Customer.objects.exists()


def test_a_claim_that_a_crash_left_behind_is_taken_over(ann: User, asked: dict[str, Any]) -> None:
    client = as_user(ann)
    _at_work(ann, client, asked, since=idempotency.LEASE + timedelta(seconds=1))
    assert client.post(url("customers/"), asked, headers=KEY).status_code == 201
    assert Customer.objects.count() == 1


def test_a_claim_whose_work_broke_with_the_database_is_let_go_of_when_it_is_back(
    ann: User, asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_user(ann)
    client.raise_request_exception = False

    def away(*_: Any) -> Any:
        raise OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as broken:

        def breaks(*_: Any) -> Any:
            broken.setattr(QuerySet, "delete", away)  # and so it cannot be let go of either
            away()

        broken.setattr(idempotency, "_store", breaks)
        assert client.post(url("customers/"), asked, headers=KEY).status_code == 500
    assert IdempotencyKey.objects.get().status is None
    assert client.post(url("customers/"), asked, headers=KEY).status_code == 201
    assert Customer.objects.count() == 1
    assert not idempotency._kept


def test_whoever_lost_the_claim_undoes_what_they_did(
    ann: User, asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = idempotency._store

    def store_too_late(row: IdempotencyKey, *args: Any) -> None:
        IdempotencyKey.objects.update(token=uuid.uuid4())  # another call took over meanwhile
        store(row, *args)

    monkeypatch.setattr(idempotency, "_store", store_too_late)
    response = as_user(ann).post(url("customers/"), asked, headers=KEY)
    assert (response.status_code, response.json()["code"]) == (409, "in_progress")
    assert not Customer.objects.exists()


def test_keys_are_forgotten_after_a_day(ann: User, asked: dict[str, Any]) -> None:
    client = as_user(ann)
    client.post(url("customers/"), asked, headers=KEY)
    IdempotencyKey.objects.update(claimed_at=timezone.now() - idempotency.KEPT - timedelta(seconds=1))
    client.post(url("customers/"), {**asked, "name": "B"}, headers={"Idempotency-Key": "another"})
    assert list(IdempotencyKey.objects.values_list("key", flat=True)) == ["another"]


def test_what_is_stored_shows_nothing_of_what_was_said(ann: User, asked: dict[str, Any]) -> None:
    asked["contact_points"] = [{"kind": "email", "value": "canary@example.com"}]
    as_user(ann).post(url("customers/"), asked, headers=KEY)
    stored = json.dumps([str(value) for value in IdempotencyKey.objects.values().get().values()]).lower()
    assert "canary" not in stored
    assert "canary" in str(IdempotencyKey.objects.get().body)


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb"])
def test_a_key_that_is_none_is_refused(ann: User, asked: dict[str, Any], key: str) -> None:
    response = as_user(ann).post(url("customers/"), asked, headers={"Idempotency-Key": key})
    assert response.status_code == 400
    assert not Customer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_many_at_once_happen_once(ann: User, asked: dict[str, Any]) -> None:
    def send(_: int) -> Any:
        try:
            return as_user(ann).post(url("customers/"), asked, headers=KEY)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=6) as pool:
        responses = list(pool.map(send, range(12)))
    assert {response.status_code for response in responses} <= {201, 409}
    made = [response.json() for response in responses if response.status_code == 201]
    assert made
    assert all(body == made[0] for body in made)
    assert Customer.objects.count() == 1
