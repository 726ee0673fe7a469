"""A target that passes while nobody does anything is a breach all the same: told, listed, never erased."""

import pytest

from customers.models import Customer, User
from services.choices import EventKind, Priority
from services.models import EscalationStep, Notification, Queue, SLATarget, Ticket
from services.operations.change_priority import change_priority
from services.operations.escalate import escalate
from services.operations.receive_message import receive_message
from services.operations.record_breaches import record_breaches
from services.operations.reply_to_ticket import reply_to_ticket
from services.operations.solve_ticket import solve_ticket
from services.tests.operations.desk import a_ticket, after

LATE = after(hours=6)  # the first reply is due 4 business hours after 10:00, at 15:00


@pytest.fixture
def ticket(acme: Customer, queue: Queue, ann: User) -> Ticket:
    return a_ticket(acme, queue, assignee=ann.agent)


def breaches(ticket: Ticket) -> list[dict[str, str]]:
    return [event.data for event in ticket.events.filter(kind=EventKind.BREACHED)]


def test_a_passed_target_is_an_event_a_column_and_a_word_to_the_assignee(ticket: Ticket, ann: User) -> None:
    assert record_breaches(at=after(hours=5)) == 0
    assert record_breaches(at=LATE) == 1
    version = ticket.version
    ticket.refresh_from_db()
    assert ticket.first_reply_breached_at == after(hours=5)
    assert breaches(ticket) == [{"clock": "first_reply", "since": after(hours=5).isoformat()}]
    told = Notification.objects.get(kind="breach")
    assert (told.user, told.ticket, told.kind, told.detail) == (ann, ticket, "breach", "first_reply")
    # nobody who is writing a reply now is told that the ticket changed
    assert ticket.version == version


def test_twice_is_once(ticket: Ticket) -> None:
    record_breaches(at=LATE)
    assert record_breaches(at=LATE) == record_breaches(at=after(days=1)) == 0
    assert len(breaches(ticket)) == Notification.objects.filter(kind="breach").count() == 1


def test_each_clock_has_its_own(ticket: Ticket) -> None:
    assert record_breaches(at=after(days=9)) == 2
    assert [told["clock"] for told in breaches(ticket)] == ["first_reply", "resolution"]


def test_every_wait_that_was_too_long_is_told_and_the_first_is_kept(ticket: Ticket, ann: User) -> None:
    SLATarget.objects.update(next_reply_minutes=30)
    reply_to_ticket(ticket=ticket, body="Which?", by=ann, at=after(minutes=1))
    for hour in (1, 4):
        receive_message(ticket=ticket, body="This", by=None, at=after(hours=hour))
        assert record_breaches(at=after(hours=hour + 1)) == 1
        assert record_breaches(at=after(hours=hour + 1, minutes=1)) == 0
        reply_to_ticket(ticket=ticket, body="Sorry", by=ann, at=after(hours=hour + 1, minutes=5))
    assert [told["since"] for told in breaches(ticket)] == [
        after(hours=1, minutes=30).isoformat(),
        after(hours=4, minutes=30).isoformat(),
    ]
    ticket.refresh_from_db()
    assert ticket.next_reply_breached_at == after(hours=1, minutes=30)
    assert Notification.objects.filter(detail="next_reply").count() == 2


def test_what_was_told_outlives_another_priority(ticket: Ticket, ann: User) -> None:
    record_breaches(at=LATE)
    ticket.refresh_from_db()
    change_priority(ticket=ticket, to=Priority.LOW, by=ann, at=after(hours=7))
    assert ticket.first_reply_breached_at == after(hours=5) and len(breaches(ticket)) == 1


def test_who_was_answered_in_time_is_left_alone(ticket: Ticket, acme: Customer, queue: Queue, ann: User) -> None:
    reply_to_ticket(ticket=ticket, body="Here", by=ann, at=after(minutes=5))
    solve_ticket(ticket=a_ticket(acme, queue), by=ann, at=after(minutes=5))
    assert record_breaches(at=LATE) == 0


def test_a_step_tells_of_the_breach_that_it_meets(ticket: Ticket) -> None:
    assert ticket.policy is not None
    EscalationStep.objects.create(policy=ticket.policy, clock="first_reply", minutes=30, action="raise_priority")
    escalate(at=LATE)
    assert [told["clock"] for told in breaches(ticket)] == ["first_reply"]
    assert record_breaches(at=LATE) == 0 and Notification.objects.filter(kind="breach").count() == 1


def test_nobody_is_told_where_nobody_has_it(acme: Customer, queue: Queue) -> None:
    ticket = a_ticket(acme, queue)
    assert record_breaches(at=LATE) == 1
    assert len(breaches(ticket)) == 1 and not Notification.objects.exists()


def test_a_call_does_so_many_and_the_next_goes_on(acme: Customer, queue: Queue) -> None:
    for _number in range(3):
        a_ticket(acme, queue)
    assert [record_breaches(at=LATE, most=2), record_breaches(at=LATE, most=2)] == [2, 1]


def test_a_notification_says_which_clock(ticket: Ticket) -> None:
    record_breaches(at=LATE)
    assert [str(note.about) for note in Notification.objects.filter(kind="breach")] == ["First reply"]
