"""Calls over the API."""

from typing import Any

import pytest

from customers.models import Customer, Interaction, Team, User
from services.models import Agent, PhoneCall
from services.operations.register_call import register_call
from tests.cast import NOW, make_user
from tests.client import as_user, url
from tests.customers import enter

pytestmark = pytest.mark.django_db

NUMBER = "+442079460018"


@pytest.fixture
def telephone(north: Team) -> User:
    return make_user("telephone", north, role="Lead")


@pytest.fixture
def caller(north: Team) -> Customer:
    return enter(north, "Acme", ("phone", NUMBER))


def test_a_call_goes_from_ringing_to_the_timeline(telephone: User, caller: Customer, ann: User) -> None:
    Agent.objects.filter(user=ann).update(extension="201")
    client = as_user(telephone)
    rang = client.post(url("calls/"), {"call_id": "a1", "number": NUMBER, "extension": "201"})
    assert rang.status_code == 201, rang.content
    assert (rang.json()["customer"], rang.json()["agent"]) == (caller.pk, ann.agent.pk)
    ended = client.post(url("calls/"), {"call_id": "a1", "number": NUMBER, "state": "ended", "seconds": 30})
    assert ended.json()["interaction"] == Interaction.objects.get().pk and PhoneCall.objects.count() == 1


def test_a_customer_out_of_sight_is_not_named(telephone: User, south: Team) -> None:
    enter(south, "Elsewhere", ("phone", NUMBER))
    answer = as_user(telephone).post(url("calls/"), {"call_id": "a1", "number": NUMBER})
    assert answer.status_code == 201 and answer.json()["customer"] is None


@pytest.mark.parametrize(
    "wrong",
    [{"number": ""}, {"call_id": ""}, {"state": "x"}, {"direction": "x"}, {"seconds": -1}, {"at": "x"}, {"agent": 0},
     {"customer": 1}, {"number": "1" * 50}],
)  # fmt: skip
def test_nonsense_is_refused(telephone: User, wrong: dict[str, Any]) -> None:
    assert as_user(telephone).post(url("calls/"), {"call_id": "a", "number": NUMBER, **wrong}).status_code == 400
    assert not PhoneCall.objects.exists()


def test_an_extension_that_nobody_has_rings_for_nobody_in_particular(telephone: User) -> None:
    answer = as_user(telephone).post(url("calls/"), {"call_id": "a", "number": NUMBER, "extension": "999"})
    assert answer.status_code == 201 and answer.json()["agent"] is None


def test_agents_may_look_and_not_write(ann: User, otto: User, caller: Customer) -> None:
    register_call(call_id="a", number=NUMBER, at=NOW)
    assert len(as_user(ann).get(url("calls/")).json()["results"]) == 1
    assert as_user(otto).get(url("calls/")).json()["results"] == []
    assert as_user(ann).post(url("calls/"), {"call_id": "b", "number": NUMBER}).status_code == 403


@pytest.mark.parametrize("count", [1, 20])
def test_a_list_takes_few_queries(
    telephone: User, caller: Customer, count: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(count):
        register_call(call_id=str(number), number=NUMBER, at=NOW)
    with django_assert_max_num_queries(8):
        assert len(as_user(telephone).get(url("calls/")).json()["results"]) == count
