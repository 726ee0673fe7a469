"""“Set up for your industry”."""

import pytest
from django.test import Client
from django.urls import reverse

from crm.industries import INDUSTRIES
from customers.models import CustomAttribute, RelationType, Team, User
from services.models import Queue
from tests.cast import make_user

pytestmark = pytest.mark.django_db
URL = "admin:industry_setup"


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def client(north: Team) -> Client:
    """An administrator's browser."""
    return browser_of(make_user("ada", north, role="Administrator"))


def test_it_shows_what_each_preset_would_add(client: Client) -> None:
    CustomAttribute.objects.create(code="birth_date", name="Born", type="date")
    page = client.get(reverse(URL))
    presets = {preset.code: preset for preset in page.context["presets"]}
    assert set(presets) == set(INDUSTRIES)
    attributes = dict(next(kind for kind in presets["retail"].kinds if kind.name == "Custom attributes").items)
    assert (attributes["Date of birth"], attributes["Loyalty tier"]) == (True, False)
    assert not presets["retail"].is_done
    assert RelationType.objects.filter(code="member").count() == 0  # looking changes nothing


def test_it_adds_it_and_then_says_that_everything_is_here(client: Client, north: Team) -> None:
    response = client.post(reverse(URL), {"industry": "retail", "team": north.pk}, follow=True)
    assert "Retail is set up: 28 things were added" in response.content.decode()
    assert Queue.objects.get(name="Delivery").team == north
    presets = {preset.code: preset for preset in response.context["presets"]}
    assert presets["retail"].is_done and not presets["finance"].is_done
    again = client.post(reverse(URL), {"industry": "retail"}, follow=True)
    assert "0 things were added" in again.content.decode()


def test_an_unknown_industry_is_not_found(client: Client) -> None:
    assert client.post(reverse(URL), {"industry": "agriculture"}).status_code == 404


@pytest.mark.parametrize("role", ["Agent", "Lead", "Back office", "Analyst"])
def test_it_is_for_administrators(north: Team, role: str) -> None:
    client = browser_of(make_user("x", north, role=role))
    assert client.get(reverse(URL)).status_code == 403
    assert client.post(reverse(URL), {"industry": "retail"}).status_code == 403
    assert reverse(URL) not in client.get(reverse("admin:index")).content.decode()


def test_whoever_is_not_logged_in_is_asked_to() -> None:
    assert Client().get(reverse(URL)).status_code == 302


def test_the_empty_dashboard_and_the_navigation_lead_to_it(client: Client) -> None:
    text = client.get(reverse("admin:index")).content.decode()
    assert text.count(f'href="{reverse(URL)}"') == 2
