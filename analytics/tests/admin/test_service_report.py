"""“Service reports”: the page, and that every number on it leads to exactly so many tickets."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from analytics.tests.busy_desk import DAYS, make_busy
from customers.models import Customer, Team, User
from services.models import Queue
from tests.cast import NOW, make_user

pytestmark = pytest.mark.django_db
PAGE = "admin:service_report"
PERIOD = {"first": str(NOW.date() + timedelta(days=2)), "last": str(NOW.date() + timedelta(days=DAYS))}
NUMBER = re.compile(r'<a href="([^"]*cohort=[^"]*)">([\d,]+)</a>')
TILE = re.compile(r'<a class="cd-tile" href="([^"]*)">\s*<span[^>]*>([^<]*)</span>\s*<span[^>]*>([^<]*)</span>')


@pytest.fixture
def client(client: Client, north: Team) -> Client:
    client.force_login(make_user("lea", north, role="Lead"))
    return client


@pytest.fixture
def desk(acme: Customer, queue: Queue, ann: User, north: Team) -> None:
    other = Queue.objects.create(name="Returns", team=north, calendar=queue.calendar)
    make_busy(acme, [queue, other], [ann], tickets=40)


def count_of(client: Client, link: str) -> int:
    response = client.get(unescape(link))
    assert response.status_code == 200, (link, response.headers.get("Location"))
    return int(response.context["cl"].result_count)


@pytest.mark.parametrize("more", [{"by": "week"}, {"by": "month", "queue": "first"}, {"by": "week", "agent": "first"}])
def test_every_number_leads_to_exactly_so_many_tickets(
    client: Client, desk: None, queue: Queue, ann: User, more: dict[str, Any]
) -> None:
    keys = {"queue": queue.pk, "agent": ann.agent.pk}
    asked = {name: keys[name] if value == "first" else value for name, value in more.items()}
    html = client.get(reverse(PAGE), {**PERIOD, **asked}).content.decode()
    numbers = NUMBER.findall(html)
    assert len(numbers) > 25
    for link, number in numbers:
        assert count_of(client, link) == int(number.replace(",", "")), unescape(link)
    tiles = {name: (link, value) for link, name, value in TILE.findall(html)}
    for name in "Opened", "Solved", "Open at the end":
        link, value = tiles[name]
        assert count_of(client, link) == int(value)
    assert {"First reply in time", "Solved in time", "Reopened", "CSAT", "Response rate"} <= tiles.keys()


def test_the_ticket_list_says_which_tickets_these_are(client: Client, desk: None) -> None:
    html = client.get(reverse(PAGE), {**PERIOD, "by": "month"}).content.decode()
    link = next(unescape(link) for link, _ in NUMBER.findall(html) if "cohort=opened" in link)
    assert "Opened in the period" in client.get(link).content.decode()


@pytest.mark.parametrize(
    "broken", ["cohort=no", "cohort=opened", "cohort=opened&from=x&to=y", "cohort=open&from=2026-01-01&to=2026-01-02"]
)
def test_a_broken_link_shows_the_list_and_an_error(client: Client, desk: None, broken: str) -> None:
    response = client.get(f"{reverse('admin:services_ticket_changelist')}?{broken}")
    assert response.status_code == 302 and "e=1" in response.headers["Location"]


def test_an_empty_desk_says_so(client: Client) -> None:
    html = client.get(reverse(PAGE)).content.decode()
    assert "No tickets in this period" in html


def test_where_nobody_was_asked_for_a_rating_it_says_so(client: Client) -> None:
    html = client.get(reverse(PAGE)).content.decode()
    assert "Nobody was asked for a rating in this period." in html and "0 of 0 customers" not in html


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"first": "2026-05-01", "last": "2026-04-01"}, "ends before it begins"),
        ({"first": "1990-01-01"}, "more than 400 steps"),
        ({"first": "soon"}, "Enter a valid date"),
        ({"queue": "999999"}, "not one of the available choices"),
        ({"by": "hour"}, "not one of the available choices"),
    ],
)
def test_nonsense_is_said_and_no_number_shown(client: Client, asked: dict[str, str], said: str) -> None:
    response = client.get(reverse(PAGE), asked)
    assert said in response.content.decode()
    assert "tiles" not in response.context


def test_others_see_none_of_it(desk: None, otto: User, ann: User) -> None:
    outsider, nobody = Client(), Client()
    outsider.force_login(otto)
    assert "No tickets in this period" in outsider.get(reverse(PAGE), PERIOD).content.decode()
    nobody.force_login(make_user("nobody"))
    assert nobody.get(reverse(PAGE)).status_code == 403
    assert Client().get(reverse(PAGE)).status_code == 302


def test_it_stands_in_the_sidebar(client: Client) -> None:
    assert reverse(PAGE) in client.get(reverse("admin:index")).content.decode()
