import pytest

from customers.models import Customer, User
from services.models import Message, Queue, Ticket
from services.operations.bulk import BULK_VERBS, bulk
from services.operations.close_ticket import close_ticket
from services.operations.link_tickets import link_tickets
from services.operations.solve_problem import solve_problem
from services.operations.solve_ticket import solve_ticket
from services.operations.ticket_change import TicketIsFinal
from services.tests.operations.desk import a_ticket, after
from services.transitions import IllegalTransition


@pytest.fixture
def tickets(acme: Customer, wang: Customer, queue: Queue, ann: User) -> list[Ticket]:
    """A new one of each customer, and a closed one between them."""
    made = [a_ticket(customer, queue) for customer in (acme, acme, wang)]
    solve_ticket(ticket=made[1], by=ann, at=after(hours=1))
    close_ticket(ticket=made[1], by=ann, at=after(hours=1))
    return made


def test_all_are_done_or_named(tickets: list[Ticket], ann: User) -> None:
    outcomes = bulk(tickets=reversed(tickets), verb="note", body="Storm", by=ann, at=after(hours=2))
    assert [outcome.ticket for outcome in outcomes] == tickets
    assert [type(outcome.refused) for outcome in outcomes] == [type(None), TicketIsFinal, type(None)]
    assert Message.objects.filter(body="Storm").count() == 2


@pytest.mark.parametrize("verb", ["pend", "hold", "solve", "reopen", "close"])
def test_one_that_cannot_move_is_as_it_was(tickets: list[Ticket], ann: User, verb: str) -> None:
    outcomes = bulk(tickets=[tickets[1]], verb=verb, by=ann, at=after(hours=2))
    assert isinstance(outcomes[0].refused, IllegalTransition)
    assert Ticket.objects.get(pk=tickets[1].pk).version == tickets[1].version


def test_every_verb_names_what_it_takes() -> None:
    assert {verb: names for verb, (_, names) in BULK_VERBS.items() if names} == {
        "assign": ("to",),
        "prioritise": ("to",),
        "queue": ("to",),
        "note": ("body",),
        "reply": ("body", "status_after"),
    }


def test_a_problem_is_solved_with_its_incidents(tickets: list[Ticket], acme: Customer, queue: Queue, ann: User) -> None:
    problem = a_ticket(acme, queue)
    for ticket in tickets:
        link_tickets(from_ticket=ticket, to_ticket=problem, kind="incident", by=ann, at=after(hours=1))
    outcomes = solve_problem(ticket=problem, body="Mended.", by=ann, at=after(hours=2))
    assert [outcome.ticket for outcome in outcomes] == [problem, tickets[0], tickets[2]]
    assert all(outcome.refused is None for outcome in outcomes)
    assert Message.objects.filter(body="Mended.", direction="outbound").count() == 3
    assert set(Ticket.objects.values_list("status", flat=True)) == {"solved", "closed"}


def test_a_problem_that_is_closed_answers_nobody(tickets: list[Ticket], ann: User) -> None:
    with pytest.raises(TicketIsFinal):
        solve_problem(ticket=tickets[1], body="Mended.", by=ann, at=after(hours=2))
    assert not Message.objects.filter(body="Mended.").exists()
