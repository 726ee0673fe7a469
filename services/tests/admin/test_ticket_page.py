"""The page of a ticket, and every verb asked for through it."""

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.models import Customer, Order, Team, User
from services.choices import TicketStatus
from services.models import Agent, Holiday, Queue, SatisfactionRating, Ticket, TicketAttribute
from services.operations.add_note import add_note
from services.operations.add_time import add_time
from services.operations.assign_ticket import assign_ticket
from services.operations.close_ticket import close_ticket
from services.operations.link_tickets import link_tickets
from services.operations.merge_tickets import merge_tickets
from services.operations.rate_ticket import rate_ticket
from services.operations.reopen_ticket import reopen_ticket
from services.operations.reply_to_ticket import reply_to_ticket
from services.operations.set_parent import set_parent
from services.operations.solve_ticket import solve_ticket
from services.tests.operations.desk import a_ticket, after
from tests.cast import make_user

EVERY_PAGE = re.compile(
    "customers_session|FROM .customers_user. WHERE .customers_user.[.].id. =|^(SAVEPOINT|RELEASE|BEGIN|COMMIT)"
)


@pytest.fixture
def ticket(acme: Customer, wang: Customer, queue: Queue) -> Ticket:
    return a_ticket(acme, queue, requester=wang)


@pytest.fixture
def desk(client: Client, ann: User) -> Client:
    client.force_login(ann)
    return client


def page(ticket: Ticket) -> str:
    return reverse("admin:services_ticket_change", args=[ticket.pk])


def post(client: Client, ticket: Ticket, verb: str, **more: Any) -> Any:
    """Press a button of the page as it stands now."""
    last = ticket.events.order_by("pk").last()
    data = {"version": Ticket.objects.get(pk=ticket.pk).version, "seen_event": last.pk if last else 0, **more}
    return client.post(reverse("admin:services_ticket_do", args=[ticket.pk, verb]), data)


def test_it_shows_the_conversation_with_notes_and_events_apart(desk: Client, ticket: Ticket, ann: User) -> None:
    reply_to_ticket(ticket=ticket, body="On our way.", by=ann, at=after(hours=1))
    add_note(ticket=ticket, body="<b>He is angry</b>", by=ann, at=after(hours=2))
    html = desk.get(page(ticket)).content.decode()
    assert "desk-said--theirs" in html and "Water everywhere." in html and "王芳" in html
    assert "desk-said--ours" in html and "On our way." in html
    assert "desk-said--note" in html and "&lt;b&gt;He is angry" in html
    assert "New → Open" in html


def test_what_was_said_comes_before_what_followed_from_it(desk: Client, ticket: Ticket, ann: User) -> None:
    reply_to_ticket(ticket=ticket, body="Done.", by=ann, at=after(hours=1), status_after=TicketStatus.SOLVED)
    entries = desk.get(page(ticket)).context["entries"]
    assert [entry.side or entry.text for entry in entries] == [
        "Opened · Web form",
        "theirs",
        "ours",
        "New → Solved",
    ]


def test_it_shows_other_tickets_and_orders_of_the_customer(desk: Client, ticket: Ticket, queue: Queue) -> None:
    a_ticket(ticket.customer, queue, subject="Another leak")
    Order.objects.create(number="O-77", customer=ticket.customer, currency="GBP", ordered_at=after())
    card = reverse("admin:services_ticket_customer", args=[ticket.pk])
    html = desk.get(page(ticket)).content.decode()
    assert f'hx-get="{card}"' in html and 'href="?whole=1"' in html and "Another leak" not in html
    for answer in (desk.get(card), desk.get(page(ticket), {"whole": 1})):
        html = answer.content.decode()
        assert "Another leak" in html and "O-77" in html
        assert reverse("admin:customers_customer_page", args=[ticket.customer_id]) in html
    assert desk.post(card).status_code == 405


def test_who_may_only_read_sees_the_customer(client: Client, ticket: Ticket, bob: User, otto: User) -> None:
    card = reverse("admin:services_ticket_customer", args=[ticket.pk])
    client.force_login(bob)
    assert ticket.customer.name in client.get(card).content.decode()
    client.force_login(otto)
    assert client.get(card).status_code == 404


def test_a_customer_out_of_sight_is_not_shown(desk: Client, ticket: Ticket, south: Team) -> None:
    order = Order.objects.create(number="O-77", customer=ticket.customer, currency="GBP", ordered_at=after())
    card = reverse("admin:services_ticket_customer", args=[ticket.pk])
    context = desk.get(card).context
    assert (context["customer"], context["orders"]) == (ticket.customer, [order])
    Customer.objects.filter(pk=ticket.customer_id).update(team=south)
    context = desk.get(card).context
    assert (context["customer"], context["orders"]) == (None, [])


def test_it_hides_from_an_outsider(client: Client, ticket: Ticket, otto: User) -> None:
    client.force_login(otto)
    assert client.get(page(ticket)).status_code == 404
    assert post(client, ticket, "solve").status_code == 404
    assert client.get(reverse("admin:services_ticket_edit", args=[ticket.pk])).status_code == 404
    ticket.refresh_from_db()
    assert ticket.status == "new"


def test_who_may_only_read_gets_no_buttons(client: Client, ticket: Ticket, bob: User) -> None:
    client.force_login(bob)
    html = client.get(page(ticket)).content.decode()
    assert "desk-verbs" not in html and "desk-compose" not in html
    assert post(client, ticket, "solve").status_code == 403


def test_only_moves_that_the_table_allows_are_offered(desk: Client, ticket: Ticket, ann: User) -> None:
    assert [move.code for move in desk.get(page(ticket)).context["moves"]] == ["solve", "pend", "hold"]
    solve_ticket(ticket=ticket, by=ann, at=after(hours=1))
    response = desk.get(page(ticket))
    assert [move.code for move in response.context["moves"]] == ["reopen", "close"]
    assert [then for then, _label in response.context["then"]] == [""]
    close_ticket(ticket=ticket, by=ann, at=after(hours=1))
    response = desk.get(page(ticket))
    assert response.context["moves"] == [] and response.context["compose"] is None


@pytest.mark.parametrize(("then", "status"), [("", "open"), ("pending", "pending"), ("solved", "solved")])
def test_a_reply_is_sent(desk: Client, ticket: Ticket, then: str, status: str) -> None:
    response = post(desk, ticket, "compose", mode="reply", body="马上到。", then=then)
    assert response.status_code == 302 and response["Location"] == page(ticket) + "#latest"
    ticket.refresh_from_db()
    assert ticket.status == status
    assert ticket.messages.last().body == "马上到。"  # type: ignore[union-attr]


def test_a_note_is_kept(desk: Client, ticket: Ticket) -> None:
    post(desk, ticket, "compose", mode="note", body="Careful")
    note = ticket.messages.get(kind="note")
    assert (note.body, note.direction) == ("Careful", "internal")


def test_what_the_customer_said_reopens(desk: Client, ticket: Ticket, ann: User) -> None:
    solve_ticket(ticket=ticket, by=ann, at=after(hours=1))
    post(desk, ticket, "compose", mode="customer", body="It leaks again")
    ticket.refresh_from_db()
    assert (ticket.status, ticket.reopen_count) == ("open", 1)


@pytest.mark.parametrize(
    ("verb", "status"), [("solve", "solved"), ("pend", "pending"), ("hold", "on_hold"), ("reopen", "open")]
)
def test_a_move_is_done(desk: Client, ticket: Ticket, verb: str, status: str) -> None:
    assert post(desk, ticket, verb).status_code == 302
    ticket.refresh_from_db()
    assert ticket.status == status


def test_a_solved_ticket_is_closed(desk: Client, ticket: Ticket, ann: User) -> None:
    solve_ticket(ticket=ticket, by=ann, at=after(hours=1))
    post(desk, ticket, "close")
    ticket.refresh_from_db()
    assert ticket.status == "closed"


def test_an_illegal_move_is_refused_in_plain_words(desk: Client, ticket: Ticket) -> None:
    response = post(desk, ticket, "close")
    assert response.status_code == 409
    assert "A ticket that is new cannot become closed." in response.content.decode()


def test_it_is_taken_and_given(desk: Client, ticket: Ticket, ann: User, north: Team) -> None:
    post(desk, ticket, "take")
    ticket.refresh_from_db()
    assert ticket.assignee == ann.agent
    cara = Agent.objects.create(user=make_user("cara", north), name="Cara")
    post(desk, ticket, "assign", to=cara.pk)
    ticket.refresh_from_db()
    assert ticket.assignee == cara
    post(desk, ticket, "assign", to="")
    ticket.refresh_from_db()
    assert ticket.assignee is None


def test_it_is_not_given_to_an_agent_of_another_team(desk: Client, ticket: Ticket, otto: User) -> None:
    assert post(desk, ticket, "assign", to=otto.agent.pk).status_code == 422
    ticket.refresh_from_db()
    assert ticket.assignee is None


def test_what_somebody_else_has_is_not_taken(desk: Client, ticket: Ticket, otto: User, root: User) -> None:
    assign_ticket(ticket=ticket, to=otto.agent, by=root, at=after())
    response = post(desk, ticket, "take")
    assert response.status_code == 409 and "already taken by Otto" in response.content.decode()


def test_the_priority_is_set(desk: Client, ticket: Ticket) -> None:
    post(desk, ticket, "priority", to=4)
    ticket.refresh_from_db()
    assert ticket.priority == 4
    assert post(desk, ticket, "priority", to=9).status_code == 422


def test_a_rating_is_recorded_or_refused(desk: Client, ticket: Ticket) -> None:
    response = post(desk, ticket, "rate", scale="csat", value=9)
    assert response.status_code == 409 and "from 1 to 5" in response.content.decode()
    post(desk, ticket, "rate", scale="csat", value=4, comment="quick")
    assert SatisfactionRating.objects.get().value == 4
    assert "quick" in desk.get(page(ticket)).content.decode()


def test_a_stale_reply_is_refused_and_kept(desk: Client, ticket: Ticket, ann: User) -> None:
    seen = {"version": ticket.version, "seen_event": ticket.events.get().pk}
    solve_ticket(ticket=ticket, by=ann, at=after(hours=1))
    response = desk.post(
        reverse("admin:services_ticket_do", args=[ticket.pk, "compose"]),
        {**seen, "mode": "note", "body": "My long text"},
    )
    html = response.content.decode()
    assert response.status_code == 409
    assert "The ticket changed while this page was open" in html
    assert "New → Solved" in html and "My long text" in html
    assert not ticket.messages.filter(kind="note").exists()
    again = {"version": response.context["seen"]["version"], "mode": "note", "body": "My long text"}
    desk.post(reverse("admin:services_ticket_do", args=[ticket.pk, "compose"]), again)
    assert ticket.messages.filter(kind="note").exists()


@pytest.mark.parametrize("data", [{}, {"version": "x", "mode": "reply", "body": "a"}, {"version": 1, "body": "\x00"}])
def test_nonsense_is_refused(desk: Client, ticket: Ticket, data: dict[str, Any]) -> None:
    response = desk.post(reverse("admin:services_ticket_do", args=[ticket.pk, "compose"]), data)
    assert response.status_code == 422
    assert ticket.messages.count() == 1


def test_an_unknown_verb_or_ticket_is_not_found(desk: Client, ticket: Ticket) -> None:
    assert post(desk, ticket, "explode").status_code == 404
    assert desk.get(page(ticket).replace(str(ticket.pk), "999999")).status_code == 404
    assert desk.get(page(ticket).replace(f"/{ticket.pk}/", "/naughty/")).status_code == 404
    assert desk.get(reverse("admin:services_ticket_do", args=[ticket.pk, "solve"])).status_code == 405


def queries_of(client: Client, address: str) -> int:
    """How many queries a page takes, permissions and teams of the user among them; not counted are those that every
    page pays alike: session, user, and the transaction around the session's write."""
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    own = [query["sql"] for query in asked.captured_queries if not EVERY_PAGE.search(query["sql"])]
    return len(own)


def test_it_takes_eight_queries_however_much_there_is(desk: Client, ticket: Ticket, ann: User, north: Team) -> None:
    TicketAttribute.objects.create(code="site", name="Site", type="text")
    Ticket.objects.filter(pk=ticket.pk).update(attributes={"site": "Leeds"})
    tie(ticket, ann, number=1)
    desk.get(page(ticket))  # the counts of the menu are kept for a while, and SQLite is asked once what it can do
    few = queries_of(desk, page(ticket))
    for number in range(2, 12):
        tie(ticket, ann, number=number)
        Agent.objects.create(user=make_user(f"agent{number}", north), name=f"Agent {number}")
        Queue.objects.create(name=f"Queue {number}", team=north, calendar=ticket.queue.calendar)
        Holiday.objects.create(calendar=ticket.queue.calendar, date=date(2027, 1, number), name="Day off")
    many = queries_of(desk, page(ticket))
    html = desk.get(page(ticket)).content.decode()
    assert few == many <= 8
    assert html.count("desk-said--note") == 11 and "Leeds" in html and "Agent 11" in html and "Queue 11" in html
    assert "55 minutes in all" in html and html.count('desk-tie"') >= 33 and "quick 11" in html


def tie(ticket: Ticket, ann: User, *, number: int) -> None:
    """One more of everything that the page tells."""
    given: dict[str, Any] = {"by": ann, "at": after(minutes=number)}
    linked, part, gone = (a_ticket(ticket.customer, ticket.queue, subject=f"{kind} {number}") for kind in "lpg")
    ticket.refresh_from_db()
    link_tickets(from_ticket=ticket, to_ticket=linked, kind="related", **given)
    set_parent(ticket=part, parent=ticket, **given)
    merge_tickets(kept=ticket, gone=gone, across_customers=False, **given)
    ticket.refresh_from_db()
    add_time(ticket=ticket, minutes=5, note="on the phone", **given)
    add_note(ticket=ticket, body=f"Note {number}", **given)
    solve_ticket(ticket=ticket, **given)
    rate_ticket(ticket=ticket, value=4, scale="csat", comment=f"quick {number}", **given)
    reopen_ticket(ticket=ticket, **given)
