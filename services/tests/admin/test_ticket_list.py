"""The list of the desk: what it shows to whom, its filters, its actions and its budget of queries."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from customers.admin.paginator import DeepPaginator
from customers.models import Customer, Team, User
from services.admin.tickets import TicketAdmin
from services.choices import Priority
from services.models import Queue, Ticket
from services.operations.solve_ticket import solve_ticket
from services.tests.operations.desk import a_ticket, after
from tests.cast import make_user

LIST = "admin:services_ticket_changelist"


@pytest.fixture
def desk(client: Client, ann: User) -> Client:
    client.force_login(ann)
    return client


def shown(client: Client, query: str = "") -> set[str]:
    """The subjects in the list."""
    response = client.get(reverse(LIST) + query)
    assert response.status_code == 200
    return {ticket.subject for ticket in response.context["cl"].result_list}


def test_it_shows_the_teams_tickets_only(client: Client, acme: Customer, queue: Queue, otto: User) -> None:
    a_ticket(acme, queue)
    client.force_login(otto)
    assert shown(client, "?show=all") == set()


def test_first_come_the_unsolved(desk: Client, acme: Customer, queue: Queue, ann: User) -> None:
    a_ticket(acme, queue, subject="To do")
    solve_ticket(ticket=a_ticket(acme, queue, subject="Done"), by=ann, at=after(hours=1))
    assert shown(desk) == {"To do"}
    assert shown(desk, "?show=all") == {"To do", "Done"}


def test_mine_and_nobodys(desk: Client, acme: Customer, queue: Queue, ann: User) -> None:
    a_ticket(acme, queue, subject="Mine", assignee=ann.agent)
    a_ticket(acme, queue, subject="Nobody's")
    assert shown(desk, "?show=mine") == {"Mine"}
    assert shown(desk, "?show=unassigned") == {"Nobody's"}


def test_late_and_soon_due(desk: Client, acme: Customer, queue: Queue) -> None:
    queue.calendar.hours = {str(day): [["00:00", "24:00"]] for day in range(7)}
    queue.calendar.save()
    a_ticket(acme, queue, subject="Late")  # years ago
    a_ticket(acme, queue, subject="Soon", at=timezone.now(), priority=Priority.URGENT)
    a_ticket(acme, queue, subject="Later", at=timezone.now(), priority=Priority.LOW)
    assert shown(desk, "?sla=late") == {"Late"} == shown(desk, "?sla=missed")
    assert shown(desk, "?sla=soon") == {"Soon"}
    html = desk.get(reverse(LIST)).content.decode()
    assert "late by" in html and "due in" in html


def test_it_is_searched_by_number_and_subject_whatever_the_status(
    desk: Client, acme: Customer, queue: Queue, ann: User
) -> None:
    ticket = a_ticket(acme, queue, subject="水泵漏水")
    a_ticket(acme, queue, subject="Other")
    solve_ticket(ticket=ticket, by=ann, at=after(hours=1))
    assert shown(desk, f"?q={ticket.number.lower()}") == {"水泵漏水"}
    assert shown(desk, "?q=漏水") == {"水泵漏水"}


def test_it_filters_by_columns_and_by_a_customer(
    desk: Client, acme: Customer, wang: Customer, queue: Queue, ann: User
) -> None:
    a_ticket(acme, queue, subject="A", priority=Priority.URGENT, assignee=ann.agent)
    a_ticket(wang, queue, subject="B")
    assert shown(desk, "?priority__exact=4") == {"A"}
    assert shown(desk, f"?assignee__id__exact={ann.agent.pk}") == {"A"}
    assert shown(desk, f"?queue__id__exact={queue.pk}&status__exact=new") == {"A", "B"}
    assert shown(desk, f"?customer__id__exact={wang.pk}") == {"B"}


def test_the_chosen_are_taken_and_solved(desk: Client, acme: Customer, queue: Queue, ann: User) -> None:
    tickets = [a_ticket(acme, queue), a_ticket(acme, queue)]
    chosen = {"_selected_action": [ticket.pk for ticket in tickets]}
    desk.post(reverse(LIST) + "?show=all", {"action": "take_tickets", **chosen})
    assert set(Ticket.objects.values_list("assignee__name", flat=True)) == {"Ann"}
    solve_ticket(ticket=tickets[0], by=ann, at=after(hours=1))
    response = desk.post(reverse(LIST) + "?show=all", {"action": "solve_tickets", **chosen}, follow=True)
    assert set(Ticket.objects.values_list("status", flat=True)) == {"solved"}
    assert f"{tickets[0].number}:" in response.content.decode()


def test_nobody_deletes(client: Client, acme: Customer, queue: Queue, root: User) -> None:
    ticket = a_ticket(acme, queue)
    client.force_login(root)
    assert client.post(reverse("admin:services_ticket_delete", args=[ticket.pk]), {"post": "yes"}).status_code == 403
    client.post(reverse(LIST), {"action": "delete_selected", "_selected_action": [ticket.pk], "post": "yes"})
    assert Ticket.objects.exists()


def test_it_goes_further_than_it_counts(
    desk: Client, acme: Customer, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DeepPaginator, "counted_rows", 3)
    monkeypatch.setattr(TicketAdmin, "list_per_page", 2)
    for number in range(9):
        a_ticket(acme, queue, subject=f"T{number}")
    pages = [desk.get(f"{reverse(LIST)}?show=all&p={page}") for page in range(1, 6)]
    rows = [[ticket.subject for ticket in page.context["cl"].result_list] for page in pages]
    assert rows == [["T8", "T7"], ["T6", "T5"], ["T4", "T3"], ["T2", "T1"], ["T0"]]
    assert ["Further" in page.content.decode() for page in pages] == [False, True, True, True, False]
    assert "e=1" in desk.get(f"{reverse(LIST)}?show=all&p=6").headers["Location"]


@pytest.mark.parametrize("rows", [1, 60])
@pytest.mark.parametrize("query", ["", "?show=all&p=2", "?q=ticket", "?q=7&show=all", "?status__exact=new&sla=late"])
def test_it_asks_the_database_at_most_eight_times(
    client: Client, north: Team, acme: Customer, queue: Queue, rows: int, query: str
) -> None:
    client.force_login(make_user("cara", north, role="Lead"))
    tickets = [a_ticket(acme, queue, subject=f"Ticket {number}") for number in range(min(rows, 2))]
    for number in range(len(tickets), rows):
        copy = Ticket.objects.get(pk=tickets[0].pk)
        copy.pk, copy.number, copy._state.adding = None, f"C-{number}", True
        copy.save()
    address = reverse(LIST) + query
    client.get(address)  # the choices of the filters are remembered for a minute
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    asked = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(asked) <= 8, asked
