"""Digests on the first page and on pages of their own; who moved since a day."""

import pytest
from django.test import Client
from django.urls import reverse

from analytics.models import MoverDigest
from analytics.tests.admin.conftest import LONG_AGO, LogIn
from analytics.tests.api.test_digests import told as told
from customers.models import Customer, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(log_in: LogIn, ann: User) -> Client:
    """Ann's browser."""
    return log_in(ann)


def test_the_first_page_tells_the_newest_one(client: Client, told: MoverDigest, fallen: Customer) -> None:
    page = client.get(reverse("admin:index"))
    text = page.content.decode()
    assert "Digest of 2026-06-03" in text
    assert "by 5 points or more: 1 fell, 0 rose." in text
    (line,) = page.context["digest"]["who_fell"]
    assert (line["customer"], line["before"], line["score"], str(line["factor"])) == (fallen, 60, 46, "Quality")


def test_without_one_the_first_page_has_no_card(client: Client, fallen: Customer) -> None:
    assert client.get(reverse("admin:index")).context["digest"] is None


def test_its_page_names_customers_and_factors(client: Client, told: MoverDigest) -> None:
    text = client.get(reverse("admin:analytics_moverdigest_change", args=[told.pk])).content.decode()
    assert "Acme Pumps" in text
    assert "60 → 46" in text
    assert "Nobody in your sight." in text  # who rose
    assert "North" in client.get(reverse("admin:analytics_moverdigest_changelist")).content.decode()


def test_an_outsider_is_told_nothing(log_in: LogIn, otto: User, told: MoverDigest) -> None:
    browser = log_in(otto)
    page = browser.get(reverse("admin:index"))
    assert page.context["digest"]["fell"] == 0  # their own team's
    assert "Acme" not in page.content.decode()
    assert browser.get(reverse("admin:analytics_moverdigest_change", args=[told.pk])).status_code == 404


def test_the_first_page_tells_who_moved_since_a_day(client: Client, fallen: Customer) -> None:
    since = f"{LONG_AGO.replace(day=LONG_AGO.day + 1):%Y-%m-%d}"
    page = client.get(reverse("admin:index"), {"since": since})
    (mover,) = page.context["fell"]
    assert (mover["customer"], str(mover["factor"])) == (fallen, "Quality")
    text = page.content.decode()
    assert f"Fell most since {since}" in text
    assert f"?moved=fell&amp;moved_since={since}" in text


def test_a_day_that_is_none_is_said_on_the_first_page(client: Client, fallen: Customer) -> None:
    page = client.get(reverse("admin:index"), {"since": "soon"})
    assert "is no date such as" in page.content.decode()
    assert page.context["fell_title"] == "Fell most in 30 days"


def test_one_says_above_the_list_whether_they_come_by_mail(client: Client, ann: User) -> None:
    page, post = (reverse(f"admin:analytics_moverdigest_{name}") for name in ("changelist", "by_mail"))
    ann.email = ""
    ann.save()
    answer = client.post(post, {"every": "day", "language": "en"}, follow=True)
    assert "Your account has no e-mail address." in answer.content.decode()
    ann.email = "ann@candid.example"
    ann.save()
    answer = client.post(post, {"every": "day", "language": "zh-hans"}, follow=True)
    assert "You get the digests by mail." in answer.content.decode()
    text = client.get(page).content.decode()
    assert '<option value="day" selected>' in text and '<option value="zh-hans" selected>' in text
    client.post(post, {"every": "", "language": "en"})
    assert '<option value="day" selected>' not in client.get(page).content.decode()
    assert client.get(post).status_code == 405
