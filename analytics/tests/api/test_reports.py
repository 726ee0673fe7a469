"""GET /api/v1/reports/service/."""

from datetime import timedelta

import pytest

from analytics.tests.busy_desk import DAYS, make_busy
from customers.models import Customer, User
from services.models import Queue
from tests.cast import NOW
from tests.client import as_user

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


@pytest.mark.parametrize(
    "query", ["?first=2026-02-01&last=2026-01-01", "?first=x", "?by=hour", "?queue=0", "?last=0001-01-01", "?page=1"]
)
def test_nonsense_is_a_400(ann: User, query: str) -> None:
    response = as_user(ann).get(URL + query)
    assert response.status_code == 400
    assert response.json()["errors"]
