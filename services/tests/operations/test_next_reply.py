"""The clock of later replies: whoever writes again waits again."""

import pytest

from customers.models import Customer, User
from services.choices import EventKind, Priority
from services.models import Queue, SLATarget, Ticket
from services.operations.add_note import add_note
from services.operations.change_priority import change_priority
from services.operations.receive_message import receive_message
from services.operations.reopen_ticket import reopen_ticket
from services.operations.reply_to_ticket import reply_to_ticket
from services.operations.solve_ticket import solve_ticket
from services.tests.operations.desk import a_ticket, after


@pytest.fixture
def answered(acme: Customer, queue: Queue, ann: User) -> Ticket:
    """A ticket whose first reply came at 10:10; the next ones are due within an hour, urgent ones in a quarter."""
    SLATarget.objects.filter(priority=Priority.NORMAL).update(next_reply_minutes=60)
    SLATarget.objects.filter(priority=Priority.URGENT).update(next_reply_minutes=15)
    ticket = a_ticket(acme, queue)
    reply_to_ticket(ticket=ticket, body="Which pump?", by=ann, at=after(minutes=10))
    return ticket


def ask(ticket: Ticket, *, minutes: float) -> None:
    receive_message(ticket=ticket, body="And now?", by=None, at=after(minutes=minutes))


def test_nobody_waits_after_the_reply(answered: Ticket) -> None:
    assert (answered.next_reply_due_at, answered.next_reply_breached_at) == (None, None)


def test_the_first_message_since_the_reply_starts_the_wait(answered: Ticket) -> None:
    ask(answered, minutes=20)
    ask(answered, minutes=30)
    assert answered.next_reply_due_at == after(minutes=80)


def test_only_business_time_counts(answered: Ticket) -> None:
    ask(answered, minutes=140)  # 12:20; the office closes from 12:30 to 13:30
    assert answered.next_reply_due_at == after(minutes=260)


def test_a_note_does_not_answer_and_a_reply_does(answered: Ticket, ann: User) -> None:
    ask(answered, minutes=20)
    add_note(ticket=answered, body="Looking", by=ann, at=after(minutes=30))
    stored = Ticket.objects.get()
    assert stored.next_reply_due_at == after(minutes=80)
    reply_to_ticket(ticket=answered, body="Today", by=ann, at=after(minutes=80))
    assert (answered.next_reply_due_at, answered.next_reply_breached_at) == (None, None)


def test_a_late_reply_leaves_its_breach_for_ever(answered: Ticket, ann: User) -> None:
    ask(answered, minutes=20)
    reply_to_ticket(ticket=answered, body="Sorry", by=ann, at=after(minutes=81))
    assert (answered.next_reply_due_at, answered.next_reply_breached_at) == (None, after(minutes=80))
    ask(answered, minutes=90)
    reply_to_ticket(ticket=answered, body="There", by=ann, at=after(minutes=95))
    solve_ticket(ticket=answered, by=ann, at=after(minutes=96))
    assert answered.next_reply_breached_at == after(minutes=80)


def test_solving_settles_the_wait_and_reopening_asks_nothing_by_itself(answered: Ticket, ann: User) -> None:
    ask(answered, minutes=20)
    solve_ticket(ticket=answered, by=ann, at=after(minutes=30))
    assert answered.next_reply_due_at is None
    reopen_ticket(ticket=answered, by=ann, at=after(minutes=40))
    assert answered.next_reply_due_at is None
    ask(answered, minutes=50)
    assert answered.next_reply_due_at == after(minutes=110)


def test_a_higher_priority_is_due_sooner_and_a_breach_survives_a_lower_one(answered: Ticket, ann: User) -> None:
    ask(answered, minutes=20)
    change_priority(ticket=answered, to=Priority.URGENT, by=ann, at=after(minutes=25))
    assert answered.next_reply_due_at == after(minutes=35)
    change_priority(ticket=answered, to=Priority.NORMAL, by=ann, at=after(minutes=45))
    assert answered.next_reply_due_at == after(minutes=80)
    assert answered.next_reply_breached_at == after(minutes=35)
    told = answered.events.get(kind=EventKind.BREACHED)
    assert told.data == {"clock": "next_reply", "since": after(minutes=35).isoformat()}


def test_the_promise_at_the_time_of_the_reply_is_the_one_it_kept(answered: Ticket, ann: User) -> None:
    ask(answered, minutes=20)
    reply_to_ticket(ticket=answered, body="Soon", by=ann, at=after(minutes=50))
    change_priority(ticket=answered, to=Priority.URGENT, by=ann, at=after(minutes=55))
    assert answered.next_reply_breached_at is None


def test_lists_know_who_waits_too_long(answered: Ticket, ann: User) -> None:
    ask(answered, minutes=20)
    breaching, breached = Ticket.objects.breaching, Ticket.objects.breached
    assert not breaching(at=after(minutes=80)).exists() and breaching(at=after(minutes=81)).exists()
    assert Ticket.objects.due_soon(at=after(minutes=30), until=after(minutes=90)).exists()
    reply_to_ticket(ticket=answered, body="Sorry", by=ann, at=after(minutes=90))
    assert not breaching(at=after(minutes=91)).exists() and breached(at=after(minutes=91)).exists()
