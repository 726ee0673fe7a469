"""Calls: shown while they ring, put down when they have ended, each once."""

from datetime import timedelta
from typing import Any

import pytest

from customers.choices import Direction
from customers.models import Customer, Interaction, Team, User
from services.models import Notification, PhoneCall, Queue, Ticket
from services.operations.forget_calls import forget_calls
from services.operations.log_call import log_call
from services.operations.register_call import register_call
from tests.cast import NOW
from tests.customers import enter

pytestmark = pytest.mark.django_db

NUMBER = "+44 20 7946 0018"


@pytest.fixture
def caller(north: Team) -> Customer:
    return enter(north, "Acme", ("phone", "020 7946 0018"), country="GB")


def ring(**more: Any) -> PhoneCall:
    return register_call(**{"call_id": "c1", "number": NUMBER, "at": NOW, **more})


def test_a_call_finds_the_customer_and_is_shown_to_its_agent(caller: Customer, ann: User, otto: User) -> None:
    call = ring(agent=ann.agent)
    assert call.customer == caller
    told = Notification.objects.get()
    assert (told.user, told.kind, told.call) == (ann, "call", call)


def test_a_call_for_nobody_in_particular_is_shown_to_who_may_see_the_customer(
    caller: Customer, ann: User, otto: User
) -> None:
    ring()
    assert [note.user for note in Notification.objects.all()] == [ann]
    register_call(call_id="c2", number="+49 30 901820", at=NOW)  # nobody knows it
    assert {note.user for note in Notification.objects.filter(call__call_id="c2")} == {ann, otto}


def test_the_same_event_again_changes_nothing(caller: Customer, ann: User) -> None:
    for _ in range(2):
        ring(agent=ann.agent)
    for _ in range(2):
        ring(state="ended", seconds=90, at=NOW + timedelta(minutes=2))
    ring(state="ringing")  # late
    call, interaction = PhoneCall.objects.get(), Interaction.objects.get()
    assert (call.state, call.seconds, call.interaction) == ("ended", 90, interaction)
    assert Notification.objects.count() == 1
    assert (interaction.kind, interaction.seconds, interaction.at) == ("call", 90, NOW)
    assert (interaction.author, interaction.customer, interaction.direction) == (ann, caller, Direction.INBOUND)


def test_one_that_begins_with_its_end_is_put_down_all_the_same(caller: Customer) -> None:
    ring(state="missed")
    assert Interaction.objects.get().subject == "Missed call" and not Notification.objects.exists()


def test_who_is_passed_on_to_another_agent_is_shown_there(caller: Customer, ann: User, otto: User) -> None:
    ring(agent=ann.agent)
    ring(agent=otto.agent)
    assert {note.user for note in Notification.objects.all()} == {ann, otto}


def test_an_outgoing_call_rings_for_nobody(caller: Customer, ann: User) -> None:
    ring(direction="outbound", agent=ann.agent)
    assert not Notification.objects.exists()


def test_a_customer_who_was_made_while_they_talked_gets_the_call(north: Team, ann: User) -> None:
    ring(agent=ann.agent)
    made = enter(north, "New", ("phone", NUMBER))
    ring(state="ended", seconds=5)
    assert Interaction.objects.get().customer == made


def test_of_a_number_that_nobody_has_nothing_is_put_down(ann: User) -> None:
    assert ring(state="ended").interaction is None and not Interaction.objects.exists()


def test_the_number_is_not_readable_in_the_database(ann: User) -> None:
    ring()
    assert "7946" not in str(list(PhoneCall.objects.values()))


def test_logging_what_the_telephone_told_of_fills_it_in(caller: Customer, ann: User, queue: Queue) -> None:
    call = ring(state="ended", seconds=61)
    interaction, ticket = log_call(
        customer=caller, subject="Leaks", note="Third time", queue=queue, call=call, by=ann, at=NOW
    )
    assert Interaction.objects.get() == interaction
    assert (interaction.subject, interaction.body, interaction.seconds) == ("Leaks", "Third time", 61)
    assert ticket is not None and (ticket.channel, ticket.messages.get().body) == ("phone", "Third time")


def test_what_was_logged_while_they_talked_is_not_doubled_at_the_end(caller: Customer, ann: User) -> None:
    call = ring(agent=ann.agent)
    log_call(customer=caller, subject="Leaks", call=call, by=ann, at=NOW)
    ring(state="ended", seconds=61)
    assert Interaction.objects.get().subject == "Leaks" and not Ticket.objects.exists()


def test_calls_are_forgotten_after_a_month_and_what_was_put_down_stays(caller: Customer) -> None:
    ring(state="ended")
    assert forget_calls(at=NOW + timedelta(days=29)) == 0
    assert forget_calls(at=NOW + timedelta(days=31)) == 1
    assert Interaction.objects.count() == 1 and not PhoneCall.objects.exists()
