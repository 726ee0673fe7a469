"""Contesting a score on the page of its reasons."""

import pytest
from django.test import Client
from django.urls import reverse

from analytics.tests.admin.conftest import LogIn
from analytics.tests.admin.test_why_page import why
from analytics.tests.histories import HOUR, score_everybody
from customers.audit.record import values_of
from customers.models import AuditEntry, Customer, Observation, User
from customers.operations.exclude_fact import exclude_fact
from services.models import SatisfactionRating
from tests.cast import NOW, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(log_in: LogIn, ann: User) -> Client:
    """Ann's browser."""
    return log_in(ann)


@pytest.fixture
def bad(fallen: Customer) -> Observation:
    """The worst thing said of the customer."""
    rows = Observation.objects.filter(customer=fallen, factor=1, superseded_version=None)
    found = rows.order_by("value").first()
    assert found is not None
    return found


def address(verb: str, row: Observation) -> str:
    return reverse(f"admin:customers_customer_{verb}", args=[row.customer_id, row.pk])


def test_it_leaves_a_fact_out_with_reason_and_end(client: Client, bad: Observation, ann: User) -> None:
    page = client.post(address("exclude", bad), {"reason": "wrong ticket", "until": "2199-12-31"})
    assert page["Location"] == f"{why(bad.customer)}#quality"
    row = Observation.objects.get(is_exclusion=True)
    assert (row.reason, row.excluded_by, row.excluded_until.year if row.excluded_until else 0) == (
        "wrong ticket",
        ann,
        2199,
    )
    entry = AuditEntry.objects.get(model="customers.observation", customer_id=bad.customer_id)
    assert (entry.actor, (values_of(entry) or {})["facts"]["reason"]) == (ann, "wrong ticket")


def test_the_page_says_it_at_once_and_what_follows(client: Client, bad: Observation) -> None:
    text = client.post(address("exclude", bad), {"reason": "wrong ticket"}, follow=True).content.decode()
    assert "Left out. The score goes from" in text
    assert "Left out of the score" in text
    assert "wrong ticket" in text
    assert "not yet in the number above" in text


def test_once_scored_anew_the_reason_stands_in_the_factor(client: Client, bad: Observation, ann: User) -> None:
    row = exclude_fact(observation=bad, reason="wrong ticket", by=ann, at=NOW)
    score_everybody(at=NOW + HOUR)
    page = client.get(why(bad.customer))
    (quality,) = (section for section in page.context["factors"] if section.code == "quality")
    (left_out,) = quality.left_out
    assert (left_out.pk, left_out.reason, left_out.is_new, left_out.may_return) == (row.pk, "wrong ticket", False, True)
    assert "left out by ann" in left_out.decided
    assert bad.pk not in [fact.pk for fact in quality.facts]
    assert len(quality.facts) == SatisfactionRating.objects.count() - 1
    assert "not yet in the number above" not in page.content.decode()


def test_it_is_taken_back(client: Client, bad: Observation, ann: User) -> None:
    row = exclude_fact(observation=bad, reason="wrong ticket", by=ann, at=NOW)
    score_everybody(at=NOW + HOUR)
    text = client.post(address("readmit", row), {"reason": "right after all"}, follow=True).content.decode()
    assert "It counts again. The score goes from" in text
    back = Observation.objects.get(factor=1, subject_id=bad.subject_id, superseded_version=None)
    assert (back.is_exclusion, back.reason, back.excluded_by) == (False, "right after all", ann)
    score_everybody(at=NOW + 2 * HOUR)
    assert "taken back by ann" in client.get(why(bad.customer)).content.decode()


def test_without_script_the_form_has_an_address(client: Client, bad: Observation) -> None:
    page = client.get(address("exclude", bad))
    assert page.context["opened"] == bad.pk


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"reason": " "}, "This field is required."),
        ({"reason": "spam", "until": "2020-01-01"}, "This is over already"),
        ({"reason": "spam", "until": "soon"}, "Enter a valid date."),
        ({"reason": "spam", "until": "9999-12-31"}, "This day is out of range."),
    ],
)
def test_a_refused_form_keeps_what_was_typed(
    client: Client, bad: Observation, given: dict[str, str], problem: str
) -> None:
    page = client.post(address("exclude", bad), given)
    assert page.status_code == 200
    assert problem in page.content.decode()
    assert f'value="{given["reason"].strip()}"' in page.content.decode()
    assert not Observation.objects.filter(is_exclusion=True).exists()


def test_a_refused_form_of_a_fact_that_is_folded_away_is_unfolded(client: Client, bad: Observation) -> None:
    (quality,) = (part for part in client.get(why(bad.customer)).context["factors"] if part.code == "quality")
    path = reverse("admin:customers_customer_exclude", args=[bad.customer_id, quality.facts[-1].pk])
    assert '<details class="cd-details cd-small" open>' in client.post(path, {"reason": ""}).content.decode()


def test_sent_twice_it_happens_once(client: Client, bad: Observation) -> None:
    client.post(address("exclude", bad), {"reason": "spam"})
    page = client.post(address("exclude", bad), {"reason": "spam"}, follow=True)
    assert "meanwhile" in page.content.decode()
    assert Observation.objects.filter(is_exclusion=True).count() == 1


def test_the_day_that_was_looked_at_stays(client: Client, bad: Observation) -> None:
    page = client.post(address("exclude", bad), {"reason": "spam", "as_of": "2026-06-03"})
    assert page["Location"] == f"{why(bad.customer)}?as_of=2026-06-03#quality"


def test_whoever_may_not_is_shown_no_button_and_refused(log_in: LogIn, bad: Observation) -> None:
    browser = log_in(make_user("ada", bad.customer.team, role="Analyst"))
    assert "/exclude/" not in browser.get(why(bad.customer)).content.decode()
    assert browser.post(address("exclude", bad), {"reason": "spam"}).status_code == 403
    assert not Observation.objects.filter(is_exclusion=True).exists()


def test_an_outsider_finds_nothing(log_in: LogIn, otto: User, bad: Observation) -> None:
    assert log_in(otto).post(address("exclude", bad), {"reason": "spam"}).status_code == 404


def test_a_fact_of_another_customer_is_not_found(client: Client, bad: Observation, wang: Customer) -> None:
    path = reverse("admin:customers_customer_exclude", args=[wang.pk, bad.pk])
    assert client.post(path, {"reason": "spam"}).status_code == 404
