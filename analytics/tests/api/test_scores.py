from typing import Any

import pytest

from analytics.models import CustomerScore
from analytics.tests.histories import populate, rating, score_everybody
from customers.models import Customer, Team, User
from customers.operations.observe import observe
from tests.cast import NOW
from tests.client import as_user, ids, url, with_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(north: Team) -> list[Customer]:
    """Twelve customers with scores."""
    made = populate(north, 12)
    score_everybody()
    return made


def test_it_lists_scores_with_factors_that_add_up(ann: User, people: list[Customer]) -> None:
    rows = as_user(ann).get(url("scores/")).json()["results"]
    assert [row["customer"] for row in rows] == [customer.pk for customer in reversed(people)]
    stored = dict(CustomerScore.objects.values_list("pk", "score"))
    for row in rows:
        assert row["score"] == stored[row["id"]]
        assert [factor["name"] for factor in row["factors"]] == ["quality", "reliability", "responsiveness", "price"]
        assert 50 + sum(factor["points"] for factor in row["factors"]) == pytest.approx(row["score"], abs=1e-9)
        assert (row["version"], row["change"], row["change_factor"]) == (1, None, None)


def test_one_score_is_found_under_its_customer(ann: User, people: list[Customer]) -> None:
    assert as_user(ann).get(url(f"scores/{people[3].pk}/")).json()["customer"] == people[3].pk


def test_an_outsider_sees_none(otto: User, people: list[Customer]) -> None:
    assert ids(as_user(otto).get(url("scores/"))) == []
    assert as_user(otto).get(url(f"scores/{people[0].pk}/")).status_code == 404


def test_scores_are_only_read(root: User, people: list[Customer]) -> None:
    for method in ("post", "put", "patch", "delete"):
        assert getattr(as_user(root), method)(url(f"scores/{people[0].pk}/")).status_code == 405
    assert as_user(root).post(url("scores/")).status_code == 405


def test_pages_by_score_show_everybody_once_in_order(ann: User, people: list[Customer]) -> None:
    client, seen = as_user(ann), []
    path: str | None = url("scores/?ordering=-score&page_size=5")
    while path:
        page = client.get(path).json()
        seen += [(row["score"], row["id"]) for row in page["results"]]
        path = page["next"]
    assert seen == sorted(seen, reverse=True)
    assert {pk for _, pk in seen} == {customer.pk for customer in people}


def test_sorted_by_change_it_leaves_out_who_has_none(ann: User, people: list[Customer]) -> None:
    for n, customer in enumerate(people[:5]):
        CustomerScore.objects.filter(pk=customer.pk).update(change=n - 2, change_factor=1 + n % 4)
    rows = as_user(ann).get(url("scores/?ordering=change")).json()["results"]
    assert [(row["change"], row["change_factor"]) for row in rows] == [
        (-2, "quality"),
        (-1, "reliability"),
        (0, "responsiveness"),
        (1, "price"),
        (2, "quality"),
    ]
    assert ids(as_user(ann).get(url("scores/?fell_by=1.5"))) == [people[0].pk]


def test_it_filters_by_height_and_evidence(ann: User, people: list[Customer]) -> None:
    client = as_user(ann)
    scores = dict(CustomerScore.objects.values_list("pk", "score"))
    low = {pk for pk, score in scores.items() if score <= 50}
    assert set(ids(client.get(url("scores/?max_score=50")))) == low
    assert set(ids(client.get(url("scores/?min_score=50.0001")))) == set(scores) - low
    poor = set(CustomerScore.objects.filter(low_evidence=True).values_list("pk", flat=True))
    assert set(ids(client.get(url("scores/?low_evidence=true")))) == poor
    assert ids(client.get(url(f"scores/?customer={people[2].pk}"))) == [people[2].pk]


@pytest.mark.parametrize(
    "query", ["min_score=NaN", "min_score=1e400", "max_score=101", "fell_by=-1", "low_evidence=2", "ordering=raw"]
)
def test_a_parameter_that_is_not_right_is_refused(ann: User, query: str) -> None:
    assert as_user(ann).get(url(f"scores/?{query}")).status_code == 400


@pytest.mark.parametrize("count", [3, 50])
def test_a_list_costs_the_same_however_long(
    ann: User, north: Team, count: int, django_assert_max_num_queries: Any
) -> None:
    populate(north, count)
    score_everybody()
    client = with_token(ann)
    for path in ("scores/", "preferences/"):
        with django_assert_max_num_queries(8):
            assert len(ids(client.get(url(path)))) == count


def test_the_why_opens_into_the_facts(ann: User, acme: Customer) -> None:
    observe(facts=[rating(acme, 5, subject=77)], at=NOW)
    score_everybody()
    body = as_user(ann).get(url(f"customers/{acme.pk}/score/")).json()
    assert (body["customer"], body["version"]) == (acme.pk, 1)
    assert body["score"] == CustomerScore.objects.get(pk=acme.pk).score
    assert body["stored"] == body["replayed"] == body["score"]
    assert 50 + sum(factor["points"] for factor in body["factors"]) == pytest.approx(body["score"], abs=1e-9)
    (evidence,) = body["factors"][0]["evidence"]
    assert (evidence["type"], evidence["id"], evidence["given"]) == ("rating", 77, 5.0)


def test_as_of_a_day_before_anything_happened_everybody_has_fifty(ann: User, acme: Customer) -> None:
    observe(facts=[rating(acme, 5)], at=NOW)
    score_everybody()
    body = as_user(ann).get(url(f"customers/{acme.pk}/score/?as_of=2020-01-01")).json()
    assert (body["score"], body["low_evidence"], body["stored"]) == (50.0, True, None)


@pytest.mark.parametrize("value", ["yesterday", "2026-02-30", "", "0001-01-01", "9999-12-31T23:59:59-23:59", "%00"])
def test_a_day_that_is_none_is_refused(ann: User, acme: Customer, value: str) -> None:
    response = as_user(ann).get(url(f"customers/{acme.pk}/score/?as_of={value}"))
    assert (response.status_code, list(response.json()["errors"])) == (400, ["as_of"])


def test_the_why_is_hidden_from_outsiders(otto: User, acme: Customer) -> None:
    for what in ("score", "preferences", "timeline"):
        assert as_user(otto).get(url(f"customers/{acme.pk}/{what}/")).status_code == 404


def test_preferences_are_found_under_their_customer(ann: User, acme: Customer) -> None:
    client = as_user(ann)
    assert client.get(url(f"customers/{acme.pk}/preferences/")).status_code == 404
    score_everybody()
    body = client.get(url(f"customers/{acme.pk}/preferences/")).json()
    assert (body["customer"], body["categories"]) == (acme.pk, [])
    assert body == client.get(url(f"preferences/{acme.pk}/")).json()
    assert ids(client.get(url("preferences/?name=acme"))) == [acme.pk]
