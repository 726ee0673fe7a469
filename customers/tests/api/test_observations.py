from datetime import timedelta

import pytest

from customers.models import Customer, Observation, User
from customers.operations.observe import observe
from customers.tests.facts import rating, reply
from tests.cast import NOW, make_user
from tests.client import as_user, ids, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def fact(acme: Customer) -> Observation:
    """A bad rating."""
    row, _reply = observe(facts=[rating(acme, 1), reply(acme, 900)], at=NOW)
    return row


def test_it_shows_the_fact_in_its_own_unit(ann: User, acme: Customer, fact: Observation) -> None:
    row = as_user(ann).get(url(f"observations/{fact.pk}/")).json()
    assert (row["customer"], row["factor"], row["measure"], row["value"]) == (acme.pk, "quality", "csat", 1.0)
    assert (row["stands"], row["left_out"], row["decided_by"], row["reason"]) == (True, False, None, "")


def test_it_leaves_a_fact_out_and_takes_it_back(ann: User, bob: User, fact: Observation) -> None:
    until = "2199-01-01T00:00:00Z"
    given = {"reason": "wrong ticket", "until": until}
    out = as_user(ann).post(url(f"observations/{fact.pk}/exclude/"), given).json()
    assert (out["left_out"], out["left_out_until"], out["decided_by"]) == (True, until, ann.pk)
    assert (out["reason"], out["stands"], out["value"]) == ("wrong ticket", True, 1.0)
    assert not as_user(ann).get(url(f"observations/{fact.pk}/")).json()["stands"]
    back = as_user(bob).post(url(f"observations/{out['id']}/readmit/"), {"reason": "right ticket"}).json()
    assert (back["left_out"], back["decided_by"], back["reason"]) == (False, bob.pk, "right ticket")


def test_the_reasons_of_the_score_name_the_observation(ann: User, acme: Customer, fact: Observation) -> None:
    path = url(f"customers/{acme.pk}/score/")
    (evidence,) = as_user(ann).get(path).json()["factors"][0]["evidence"]
    assert evidence["observation"] == fact.pk
    as_user(ann).post(url(f"observations/{fact.pk}/exclude/"), {"reason": "spam"})
    quality = as_user(ann).get(path).json()["factors"][0]
    assert quality["evidence"] == []
    (left_out,) = quality["left_out"]
    assert (left_out["id"], left_out["decision"]["reason"], left_out["decision"]["by"]) == (1, "spam", ann.pk)


def test_a_fact_that_does_not_stand_is_a_conflict(ann: User, fact: Observation) -> None:
    client = as_user(ann)
    assert client.post(url(f"observations/{fact.pk}/exclude/"), {"reason": "spam"}).status_code == 200
    for verb in ("exclude", "readmit"):
        refused = client.post(url(f"observations/{fact.pk}/{verb}/"), {"reason": "spam"})
        assert (refused.status_code, refused.json()["code"]) == (409, "fact_is_past")
    assert Observation.objects.filter(factor=1).count() == 2


def test_what_is_sent_again_with_its_key_happens_once(ann: User, fact: Observation) -> None:
    client, path = as_user(ann), url(f"observations/{fact.pk}/exclude/")
    first, second = (client.post(path, {"reason": "spam"}, headers={"Idempotency-Key": "k"}) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == second.json()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "reason"),
        ({"reason": " "}, "reason"),
        ({"reason": "x" * 256}, "reason"),
        ({"reason": "spam", "until": NOW.replace(year=2020).isoformat()}, "until"),
        ({"reason": "spam", "until": "soon"}, "until"),
        ({"reason": "spam", "factor": "quality"}, "factor"),
    ],
)
def test_what_cannot_be_is_refused_by_name(ann: User, fact: Observation, given: dict[str, str], field: str) -> None:
    refused = as_user(ann).post(url(f"observations/{fact.pk}/exclude/"), given)
    assert (refused.status_code, list(refused.json()["errors"])) == (400, [field])


def test_it_needs_the_permission(fact: Observation, acme: Customer) -> None:
    analyst = make_user("ada", acme.team, role="Analyst")
    assert as_user(analyst).get(url(f"observations/{fact.pk}/")).status_code == 200
    assert as_user(analyst).post(url(f"observations/{fact.pk}/exclude/"), {"reason": "spam"}).status_code == 403


def test_an_outsider_finds_nothing(otto: User, fact: Observation) -> None:
    assert ids(as_user(otto).get(url("observations/"))) == []
    assert as_user(otto).post(url(f"observations/{fact.pk}/exclude/"), {"reason": "spam"}).status_code == 404


def test_it_finds_facts_by_customer_factor_subject_and_decision(
    ann: User, acme: Customer, wang: Customer, fact: Observation
) -> None:
    (other,) = observe(facts=[rating(wang, 5, subject=7)], at=NOW + timedelta(hours=1))
    client = as_user(ann)
    out = client.post(url(f"observations/{fact.pk}/exclude/"), {"reason": "spam"}).json()["id"]
    speed = Observation.objects.get(factor=3).pk

    def found(query: str) -> list[int]:
        return ids(client.get(url(f"observations/?{query}")))

    assert found(f"customer={wang.pk}") == [other.pk]
    assert found("factor=responsiveness") == [speed]
    assert found("subject_type=rating&subject_id=7") == [other.pk]
    assert found("stands=true") == [out, other.pk, speed]
    assert found("left_out=true") == found("decided=true") == [out]
    assert found("stands=false") == [fact.pk]
