from typing import Any

import pytest

from customers.models import Customer, DuplicatePair, Merge, Team, User
from customers.tests.operations.merging import pair_of, twins
from tests.cast import NOW
from tests.client import as_user, ids, url, with_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(north: Team) -> DuplicatePair:
    """Acme, twice; the first is the kept one."""
    return pair_of(*twins(north, gone={"industry": "Pumps"}))


def test_it_tells_who_how_alike_and_why(bob: User, pair: DuplicatePair) -> None:
    assert as_user(bob).get(url(f"duplicates/{pair.pk}/")).json() == {
        "id": pair.pk,
        "first": pair.first_id,
        "second": pair.second_id,
        "score": 0.8,
        "reasons": [
            {"what": "name", "similarity": 0.92, "points": 4.1},
            {"what": "email", "similarity": 1.0, "points": 7.0},
        ],
        "state": "open",
        "found_by": "sweep",
        "found_at": NOW.isoformat().replace("+00:00", "Z"),
        "decided_at": None,
        "decided_by": None,
    }


def test_the_list_is_narrowed_and_sorted_by_likeness(north: Team, bob: User) -> None:
    a, b = twins(north)
    c, d = twins(north)
    pairs = [pair_of(a, b, score=0.6), pair_of(a, c, score=0.9), pair_of(c, d, score=0.8, state="dismissed")]
    likely, likeliest, dismissed = (pair.pk for pair in pairs)

    def found(question: str) -> list[int]:
        return ids(as_user(bob).get(url(f"duplicates/?{question}")))

    assert found("ordering=-score") == [likeliest, dismissed, likely]
    assert found("state=open&ordering=-score") == [likeliest, likely]
    assert found(f"customer={b.pk}") == [likely]
    assert set(found(f"customer={c.pk}")) == {likeliest, dismissed}
    assert set(found("min_score=0.8")) == {likeliest, dismissed}
    for wrong in ("min_score=2", "min_score=x", "state=wrong", "likeness=1"):
        assert as_user(bob).get(url(f"duplicates/?{wrong}")).status_code == 400


def test_both_must_be_visible(north: Team, south: Team, bob: User, otto: User) -> None:
    one, other = twins(north, gone={"team": south})
    pair = pair_of(one, other)
    for user in (bob, otto):
        assert ids(as_user(user).get(url("duplicates/"))) == []
        assert as_user(user).get(url(f"duplicates/{pair.pk}/")).status_code == 404


def test_a_pair_is_dismissed_and_taken_up_again(bob: User, pair: DuplicatePair) -> None:
    client = as_user(bob)
    answer = client.post(url(f"duplicates/{pair.pk}/dismiss/"))
    assert (answer.status_code, answer.json()["state"], answer.json()["decided_by"]) == (200, "dismissed", bob.pk)
    again = client.post(url(f"duplicates/{pair.pk}/dismiss/"))
    assert (again.status_code, again.json()["code"]) == (409, "pair_is_decided")
    assert client.post(url(f"duplicates/{pair.pk}/reopen/")).json()["state"] == "open"


def test_a_pair_is_merged_field_by_field(bob: User, pair: DuplicatePair) -> None:
    kept, gone = pair.first, pair.second
    answer = as_user(bob).post(
        url(f"duplicates/{pair.pk}/merge/"),
        {"kept": kept.pk, "choices": {"name": "gone", "industry": "kept"}, "kept_version": 1, "gone_version": 1},
    )
    assert answer.status_code == 200, answer.content
    merge = Merge.objects.get()
    assert answer.json() | {"at": ""} == {
        "id": merge.pk,
        "kept": kept.pk,
        "gone": gone.pk,
        "at": "",
        "by": bob.pk,
        "columns": {"name": {"before": "Acme Pumps", "after": "ACME Pumps Ltd."}},
        "moved": {},
        "dropped": {},
        "undone_at": None,
        "undone_by": None,
    }
    pair.refresh_from_db()
    assert pair.state == "merged"


@pytest.mark.parametrize(
    ("data", "status", "where"),
    [
        ({"kept": 10**6}, 400, "kept"),
        ({}, 400, "kept"),
        ({"kept": "first", "choices": {"name": "mine"}}, 400, "choices"),
        ({"kept": "first", "choices": {"colour": "gone"}}, 400, "choices"),
        ({"kept": "first", "colour": 1}, 400, "colour"),
        ({"kept": "first", "gone_version": 9}, 412, ""),
        ({"kept": "first", "kept_version": 9}, 412, ""),
    ],
)
def test_nonsense_is_refused(bob: User, pair: DuplicatePair, data: dict[str, Any], status: int, where: str) -> None:
    data = {**data, "kept": pair.first_id} if data.get("kept") == "first" else data
    answer = as_user(bob).post(url(f"duplicates/{pair.pk}/merge/"), data)
    assert answer.status_code == status, answer.content
    assert list(answer.json().get("errors", {"": 1})) == [where]
    assert not Merge.objects.exists()


def test_whoever_may_not_change_customers_merges_nobody(bob: User, pair: DuplicatePair) -> None:
    (group,) = bob.groups.all()
    group.permissions.remove(*group.permissions.filter(codename="change_customer"))
    answer = as_user(bob).post(url(f"duplicates/{pair.pk}/merge/"), {"kept": pair.first_id})
    assert answer.status_code == 403
    assert Customer.objects.living().count() == 2


def test_sent_twice_it_happens_once(bob: User, pair: DuplicatePair) -> None:
    client = as_user(bob)
    given: dict[str, Any] = {"data": {"kept": pair.first_id}, "headers": {"Idempotency-Key": "once"}}
    first, second = (client.post(url(f"duplicates/{pair.pk}/merge/"), **given) for _ in range(2))
    assert first.status_code == second.status_code == 200
    assert first.json() == second.json()
    assert Merge.objects.count() == 1


@pytest.mark.parametrize("count", [3, 50])
def test_a_list_costs_the_same_however_long(
    north: Team, bob: User, count: int, django_assert_max_num_queries: Any
) -> None:
    one, _ = twins(north)
    for n in range(count):
        pair_of(one, Customer.objects.create(name=f"C{n}", team=north))
    client = with_token(bob)
    with django_assert_max_num_queries(8):
        assert len(ids(client.get(url("duplicates/")))) == count
