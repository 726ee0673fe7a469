"""Visitors are forgotten; what they said stays with the ticket."""

from datetime import timedelta

import pytest

from customers.models import User
from services.models import ChatSession, Message, Queue
from services.operations.forget_chats import forget_chats
from services.operations.solve_ticket import solve_ticket
from services.tests.operations.chats import begin, make_widget, say
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def test_who_said_nothing_is_forgotten_after_a_day_and_others_after_a_month(queue: Queue, ann: User) -> None:
    widget = make_widget(queue)
    begin(widget, "a")
    done, waits = begin(widget, "b"), begin(widget, "c")
    solve_ticket(ticket=say(done).message.ticket, by=ann, at=NOW)
    say(waits)
    assert forget_chats(at=NOW + timedelta(hours=23)) == 0
    assert forget_chats(at=NOW + timedelta(hours=25)) == 1
    assert forget_chats(at=NOW + timedelta(days=31)) == 1
    assert ChatSession.objects.get() == waits  # somebody still owes them an answer
    assert Message.objects.filter(direction="inbound").count() == 2
