"""A macro does all that it says, or nothing; its preview says the same beforehand."""

from typing import Any

import pytest

from customers.models import Customer, StaleVersion, User
from services.choices import Direction, MessageKind, Priority, TicketStatus
from services.models import Macro, Message, Queue, Ticket
from services.operations.apply_macro import apply_macro
from services.operations.assign_ticket import AlreadyTaken, assign_ticket
from services.operations.change_priority import TicketIsSolved
from services.operations.close_ticket import close_ticket
from services.operations.preview_macro import preview_macro
from services.operations.solve_ticket import solve_ticket
from services.operations.take_ticket import OnlyAgentsTake
from services.operations.ticket_change import TicketIsFinal
from services.operations.write_macro import write_macro
from services.tests.operations.desk import a_ticket, after


@pytest.fixture
def ticket(acme: Customer, queue: Queue) -> Ticket:
    return a_ticket(acme, queue)


def a_macro(**changes: Any) -> Macro:
    values = {"name": "M", "body": "Dear {customer.name}: {ticket.subject}. {agent.name}", **changes}
    return write_macro(macro=Macro(), changes=values, by=None, at=after())


def state(ticket: Ticket) -> tuple[Any, ...]:
    ticket.refresh_from_db()
    said = ticket.messages.filter(direction__in=[Direction.OUTBOUND, Direction.INTERNAL]).count()
    return ticket.status, ticket.priority, ticket.assignee, said


def test_it_takes_sets_replies_and_moves_in_one_go(ticket: Ticket, ann: User) -> None:
    macro = a_macro(takes_ticket=True, priority=Priority.URGENT, status_after=TicketStatus.PENDING)
    seen = preview_macro(macro=macro, ticket=ticket, by=ann)
    assert (seen.body, seen.status, seen.priority, seen.takes, seen.refusals) == (
        "Dear Acme Pumps: Pump leaks. Ann",
        TicketStatus.PENDING,
        Priority.URGENT,
        True,
        (),
    )
    apply_macro(macro=macro, ticket=ticket, by=ann, at=after(minutes=5), expected_version=ticket.version)
    assert state(ticket) == (TicketStatus.PENDING, Priority.URGENT, ann.agent, 1)
    message = Message.objects.get(author=ann)
    assert (message.body, message.kind, message.direction) == (seen.body, MessageKind.REPLY, Direction.OUTBOUND)
    assert ticket.first_replied_at == after(minutes=5)


def test_a_note_stays_in_the_house_whatever_text_is_given(ticket: Ticket, ann: User) -> None:
    macro = a_macro(kind=MessageKind.NOTE, status_after=TicketStatus.ON_HOLD)
    apply_macro(macro=macro, ticket=ticket, by=ann, at=after(minutes=5), body="Ask the workshop")
    message = Message.objects.get(author=ann)
    assert (message.body, message.kind, message.direction) == (
        "Ask the workshop",
        MessageKind.NOTE,
        Direction.INTERNAL,
    )
    ticket.refresh_from_db()
    assert (ticket.status, ticket.first_replied_at) == (TicketStatus.ON_HOLD, None)


def test_values_are_filled_in_once(ticket: Ticket, ann: User, acme: Customer) -> None:
    acme.name = "{ticket.number} & Sons"
    ticket.customer = acme
    seen = preview_macro(macro=a_macro(body="{customer.name}"), ticket=ticket, by=ann)
    assert seen.body == "{ticket.number} & Sons"


def test_a_macro_without_text_moves_the_ticket_alone(ticket: Ticket, ann: User) -> None:
    apply_macro(macro=a_macro(body="", status_after=TicketStatus.SOLVED), ticket=ticket, by=ann, at=after(minutes=5))
    assert state(ticket) == (TicketStatus.SOLVED, Priority.NORMAL, None, 0)


def test_the_status_that_it_has_already_is_no_error(ticket: Ticket, ann: User) -> None:
    macro = a_macro(kind=MessageKind.NOTE, status_after=TicketStatus.PENDING)
    for minutes in (1, 2):
        apply_macro(macro=macro, ticket=ticket, by=ann, at=after(minutes=minutes))
    assert state(ticket)[0] == TicketStatus.PENDING


@pytest.mark.parametrize("what", ["taken", "solved", "closed", "no agent", "stale"])
def test_what_is_refused_leaves_nothing_behind_and_was_foretold(
    what: str, ticket: Ticket, ann: User, otto: User, bob: User
) -> None:
    macro, by, version = a_macro(takes_ticket=True, priority=Priority.HIGH), ann, None
    expected: type[Exception] = AlreadyTaken
    if what == "taken":
        assign_ticket(ticket=ticket, to=otto.agent, by=None, at=after())
    elif what == "no agent":
        by, expected = bob, OnlyAgentsTake
    elif what == "stale":
        version, expected = ticket.version + 1, StaleVersion
    else:
        solve_ticket(ticket=ticket, by=ann, at=after())
        expected = TicketIsSolved
    if what == "closed":
        close_ticket(ticket=ticket, by=ann, at=after())
        expected = TicketIsFinal
    before = state(ticket)
    seen = preview_macro(macro=macro, ticket=ticket, by=by)
    assert bool(seen.refusals) == (what != "stale")
    with pytest.raises(expected) as refused:
        apply_macro(macro=macro, ticket=ticket, by=by, at=after(minutes=5), expected_version=version)
    assert what == "stale" or str(refused.value) in seen.refusals
    assert state(ticket) == before
