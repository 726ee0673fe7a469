"""Consent on the page of a customer, and the list of all."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Consent, Customer, Team, User
from customers.operations.add_contact_point import add_contact_point
from customers.operations.record_consent import record_consent
from customers.tests.admin.conftest import LogIn
from tests.cast import NOW, make_user

DAY = timedelta(days=1)


@pytest.fixture
def client(log_in: LogIn, bob: User) -> Client:
    """Bob's browser."""
    return log_in(bob)


@pytest.fixture
def reachable(acme: Customer) -> Customer:
    """Acme with an e-mail address and a phone number."""
    add_contact_point(customer=acme, kind="email", value="ann@acme.example", at=NOW)
    add_contact_point(customer=acme, kind="phone", value="+442079460000", at=NOW)
    return acme


def page_of(customer: Customer) -> str:
    return reverse("admin:customers_customer_page", args=[customer.pk])


def record(client: Client, customer: Customer, **data: Any) -> Any:
    given = {"is_given": "yes", "purpose": "marketing", "channel": "email", **data}
    return client.post(reverse("admin:customers_customer_consent", args=[customer.pk]), given)


def words(client: Client, customer: Customer) -> dict[str, list[str]]:
    reaches = client.get(page_of(customer)).context["reaches"]
    return {reach.point.kind: [f"{word.purpose}: {word.text}" for word in reach.words] for reach in reaches}


def test_it_is_put_down_with_who_where_and_when(client: Client, reachable: Customer, bob: User) -> None:
    response = record(client, reachable, source="web form", text_version="v3", said_at="2025-03-02T10:00")
    assert response.status_code == 302
    row = Consent.objects.get()
    assert (row.is_given, row.purpose, row.channel) == (True, "marketing", "email")
    assert (row.source, row.text_version, row.at.isoformat()) == ("web form", "v3", "2025-03-02T10:00:00+00:00")
    assert row.recorded_by == bob


def test_each_contact_point_says_what_holds_of_it(client: Client, reachable: Customer) -> None:
    said = {"customer": reachable, "purpose": "marketing", "at": NOW}
    record_consent(**said, channel="email", is_given=True, source="web form", said_at=NOW - DAY)  # type: ignore[arg-type]
    assert words(client, reachable) == {
        "email": ["Marketing: given 2026-06-02 by web form"],
        "phone": ["Marketing: not asked"],
    }
    record_consent(**said, channel="any", is_given=False)  # type: ignore[arg-type]
    assert words(client, reachable) == {
        "email": ["Marketing: withdrawn 2026-06-03"],
        "phone": ["Marketing: withdrawn 2026-06-03"],
    }


def test_who_never_agreed_refused(client: Client, reachable: Customer) -> None:
    record_consent(customer=reachable, purpose="survey", channel="phone", is_given=False, source="phone call", at=NOW)
    assert words(client, reachable)["phone"] == ["Marketing: not asked", "Surveys: refused 2026-06-03 by phone call"]


def test_a_no_without_a_contact_point_is_not_overlooked(client: Client, wang: Customer) -> None:
    record_consent(customer=wang, purpose="marketing", channel="post", is_given=False, at=NOW)
    assert [(row.channel, word.text) for row, word in client.get(page_of(wang)).context["unreached"]] == [
        ("post", "refused 2026-06-03")
    ]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"is_given": ""}, "is_given"),
        ({"purpose": "spam"}, "purpose"),
        ({"said_at": (timezone.now() + 2 * DAY).strftime("%Y-%m-%dT%H:%M")}, "said_at"),
    ],
)
def test_a_refused_one_comes_back_with_what_was_typed(
    client: Client, acme: Customer, wrong: dict[str, str], field: str
) -> None:
    response = record(client, acme, source="a trade fair", **wrong)
    assert (response.status_code, list(response.context["consent_form"].errors)) == (200, [field])
    assert 'value="a trade fair"' in response.content.decode()
    assert not Consent.objects.exists()


def test_a_yes_that_a_wider_no_beats_says_so(client: Client, acme: Customer) -> None:
    record(client, acme, channel="any", is_given="no")
    response = client.post(
        reverse("admin:customers_customer_consent", args=[acme.pk]),
        {"is_given": "yes", "purpose": "marketing", "channel": "email"},
        follow=True,
    )
    assert "They may still not be contacted" in response.content.decode()


def test_the_history_stands_on_the_page(client: Client, acme: Customer) -> None:
    for given in ("yes", "no"):
        record(client, acme, is_given=given)
    assert [row.is_given for row in client.get(page_of(acme)).context["consents"]] == [False, True]


def test_an_old_no_holds_however_much_was_said_since(
    client: Client, reachable: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("customers.admin.consent_card.SHOWN", 3)
    said = {"customer": reachable, "is_given": False, "at": NOW}
    record_consent(purpose="marketing", channel="any", said_at=NOW - 9 * DAY, **said)  # type: ignore[arg-type]
    for _ in range(5):
        record_consent(purpose="survey", channel="post", **said)  # type: ignore[arg-type]
    assert words(client, reachable)["email"] == ["Marketing: refused 2026-05-25"]
    assert len(client.get(page_of(reachable)).context["consents"]) == 3


def test_an_outsider_and_whoever_may_not_put_nothing_down(
    log_in: LogIn, otto: User, north: Team, acme: Customer
) -> None:
    assert record(log_in(otto), acme).status_code == 404
    analyst = log_in(make_user("ana", north, role="Analyst"))
    assert record(analyst, acme).status_code == 403
    assert "Record consent" not in analyst.get(page_of(acme)).content.decode()
    assert not Consent.objects.exists()


def test_the_list_is_read_only_and_holds_what_is_in_sight(
    log_in: LogIn, root: User, bob: User, acme: Customer, stranger: Customer
) -> None:
    for customer in (acme, stranger):
        record_consent(customer=customer, purpose="marketing", is_given=True, at=NOW)
    path = reverse("admin:customers_consent_changelist")
    assert [row.customer for row in log_in(bob).get(path).context["cl"].result_list] == [acme]
    assert [row.customer for row in log_in(bob).get(path, {"q": "acme"}).context["cl"].result_list] == [acme]
    client = log_in(root)
    assert len(client.get(path).context["cl"].result_list) == 2
    assert client.get(reverse("admin:customers_consent_add")).status_code == 403
    change = reverse("admin:customers_consent_change", args=[Consent.objects.first().pk])  # type: ignore[union-attr]
    assert client.get(change).status_code == 200
    assert client.post(change, {"is_given": ""}).status_code == 403
    assert client.post(change.replace("change", "delete"), {"post": "yes"}).status_code == 403
