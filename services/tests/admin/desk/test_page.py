"""The desk: views with counts, lists, the open ticket; for who works on tickets, within its budgets of queries."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.models import Customer, Team, User
from services.models import DeskView, Notification, Queue, Ticket
from services.operations.assign_ticket import assign_ticket
from services.operations.reply_to_ticket import reply_to_ticket
from services.operations.solve_ticket import solve_ticket
from services.operations.write_desk_view import write_desk_view
from services.tests.admin.desk.conftest import at
from services.tests.operations.desk import a_ticket, after

TRANSACTION = ("SAVEPOINT", "RELEASE SAVEPOINT", "BEGIN", "COMMIT")


def counts(client: Any) -> dict[str, str]:
    groups = client.get(at("")).context["groups"]
    return {view.name: view.count for group in groups for view in group.views}


def found(client: Any, view: str, **more: Any) -> list[str]:
    return [row.ticket.subject for row in client.get(at("list"), {"view": view, **more}).context["list"].rows]


def test_each_view_counts_what_it_lists(desk: Any, acme: Customer, queue: Queue, ann: User, otto: User) -> None:
    def one(subject: str, **more: Any) -> Ticket:
        return a_ticket(acme, queue, subject=subject, **more)

    free, answered, mine, done = one("free"), one("answered"), one("mine"), one("done")
    for ticket in (answered, mine):
        assign_ticket(ticket=ticket, to=ann.agent, by=None, at=after())
    reply_to_ticket(ticket=answered, body="So", by=ann, at=after(minutes=1))
    solve_ticket(ticket=done, by=ann, at=after(minutes=1))
    Ticket.objects.exclude(pk=free.pk).update(resolution_due_at=timezone.now() + timedelta(days=2))
    Ticket.objects.update(first_reply_due_at=None, first_reply_breached_at=None)
    assert counts(desk) == {
        "Mine": "2",
        "Waiting for me": "1",
        "Chats waiting": "",
        "Late now": "1",
        "Unassigned": "1",
        "All unsolved": "3",
        "North support": "3",
    }
    assert sorted(found(desk, "mine")) == ["answered", "mine"]
    assert found(desk, "waiting") == ["mine"]
    assert found(desk, "breaching") == found(desk, "unassigned") == ["free"]
    assert found(desk, f"q{queue.pk}") == ["mine", "answered", "free"]


def test_saved_views_are_everybodys_or_ones_own(desk: Any, ticket: Ticket, ann: User, otto: User) -> None:
    def save(name: str, owner: User | None, **filters: Any) -> DeskView:
        values = {"name": name, "owner": owner, "filters": filters}
        return write_desk_view(view=DeskView(), changes=values, by=None, at=after())

    save("Normal ones", None, priority=2)
    save("My own", ann, q="leaks")
    foreign = save("Otto's", otto)
    broken = save("Broken", None, gone_filter=1, priority="nonsense")
    shown = counts(desk)
    assert (shown["Normal ones"], shown["My own"], shown["Broken"]) == ("1", "1", "")
    assert "Otto's" not in shown
    assert found(desk, f"v{broken.pk}") == []
    assert desk.get(at("list"), {"view": f"v{foreign.pk}"}).context["view"].code == "mine"


def test_counts_stop_at_99(desk: Any, ticket: Ticket, queue: Queue, acme: Customer) -> None:
    ready = {"customer": acme, "queue": queue, "team": queue.team, "subject": "x"}
    Ticket.objects.bulk_create(Ticket(number=f"N-{number}", **ready) for number in range(100))
    assert counts(desk)["All unsolved"] == "99+"


def test_the_list_is_walked_by_key(desk: Any, acme: Customer, queue: Queue) -> None:
    for number in range(33):
        a_ticket(acme, queue, subject=f"t{number}")
    first = desk.get(at("list"), {"view": "unsolved"}).context["list"]
    rest = desk.get(at("list"), {"view": "unsolved", "after": first.more}).context["list"]
    names = [row.ticket.subject for row in [*first.rows, *rest.rows]]
    assert names == [f"t{number}" for number in range(32, -1, -1)] and rest.more == ""


def test_a_row_says_since_when_the_customer_waits(desk: Any, ticket: Ticket, ann: User) -> None:
    def waits() -> Any:
        return desk.get(at("list"), {"view": "unsolved"}).context["list"].rows[0].waits_since

    assert waits() == after()
    reply_to_ticket(ticket=ticket, body="So", by=ann, at=after(minutes=1))
    assert waits() is None


def test_the_search_looks_beyond_the_view(desk: Any, ticket: Ticket) -> None:
    assert found(desk, "mine", q="leaks") == ["Pump leaks"]
    html = desk.get(at(""), {"q": "<b>nothing"}).content.decode()
    assert "&lt;b&gt;nothing" in html and "<b>nothing" not in html


def test_what_is_unread_is_marked(desk: Any, ticket: Ticket, ann: User, otto: User) -> None:
    for user in (ann, otto):
        Notification.objects.create(user=user, ticket=ticket, kind="assigned", key=f"k{user.pk}", at=after())
    page = desk.get(at(""), {"view": "unsolved"})
    assert page.context["list"].rows[0].is_unread and page.context["unread"] == "1"
    assert len(desk.get(at("bell")).context["told"]) == 1
    desk.post(at("bell"))
    page = desk.get(at(""), {"view": "unsolved"})
    assert not page.context["list"].rows[0].is_unread and page.context["unread"] == ""
    assert Notification.objects.get(read_at=None).user == otto


def test_texts_of_customers_are_text(desk: Any, acme: Customer, queue: Queue) -> None:
    nasty = "<img src=x onerror=alert(1)>"
    ticket = a_ticket(acme, queue, subject=nasty, body=nasty)
    html = desk.get(at(""), {"view": "unsolved", "ticket": ticket.pk}).content.decode()
    assert nasty not in html and html.count("&lt;img src=x onerror") >= 3


def test_an_outsider_sees_nothing_and_others_are_not_let_in(client: Any, ticket: Ticket, otto: User, bob: User) -> None:
    client.force_login(otto)
    page = client.get(at(""), {"view": "unsolved", "ticket": ticket.pk})
    assert page.context["list"].rows == [] and "Pump leaks" not in page.content.decode()
    for name in ("ticket", "customer", "macros"):
        assert client.get(at(name, ticket.pk)).status_code == 404
    for name in ("reply", "note", "draft", "presence", "attach"):
        assert client.post(at(name, ticket.pk), {"body": "x", "version": 1}).status_code == 404
    client.force_login(bob)  # back office reads tickets and changes none
    assert client.get(at("")).status_code == 403
    assert "Desk" not in [item["title"] for item in client.get("/admin/").context["sidebar_navigation"][0]["items"]]


def test_the_navigation_leads_to_it(desk: Any) -> None:
    items = desk.get(at("")).context["sidebar_navigation"][0]["items"]
    assert [(item["title"], item["active"]) for item in items][:2] == [("Dashboard", False), ("Desk", True)]


def test_it_keeps_to_its_budgets(desk: Any, acme: Customer, queue: Queue, ann: User, north: Team) -> None:
    for number in range(30):
        ticket = a_ticket(acme, queue, subject=f"t{number}")
        assign_ticket(ticket=ticket, to=ann.agent, by=None, at=after())
    reply_to_ticket(ticket=ticket, body="So", by=ann, at=after(minutes=1))
    for number in range(3):
        Queue.objects.create(name=f"Q{number}", team=north, calendar=queue.calendar)
        write_desk_view(view=DeskView(), changes={"name": f"V{number}"}, by=None, at=after())
    assert asked_by(desk, at(""), view="unsolved", ticket=ticket.pk) <= 25
    assert asked_by(desk, at("list"), view=f"q{queue.pk}") <= 8
    assert asked_by(desk, at("ticket", ticket.pk)) <= 20
    assert asked_by(desk, at("pulse"), ticket=ticket.pk) <= 3 + 4  # the user, their teams and their permissions


def asked_by(client: Any, address: str, **given: Any) -> int:
    """How many queries a page takes, less those of the session and the transaction, which every page pays alike."""
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address, given).status_code == 200
    said = [query["sql"] for query in asked.captured_queries]
    return len([sql for sql in said if not sql.startswith(TRANSACTION) and "customers_session" not in sql])


@pytest.mark.parametrize("asked", ["x", "-1", "99999999999999999999", "0"])
def test_nonsense_in_the_address_is_no_error(asked: str, desk: Any, ticket: Ticket) -> None:
    for name in ("ticket", "view", "q"):
        assert desk.get(at(""), {name: asked}).status_code == 200
    assert desk.get(at("list"), {"after": asked, "view": f"q{asked}"}).status_code == 200
