"""Merges, splits, links, parts, incidents and bulk verbs over the API."""

from collections.abc import Callable
from typing import Any

import pytest

from customers.models import Customer, Team, User
from services.models import Agent, Calendar, Message, Queue, Ticket
from services.operations.close_ticket import close_ticket
from services.operations.solve_ticket import solve_ticket
from tests.cast import NOW
from tests.client import as_user, ids, url

pytestmark = pytest.mark.django_db

Open = Callable[..., Ticket]


@pytest.fixture
def hidden(otto: User, south: Team) -> Ticket:
    """A ticket of South."""
    calendar = Calendar.objects.first()
    assert calendar is not None
    there = Customer.objects.create(kind="person", name="Someone", team=south)
    queue = Queue.objects.create(name="South", team=south, calendar=calendar)
    return Ticket.objects.create(number="S-1", subject="x", customer=there, queue=queue, team=south)


def post(user: User, ticket: Ticket, verb: str, **data: Any) -> Any:
    return as_user(user).post(url(f"tickets/{ticket.pk}/{verb}/"), data)


def test_a_merge_and_its_undo(ann: User, open_one: Open, hidden: Ticket) -> None:
    kept, gone = open_one("A"), open_one("B")
    merge = post(ann, kept, "merge", gone=gone.pk)
    assert (merge.status_code, merge.json()["gone"]) == (200, gone.pk)
    client = as_user(ann)
    assert client.get(url(f"tickets/{gone.pk}/")).json()["merged_into"] == kept.pk
    assert post(ann, kept, "merge", gone=gone.pk).json()["code"] == "illegal_transition"
    assert post(ann, kept, "merge", gone=kept.pk).json()["code"] == "tickets_cannot_merge"
    assert post(ann, kept, "merge", gone=hidden.pk).status_code == 400
    path = f"ticket-merges/{merge.json()['id']}/"
    assert client.post(url(f"{path}undo/")).json()["undone_by"] == ann.pk
    assert client.post(url(f"{path}undo/")).json()["code"] == "cannot_unmerge"
    assert client.get(url(f"tickets/{gone.pk}/")).json()["status"] == "new"


def test_of_another_customer_only_when_it_is_meant(ann: User, open_one: Open, wang: Customer) -> None:
    kept, gone = open_one(), open_one(customer=wang)
    assert post(ann, kept, "merge", gone=gone.pk).json()["code"] == "other_customer"
    assert post(ann, kept, "merge", gone=gone.pk, across_customers=True).status_code == 200


def test_a_stale_merge_is_refused(ann: User, open_one: Open) -> None:
    kept, gone = open_one(), open_one()
    path = url(f"tickets/{kept.pk}/merge/")
    assert as_user(ann).post(path, {"gone": gone.pk}, headers={"If-Match": '"9"'}).status_code == 412


def test_a_message_is_split_off(ann: User, open_one: Open) -> None:
    ticket, other = open_one(), open_one()
    only = ticket.messages.get()
    assert post(ann, ticket, "split", message=only.pk).json()["code"] == "nothing_would_be_left"
    second = post(ann, ticket, "receive", body="And the valve?").json()["id"]
    assert post(ann, other, "split", message=second).status_code == 400
    response = post(ann, ticket, "split", message=second, subject="The valve")
    assert (response.status_code, response.json()["subject"]) == (201, "The valve")
    assert Message.objects.get(pk=second).ticket_id == response.json()["id"]
    links = as_user(ann).get(url(f"tickets/{ticket.pk}/links/")).json()["results"]
    assert [(link["from_ticket"], link["kind"]) for link in links] == [(response.json()["id"], "split")]


def test_links_come_and_go(ann: User, open_one: Open, hidden: Ticket, root: User) -> None:
    one, two = open_one(), open_one()
    link = post(ann, one, "link", to=two.pk, kind="related").json()
    assert post(ann, two, "link", to=one.pk, kind="related").json() == link
    assert post(ann, one, "link", to=one.pk, kind="related").json()["code"] == "link_refused"
    assert post(ann, one, "link", to=hidden.pk, kind="related").status_code == 400
    assert post(ann, one, "link", to=two.pk, kind="follow_up").status_code == 400
    post(root, one, "link", to=hidden.pk, kind="related")
    client = as_user(ann)
    assert ids(client.get(url(f"tickets/{two.pk}/links/"))) == [link["id"]]
    assert ids(client.get(url(f"tickets/{one.pk}/links/"))) == [link["id"]]  # not the one that leads out of sight
    assert post(ann, two, "unlink", link=link["id"]).status_code == 200
    assert post(ann, two, "unlink", link=link["id"]).status_code == 400


def test_parts_close_no_circle(ann: User, open_one: Open) -> None:
    one, two = open_one(), open_one()
    assert post(ann, one, "parent", parent=two.pk).json()["parent"] == two.pk
    assert post(ann, two, "parent", parent=one.pk).json()["code"] == "parent_refused"
    assert post(ann, one, "parent", parent=None).json()["parent"] is None


def test_a_problem_is_solved_with_its_incidents_in_sight(ann: User, root: User, open_one: Open, hidden: Ticket) -> None:
    problem, one, two, other = (open_one(name) for name in "ABCD")
    for incident in (one, two):
        post(ann, incident, "link", to=problem.pk, kind="incident")
    post(root, hidden, "link", to=problem.pk, kind="incident")
    Ticket.objects.filter(pk=two.pk).update(status="solved")
    response = post(ann, problem, "solve-problem", body="The line is mended.")
    assert [(row["ticket"], row["done"]) for row in response.json()["results"]] == [(problem.pk, True), (one.pk, True)]
    statuses = dict(Ticket.objects.values_list("pk", "status"))
    assert statuses == {problem.pk: "solved", one.pk: "solved", two.pk: "solved", other.pk: "new", hidden.pk: "new"}
    assert Message.objects.filter(body="The line is mended.").count() == 2


def test_a_queue_is_changed(ann: User, open_one: Open, hidden: Ticket) -> None:
    ticket = open_one()
    assert post(ann, ticket, "queue", queue=hidden.queue_id).json()["team"] == hidden.team_id
    assert post(ann, ticket, "queue", queue=hidden.queue_id).status_code == 404  # it is South's now


def test_many_are_done_or_named(ann: User, open_one: Open, hidden: Ticket) -> None:
    fresh, closed = open_one(), open_one()
    solve_ticket(ticket=closed, by=ann, at=NOW)
    close_ticket(ticket=closed, by=ann, at=NOW)
    client = as_user(ann)

    def bulk(verb: str, **more: Any) -> list[tuple[Any, ...]]:
        given = {"tickets": [hidden.pk, closed.pk, fresh.pk, fresh.pk], "verb": verb, **more}
        results = client.post(url("tickets/bulk/"), given).json()["results"]
        return [(row["ticket"], row["done"], row["code"]) for row in results]

    final, gone = (closed.pk, False, "ticket_is_final"), (hidden.pk, False, "not_found")
    assert bulk("assign", assignee=ann.agent.pk) == sorted([(fresh.pk, True, ""), final, gone])
    assert bulk("prioritise", priority=4) == sorted([(fresh.pk, True, ""), final, gone])
    assert bulk("note", body="Storm") == sorted([(fresh.pk, True, ""), final, gone])
    assert bulk("pend") == sorted([(fresh.pk, True, ""), (closed.pk, False, "illegal_transition"), gone])
    fresh.refresh_from_db()
    assert (fresh.assignee, fresh.priority, fresh.status) == (ann.agent, 4, "pending")
    assert not hidden.events.exists()


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ({"verb": "solve", "body": "x"}, "body"),
        ({"verb": "note"}, "body"),
        ({"verb": "assign"}, "assignee"),
        ({"verb": "explode"}, "verb"),
        ({"verb": "note", "body": "x", "status_after": "solved"}, "status_after"),
        ({"verb": "solve", "tickets": []}, "tickets"),
        ({"verb": "solve", "tickets": list(range(1, 300))}, "tickets"),
    ],
)
def test_a_bulk_verb_takes_just_what_it_needs(ann: User, ticket: Ticket, data: Any, wrong: str) -> None:
    response = as_user(ann).post(url("tickets/bulk/"), {"tickets": [ticket.pk], **data})
    assert (response.status_code, list(response.json()["errors"])) == (400, [wrong])


def test_who_is_away_is_named(ann: User, ticket: Ticket) -> None:
    Agent.objects.update(is_active=False)
    given = {"tickets": [ticket.pk], "verb": "assign", "assignee": ann.agent.pk}
    results = as_user(ann).post(url("tickets/bulk/"), given).json()["results"]
    assert results[0]["code"] == "agent_takes_no_tickets" and "Ann" in results[0]["detail"]


def test_time_is_put_down_and_summed(ann: User, ticket: Ticket) -> None:
    client, path = as_user(ann), url(f"tickets/{ticket.pk}/time/")
    made = client.post(path, {"minutes": 30, "note": "On the phone"})
    assert (made.status_code, made.json()["user"]) == (201, ann.pk)
    assert client.post(path, {"minutes": -10}).status_code == 201
    for wrong in (0, -21, 10**6):
        response = client.post(path, {"minutes": wrong})
        assert (response.status_code, list(response.json()["errors"])) == (400, ["minutes"])
    found = client.get(path).json()
    assert (found["minutes"], [entry["minutes"] for entry in found["results"]]) == (20, [30, -10])
