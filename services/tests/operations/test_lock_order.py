"""Many verbs at once on the tickets of one customer: nobody waits in a circle, nothing is lost."""

from collections.abc import Callable
from typing import Any

import pytest

from customers.models import Customer, Observation, User
from services.models import Message, Queue, Ticket, TicketEvent, TicketMerge
from services.operations.add_note import add_note
from services.operations.merge_tickets import merge_tickets
from services.operations.open_ticket import open_ticket
from services.operations.rate_ticket import rate_ticket
from services.operations.receive_message import receive_message
from services.operations.reply_to_ticket import reply_to_ticket
from services.operations.set_parent import ParentRefused, set_parent
from services.operations.ticket_change import TicketIsFinal
from services.operations.undo_ticket_merge import CannotUnmerge, undo_ticket_merge
from services.tests.operations.desk import a_ticket
from services.transitions import IllegalTransition
from tests.cast import NOW
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 12


def repeated(verb: Callable[[int], Any]) -> Callable[[], int]:
    """The verb so many times; returns how often. What it raises ends it, and is seen by the test."""

    def run() -> int:
        for number in range(ROUNDS):
            verb(number)
        return ROUNDS

    return run


def read(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def test_verbs_on_one_customer_never_meet_in_a_deadlock(
    acme: Customer, wang: Customer, queue: Queue, ann: User
) -> None:
    one, two, three = (a_ticket(acme, queue, requester=wang, subject=name) for name in "ABC")

    def asked(number: int) -> Message:
        return receive_message(ticket=read(one), body=f"{number}", by=None, at=NOW, customer=(acme, wang)[number % 2])

    done = at_once(
        repeated(asked),
        repeated(lambda n: receive_message(ticket=read(two), body=f"{n}", by=None, at=NOW)),
        repeated(lambda n: reply_to_ticket(ticket=read(three), body=f"{n}", by=ann, at=NOW)),
        repeated(lambda n: rate_ticket(ticket=read(two), value=1 + n % 5, by=None, at=NOW, customer=wang)),
        repeated(lambda n: open_ticket(customer=acme, requester=wang, subject="x", queue=queue, by=None, at=NOW)),
    )
    assert done == [ROUNDS] * 5
    assert Ticket.objects.count() == 3 + ROUNDS
    assert Message.objects.count() == 3 * (ROUNDS + 1)
    standing = Observation.objects.filter(superseded_version=None, subject_type="ticket", factor=3)
    assert standing.count() == 2 * Ticket.objects.count()  # one for each customer that it counts for


def test_merging_back_and_forth_while_people_write_loses_nothing(
    acme: Customer, wang: Customer, queue: Queue, ann: User
) -> None:
    first, second = a_ticket(acme, queue), a_ticket(wang, queue)

    def merge(kept: Ticket, gone: Ticket) -> None:
        try:
            made = merge_tickets(kept=read(kept), gone=read(gone), by=ann, at=NOW, across_customers=True)
            undo_ticket_merge(merge=TicketMerge.objects.get(pk=made.pk), by=ann, at=NOW)
        except (IllegalTransition, CannotUnmerge, TicketIsFinal):
            return  # the other merge came first

    done = at_once(
        repeated(lambda n: merge(first, second)),
        repeated(lambda n: merge(second, first)),
        repeated(lambda n: receive_message(ticket=read(first), body=f"{n}", by=None, at=NOW)),
        repeated(lambda n: receive_message(ticket=read(second), body=f"{n}", by=None, at=NOW)),
        repeated(lambda n: add_note_wherever(first, ann)),
    )
    assert done == [ROUNDS] * 5
    assert Message.objects.filter(kind="reply").count() == 2 + 2 * ROUNDS
    said = TicketEvent.objects.filter(kind="customer_message").exclude(data__has_key="merged_from")
    assert said.count() == 2 * ROUNDS
    for merge_row in TicketMerge.objects.filter(undone_at=None):
        undo_ticket_merge(merge=merge_row, by=ann, at=NOW)
    assert {ticket.status for ticket in Ticket.objects.all()} <= {"new", "open"}


def add_note_wherever(ticket: Ticket, by: User) -> None:
    row = read(ticket)
    try:
        add_note(ticket=row.merged_into or row, body="!", by=by, at=NOW)
    except TicketIsFinal:
        return  # merged in between


def test_two_who_make_each_ticket_part_of_the_other_close_no_circle(acme: Customer, queue: Queue) -> None:
    for _ in range(5):
        one, two, three = (a_ticket(acme, queue) for _ in range(3))
        set_parent(ticket=two, parent=three, by=None, at=NOW)
        done = at_once(
            lambda one=one, two=two: set_parent(ticket=read(one), parent=read(two), by=None, at=NOW),  # type: ignore[misc]
            lambda one=one, three=three: set_parent(ticket=read(three), parent=read(one), by=None, at=NOW),  # type: ignore[misc]
        )
        assert sorted(type(result).__name__ for result in done) == ["ParentRefused", "Ticket"], done
        assert sum(isinstance(result, ParentRefused) for result in done) == 1
