from typing import Any

import pytest

from analytics.tests.operations.test_timeline import live
from customers.models import Customer, User
from services.models import Queue
from tests.client import as_user, url, with_token

pytestmark = pytest.mark.django_db


def test_it_tells_everything_page_by_page(ann: User, acme: Customer, queue: Queue) -> None:
    live(acme, queue, ann)
    client, path = as_user(ann), url(f"customers/{acme.pk}/timeline/")
    whole = client.get(path).json()
    assert (len(whole["results"]), whole["next_before"]) == (7, None)
    assert whole["results"][0]["type"] == "score"
    first = client.get(f"{path}?limit=4").json()
    rest = client.get(f"{path}?limit=4&before={first['next_before']}").json()
    assert first["results"] + rest["results"] == whole["results"]
    assert rest["next_before"] is None


def test_it_can_be_narrowed_down_to_a_type(ann: User, acme: Customer, queue: Queue) -> None:
    live(acme, queue, ann)
    results = as_user(ann).get(url(f"customers/{acme.pk}/timeline/?type=order")).json()["results"]
    assert [row["type"] for row in results] == ["order"]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "before=x", "before=", "before=%00", "page=1", "type=x"]
)
def test_a_parameter_that_is_not_right_is_refused(ann: User, acme: Customer, query: str) -> None:
    response = as_user(ann).get(url(f"customers/{acme.pk}/timeline/?{query}"))
    assert (response.status_code, list(response.json()["errors"])) == (400, [query.split("=")[0]])


def test_a_cursor_of_a_list_is_no_place_on_a_timeline(ann: User, acme: Customer, wang: Customer) -> None:
    following = as_user(ann).get(url("customers/?page_size=1")).json()["next"].partition("cursor=")[2]
    assert as_user(ann).get(url(f"customers/{acme.pk}/timeline/?before={following}")).status_code == 400


def test_an_outsider_is_refused(otto: User, acme: Customer) -> None:
    assert as_user(otto).get(url(f"customers/{acme.pk}/timeline/")).status_code == 404


def test_it_costs_the_same_however_much_there_is(
    ann: User, acme: Customer, queue: Queue, django_assert_max_num_queries: Any
) -> None:
    live(acme, queue, ann)
    client = with_token(ann)
    # token, last use, two of permissions, teams, customer, and one for all sources
    with django_assert_max_num_queries(7):
        assert client.get(url(f"customers/{acme.pk}/timeline/")).status_code == 200
