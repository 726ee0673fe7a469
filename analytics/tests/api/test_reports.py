"""GET /api/v1/reports/service/."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from analytics.tests.busy_desk import DAYS, make_busy
from customers.models import Customer, Team, User
from services.models import Queue
from tests.cast import NOW
from tests.client import as_user, ids

pytestmark = pytest.mark.django_db
URL = "/api/v1/reports/service/"
PERIOD = f"?first={NOW.date()}&last={NOW.date() + timedelta(days=DAYS)}"


def test_it_answers_the_numbers_of_the_page(acme: Customer, queue: Queue, ann: User, otto: User) -> None:
    make_busy(acme, [queue], [ann], tickets=20)
    data = as_user(ann).get(f"{URL}{PERIOD}&by=week&queue={queue.pk}").json()
    assert data["opened"] == 20 == sum(step["opened"] for step in data["steps"])
    assert data["queues"][0]["id"] == queue.pk
    assert data["targets"]["first_reply"]["kept"] + data["targets"]["first_reply"]["missed"] > 0
    assert sum(bar["count"] for bar in data["resolution"]["bars"]) == data["resolution"]["count"]
    assert as_user(otto).get(URL + PERIOD).json()["opened"] == 0


def numbers_with_tickets(data: Any) -> Iterator[tuple[int, str]]:
    """Each number of the answer, however deep, with the address of its tickets."""
    if isinstance(data, list):
        for row in data:
            yield from numbers_with_tickets(row)
    elif isinstance(data, dict):
        yield from ((data[name], address) for name, address in data.get("tickets", {}).items())
        for name, value in data.items():
            if name != "tickets":
                yield from numbers_with_tickets(value)


@pytest.mark.parametrize("more", ["&by=month", "&by=month&queue=first", "&by=month&agent=first"])
def test_every_number_leads_to_exactly_so_many_tickets(
    acme: Customer, queue: Queue, north: Team, ann: User, more: str
) -> None:
    other = Queue.objects.create(name="Returns", team=north, calendar=queue.calendar)
    make_busy(acme, [queue, other], [ann], tickets=30)
    client = as_user(ann)
    more = more.replace("queue=first", f"queue={queue.pk}").replace("agent=first", f"agent={ann.agent.pk}")
    found = list(numbers_with_tickets(client.get(f"{URL}{PERIOD}{more}").json()))
    assert len(found) > 30 and any(number for number, _address in found)
    for number, address in dict.fromkeys(found):
        response = client.get(f"{address}&page_size=200")
        assert response.status_code == 200, response.content
        assert len(ids(response)) == number, address


@pytest.mark.parametrize(
    "query", ["?first=2026-02-01&last=2026-01-01", "?first=x", "?by=hour", "?queue=0", "?last=0001-01-01", "?page=1"]
)
def test_nonsense_is_a_400(ann: User, query: str) -> None:
    response = as_user(ann).get(URL + query)
    assert response.status_code == 400
    assert response.json()["errors"]
