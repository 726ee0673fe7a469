from typing import Any

import pytest

from customers.models import Team, User
from services.models import Calendar, Queue
from tests.cast import make_user
from tests.client import as_user, url

pytestmark = pytest.mark.django_db

WEEK = {"0": [["09:00", "12:30"], ["13:30", "24:00"]], "6": []}


@pytest.fixture
def lead(north: Team) -> User:
    """The lead of North."""
    return make_user("lead", north, role="Lead")


def test_a_lead_keeps_calendars_with_their_holidays(lead: User) -> None:
    client = as_user(lead)
    days = [{"date": "2027-01-01", "name": "New Year"}, {"date": "2027-05-01"}]
    data = {"name": "Works", "time_zone": "Asia/Shanghai", "hours": WEEK, "holidays": days}
    made = client.post(url("calendars/"), data)
    assert made.status_code == 201, made.content
    assert [day["date"] for day in made.json()["holidays"]] == ["2027-01-01", "2027-05-01"]
    path = url(f"calendars/{made.json()['id']}/")
    fewer = client.patch(path, {"holidays": [{"date": "2027-05-01", "name": "Labour"}]}, headers={"If-Match": '"1"'})
    assert fewer.json()["holidays"] == [{"date": "2027-05-01", "name": "Labour"}]
    assert client.patch(path, {"name": "x"}, headers={"If-Match": '"1"'}).status_code == 412


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("hours", {"7": [["09:00", "10:00"]]}),
        ("hours", {"0": [["10:00", "09:00"]]}),
        ("hours", {"0": [["09:00", "11:00"], ["10:00", "12:00"]]}),
        ("hours", {"0": [["9", "10"]]}),
        ("time_zone", "Mars/Olympus"),
        ("holidays", [{"date": "2027-01-01"}, {"date": "2027-01-01"}]),
        ("holidays", [{"date": "no day"}]),
    ],
)
def test_what_is_no_calendar_is_refused(lead: User, field: str, value: Any) -> None:
    data = {"name": "Works", "time_zone": "UTC", "hours": WEEK, field: value}
    response = as_user(lead).post(url("calendars/"), data)
    assert (response.status_code, list(response.json()["errors"])) == (400, [field])
    assert not Calendar.objects.filter(name="Works").exists()


def test_public_holidays_are_filled_in(lead: User, queue: Queue) -> None:
    path = url(f"calendars/{queue.calendar_id}/fill-holidays/")
    given = {"country": "DE", "subdivision": "BY", "first_year": 2027, "last_year": 2028}
    done = as_user(lead).post(path, given)
    assert done.status_code == 200, done.content
    assert {"date": "2027-01-06", "name": "Epiphany"} in done.json()["holidays"]
    assert as_user(lead).post(path, given, headers={"If-Match": '"1"'}).status_code == 412
    assert as_user(lead).post(path, {**given, "country": "XX"}).status_code == 400
    assert as_user(lead).post(path, {**given, "last_year": 2026}).status_code == 400


def test_an_agent_only_reads(ann: User, queue: Queue) -> None:
    client = as_user(ann)
    assert client.get(url(f"calendars/{queue.calendar_id}/")).status_code == 200
    given = {"country": "DE", "first_year": 2027, "last_year": 2027}
    assert client.post(url(f"calendars/{queue.calendar_id}/fill-holidays/"), given).status_code == 403
