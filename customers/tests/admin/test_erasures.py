"""Erasures in the admin: looked at, decided by a second person, proved."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer, Erasure, Team, User
from customers.operations.ask_for_erasure import ask_for_erasure
from customers.operations.log_interaction import log_interaction
from customers.operations.set_privacy_flag import set_privacy_flag
from customers.tests.admin.conftest import LogIn
from tests.cast import NOW, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(north: Team) -> User:
    """Ada, administrator."""
    return make_user("ada", north, role="Administrator")


@pytest.fixture
def erasure(wang: Customer, bob: User) -> Erasure:
    """Bob asked that Wang Fang be erased."""
    log_interaction(customer=wang, kind="call", direction="inbound", subject="Calls", author=bob, at=NOW)
    return ask_for_erasure(customer=wang, reason="By letter", by=bob, at=NOW)


def page_of(erasure: Erasure) -> str:
    return reverse("admin:customers_erasure_change", args=[erasure.pk])


def decide(client: Client, erasure: Erasure, verb: str, **data: Any) -> Any:
    address = reverse(f"admin:customers_erasure_{verb}", args=[erasure.pk])
    return client.post(address, {"version": erasure.version, "decision": "", **data}, follow=True)


def told(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def test_the_page_shows_what_would_happen(log_in: LogIn, ada: User, erasure: Erasure) -> None:
    page = log_in(ada).get(page_of(erasure)).content.decode()
    assert "Approve and erase" in page
    assert "Interactions" in page
    assert "replaced by a tombstone" in page
    assert "Proof of what was said" in page or "A figure or a date" in page


def test_a_second_person_approves_and_the_proof_is_shown(
    log_in: LogIn, ada: User, erasure: Erasure, wang: Customer
) -> None:
    answer = decide(log_in(ada), erasure, "approve")
    assert told(answer) == ["The person was erased."]
    assert "Nothing of the person was found again" in answer.content.decode()
    wang.refresh_from_db()
    assert wang.name == f"[erased] #{wang.pk}"
    page = log_in(ada).get(reverse("admin:customers_customer_page", args=[wang.pk])).content.decode()
    assert "This person was erased" in page
    assert "王芳" not in page


def test_whoever_asked_is_not_offered_to_approve_and_cannot(log_in: LogIn, ada: User, wang: Customer) -> None:
    own = ask_for_erasure(customer=wang, reason="By letter", by=ada, at=NOW)
    client = log_in(ada)
    assert "Approve and erase" not in client.get(page_of(own)).content.decode()
    assert "second person" in told(decide(client, own, "approve"))[0]
    wang.refresh_from_db()
    assert wang.erased_at is None


def test_back_office_asks_and_withdraws_and_does_not_decide(log_in: LogIn, bob: User, erasure: Erasure) -> None:
    client = log_in(bob)
    for verb in ("approve", "refuse"):
        assert decide(client, erasure, verb, decision="x").status_code == 403
    assert told(decide(client, erasure, "withdraw")) == ["Withdrawn."]
    assert Erasure.objects.get().state == "withdrawn"


def test_a_refusal_needs_a_reason(log_in: LogIn, ada: User, erasure: Erasure) -> None:
    client = log_in(ada)
    assert "Say why" in decide(client, erasure, "refuse").content.decode()
    assert told(decide(client, erasure, "refuse", decision="We could not tell who wrote")) == [
        "Refused. Tell the person why."
    ]
    assert Erasure.objects.get().state == "refused"


def test_what_stands_in_the_way_is_said(log_in: LogIn, ada: User, erasure: Erasure, wang: Customer) -> None:
    set_privacy_flag(customer=wang, kind="hold", is_set=True, reason="Case 7", by=ada, at=NOW)
    client = log_in(ada)
    assert "A legal hold stands" in client.get(page_of(erasure)).content.decode()
    assert "A legal hold stands" in told(decide(client, erasure, "approve"))[0]


def test_a_stale_decision_is_refused(log_in: LogIn, ada: User, erasure: Erasure) -> None:
    answer = decide(log_in(ada), erasure, "approve", version=7)
    assert "meanwhile" in told(answer)[0]
    assert Erasure.objects.get().state == "asked"


def test_outsiders_see_nothing_and_get_is_no_decision(log_in: LogIn, otto: User, ada: User, erasure: Erasure) -> None:
    otto.user_permissions.set(ada.groups.get().permissions.exclude(codename="see_all_teams"))
    outsider = log_in(User.objects.get(pk=otto.pk))
    assert outsider.get(page_of(erasure)).status_code == 404
    assert decide(outsider, erasure, "approve").status_code == 404
    address = reverse("admin:customers_erasure_approve", args=[erasure.pk])
    assert log_in(ada).get(address).status_code == 403


def test_the_list_and_the_navigation_tell_what_waits(log_in: LogIn, ada: User, erasure: Erasure) -> None:
    page = log_in(ada).get(reverse("admin:customers_erasure_changelist")).content.decode()
    assert "王芳" in page
    assert "Asked for" in page
    assert reverse("admin:data_register") in page
