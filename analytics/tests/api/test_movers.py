import pytest

from analytics.models import CustomerScore, ScoreSnapshot
from analytics.tests.admin.conftest import LONG_AGO
from analytics.tests.admin.conftest import fallen as fallen
from customers.models import Customer, User
from tests.client import as_user, ids, url

pytestmark = pytest.mark.django_db

SINCE = f"{LONG_AGO:%Y-%m-%dT%H:%M:%S}Z"


def test_it_names_who_fell_since_a_day_and_the_factor_that_moved_them(ann: User, fallen: Customer) -> None:
    body = as_user(ann).get(url(f"scores/movers/?since={SINCE}&points=5")).json()
    (row,) = body["results"]
    past = ScoreSnapshot.objects.get(customer=fallen, as_of=LONG_AGO)
    now = CustomerScore.objects.get(pk=fallen.pk)
    assert (row["customer"], row["before"], row["score"]) == (fallen.pk, past.score, now.score)
    assert row["change"] == pytest.approx(sum(factor["points"] for factor in row["factors"]), abs=1e-9)
    assert row["factor"] == min(row["factors"], key=lambda factor: float(factor["points"]))["name"]
    assert (body["points"], body["direction"]) == (5.0, "fell")


def test_it_asks_by_points_direction_and_factor(ann: User, fallen: Customer) -> None:
    client = as_user(ann)

    def found(query: str) -> int:
        return len(client.get(url(f"scores/movers/?since={SINCE}&{query}")).json()["results"])

    assert found("points=5&factor=quality") == 1
    assert found("points=5&factor=price") == found("points=100") == found("points=5&direction=rose") == 0


def test_without_a_day_it_looks_thirty_days_back(ann: User) -> None:
    assert as_user(ann).get(url("scores/movers/")).json()["results"] == []


def test_an_outsider_sees_nobody(otto: User, fallen: Customer) -> None:
    assert as_user(otto).get(url(f"scores/movers/?since={SINCE}&points=0")).json()["results"] == []


@pytest.mark.parametrize(
    "query",
    ["since=soon", "since=0001-01-01", "since=9999-12-31", "points=101", "points=NaN", "direction=up", "factor=luck"],
)
def test_a_parameter_that_is_not_right_is_refused(ann: User, query: str) -> None:
    response = as_user(ann).get(url(f"scores/movers/?{query}"))
    assert (response.status_code, list(response.json()["errors"])) == (400, [query.split("=")[0]])


def test_the_list_knows_the_last_thirty_days(ann: User, fallen: Customer, wang: Customer) -> None:
    CustomerScore.objects.filter(pk=fallen.pk).update(change=-11, change_factor=1)
    CustomerScore.objects.filter(pk=wang.pk).update(change=12, change_factor=4)
    client = as_user(ann)
    assert ids(client.get(url("scores/?fell_by=10"))) == [fallen.pk]
    assert ids(client.get(url("scores/?rose_by=10"))) == ids(client.get(url("scores/?moved_by=price"))) == [wang.pk]
