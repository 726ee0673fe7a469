"""What the list does to many tickets at once."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer, User
from services.models import Queue, Ticket
from services.operations.solve_ticket import solve_ticket
from services.tests.operations.desk import a_ticket, after

LIST = "admin:services_ticket_changelist"


@pytest.fixture
def desk(client: Client, ann: User) -> Client:
    client.force_login(ann)
    return client


@pytest.fixture
def tickets(acme: Customer, queue: Queue, ann: User) -> list[Ticket]:
    """Two, of which the second is solved."""
    made = [a_ticket(acme, queue), a_ticket(acme, queue)]
    solve_ticket(ticket=made[1], by=ann, at=after(hours=1))
    return made


def act(client: Client, tickets: list[Ticket], action: str, **more: Any) -> str:
    data = {"action": action, "_selected_action": [ticket.pk for ticket in tickets], **more}
    return client.post(reverse(LIST) + "?show=all", data, follow=True).content.decode()


def of_all(name: str) -> list[Any]:
    return list(Ticket.objects.order_by("pk").values_list(name, flat=True))


def test_a_choice_is_asked_for_and_then_done(desk: Client, tickets: list[Ticket], ann: User) -> None:
    html = act(desk, tickets, "assign_tickets")
    assert "Of 2 tickets." in html and ">Ann<" in html
    assert of_all("assignee") == [None, None]
    assert "Done for 2 tickets." in act(desk, tickets, "assign_tickets", post="yes", to=ann.agent.pk)
    assert of_all("assignee") == [ann.agent.pk] * 2
    act(desk, tickets, "assign_tickets", post="yes", to="")
    assert of_all("assignee") == [None, None]


def test_who_refuses_is_named_and_keeps_no_other(desk: Client, tickets: list[Ticket]) -> None:
    html = act(desk, tickets, "prioritise_tickets", post="yes", to="4")
    assert f"{tickets[1].number}: Ticket {tickets[1].number} is solved" in html and "Done for 1 ticket." in html
    assert of_all("priority") == [4, 2]


def test_a_note_goes_on_each(desk: Client, tickets: list[Ticket]) -> None:
    act(desk, tickets, "note_tickets", post="yes", body="Storm")
    assert [ticket.messages.filter(kind="note").count() for ticket in tickets] == [1, 1]
    assert "This field is required." in act(desk, tickets, "note_tickets", post="yes", body="")


def test_they_move_to_another_queue(desk: Client, tickets: list[Ticket], queue: Queue) -> None:
    other = Queue.objects.create(name="Repairs", team=queue.team, calendar=queue.calendar)
    act(desk, tickets[:1], "queue_tickets", post="yes", to=other.pk)
    assert of_all("queue") == [other.pk, queue.pk]


@pytest.mark.parametrize(
    ("action", "after_it"),
    [
        ("pend_tickets", ["pending", "solved"]),
        ("hold_tickets", ["on_hold", "solved"]),
        ("reopen_tickets", ["open", "open"]),
        ("close_tickets", ["new", "closed"]),
    ],
)
def test_statuses_move_as_the_table_says(desk: Client, tickets: list[Ticket], action: str, after_it: list[str]) -> None:
    act(desk, tickets, action)
    assert of_all("status") == after_it


def test_an_agent_of_another_team_is_not_offered(desk: Client, tickets: list[Ticket], otto: User) -> None:
    act(desk, tickets, "assign_tickets", post="yes", to=otto.agent.pk)
    assert of_all("assignee") == [None, None]


def test_who_may_only_read_does_nothing(client: Client, bob: User, tickets: list[Ticket]) -> None:
    client.force_login(bob)
    act(client, tickets, "pend_tickets")
    assert of_all("status") == ["new", "solved"]
