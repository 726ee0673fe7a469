"""A call rings on the page, and is logged."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer, Interaction, Team, User
from services.models import Notification, Queue, Ticket
from services.operations.register_call import register_call
from services.tests.admin.desk.conftest import at
from tests.customers import enter

pytestmark = pytest.mark.django_db

NUMBER = "+442079460018"


@pytest.fixture
def anns(client: Client, ann: User) -> Client:
    client.force_login(ann)
    return client


@pytest.fixture
def caller(north: Team) -> Customer:
    return enter(north, "Canary & Sons", ("phone", NUMBER))


def ring(agent: User, **more: Any) -> Any:
    return register_call(**{"call_id": "c", "number": NUMBER, "agent": agent.agent, "at": timezone.now(), **more})


def cards(client: Client) -> Any:
    return client.get(at("pulse")).json()["calls"]


def test_the_customer_who_calls_is_shown_until_it_is_put_away(anns: Client, caller: Customer, ann: User) -> None:
    ring(ann)
    [card] = cards(anns)
    page = reverse("admin:customers_customer_page", args=[caller.pk])
    assert (card["title"], card["text"], card["url"]) == ("Canary & Sons", NUMBER, page)
    assert anns.post(at("call_seen", card["id"])).status_code == 204
    assert cards(anns) == []


def test_the_card_goes_when_the_call_has_ended(anns: Client, caller: Customer, ann: User) -> None:
    ring(ann)
    before = anns.get(at("pulse")).json()["seen"]
    ring(ann, state="answered")
    now = anns.get(at("pulse"), {"seen": before}).json()
    assert now["calls"][0]["state"] == "Answered"
    ring(ann, state="ended")
    assert cards(anns) == []


def test_a_customer_out_of_sight_is_a_number(client: Client, caller: Customer, otto: User, ann: User) -> None:
    ring(otto)
    client.force_login(otto)
    [card] = cards(client)
    assert card["title"] == NUMBER and "Canary" not in str(card)
    assert client.get(card["log"]).status_code == 200 and "Canary" not in client.get(card["log"]).content.decode()
    client.force_login(ann)
    assert cards(client) == [] and client.post(at("call_seen", card["id"])).status_code == 404


def test_the_bell_tells_of_calls(anns: Client, caller: Customer, ann: User) -> None:
    ring(ann)
    assert NUMBER in anns.get(at("bell")).content.decode()
    Notification.objects.create(user=ann, kind="webhook", detail="Warehouse", key="w", at=timezone.now())
    assert "Warehouse" in anns.get(at("bell")).content.decode()


def test_a_call_is_logged_as_an_interaction_or_a_ticket(
    anns: Client, caller: Customer, ann: User, queue: Queue
) -> None:
    address = f"{at('call')}?customer={caller.pk}"
    assert "Canary &amp; Sons" in anns.get(address).content.decode()
    typed = {"direction": "inbound", "subject": "Leaks", "note": "Again", "minutes": "3"}
    assert anns.post(address, typed).status_code == 302
    assert Interaction.objects.get().seconds == 180 and not Ticket.objects.exists()
    done: Any = anns.post(address, {**typed, "queue": queue.pk})
    assert done.url == f"{reverse('admin:desk')}?ticket={Ticket.objects.get().pk}"


def test_an_unknown_number_makes_a_customer_who_is_named(anns: Client, ann: User, north: Team, south: Team) -> None:
    call = ring(ann)
    address = f"{at('call')}?call={call.pk}"
    typed = {"direction": "inbound", "subject": "Leaks", "number": NUMBER}
    assert anns.post(address, typed).status_code == 422
    assert anns.post(address, {**typed, "name": "New", "team": south.pk}).status_code == 422
    assert anns.post(address, {**typed, "name": "New", "team": north.pk}).status_code == 302
    made = Customer.objects.get()
    assert made.name == "New" and made.contact_points.get().value == NUMBER
    ring(ann, state="ended", seconds=9)
    assert Interaction.objects.get().customer == made


def test_a_number_that_somebody_has_is_theirs(anns: Client, caller: Customer) -> None:
    typed = {"direction": "outbound", "subject": "Called back", "number": "+44 20 7946 0018"}
    assert anns.post(at("call"), typed).status_code == 302
    assert Interaction.objects.get().customer == caller


def test_a_number_of_somebody_out_of_sight_is_nobodys(client: Client, caller: Customer, otto: User) -> None:
    client.force_login(otto)
    typed = {"direction": "outbound", "subject": "Called back", "number": NUMBER}
    answer = client.post(at("call"), typed)
    assert answer.status_code == 422 and "Canary" not in answer.content.decode()
    assert not Interaction.objects.exists()


def test_who_may_not_sees_nothing(client: Client, caller: Customer, otto: User, bob: User, ann: User) -> None:
    call = ring(ann)
    client.force_login(otto)
    assert client.get(f"{at('call')}?customer={caller.pk}").status_code == 404
    assert client.get(f"{at('call')}?call={call.pk}").status_code == 404
    client.force_login(bob)  # no work at the desk
    assert client.get(at("call")).status_code == 403
