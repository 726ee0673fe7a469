from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission

from customers.models import Customer, Team, User
from services.models import Queue, Ticket, TicketAttribute
from services.operations.solve_ticket import solve_ticket
from tests.cast import NOW
from tests.client import as_user, ids, url, with_token

pytestmark = pytest.mark.django_db


def test_it_opens_a_ticket(ann: User, acme: Customer, wang: Customer, queue: Queue) -> None:
    response = as_user(ann).post(
        url("tickets/"),
        {
            "customer": acme.pk,
            "requester": wang.pk,
            "queue": queue.pk,
            "subject": "泵漏水",
            "body": "Please help",
            "priority": 3,
        },
    )
    assert response.status_code == 201, response.content
    body = response.json()
    assert (body["status"], body["channel"], body["priority"], body["subject"]) == ("new", "api", 3, "泵漏水")
    assert response.headers["ETag"] == f'"{body["version"]}"'
    ticket = Ticket.objects.get(pk=body["id"])
    assert (ticket.team, ticket.messages.get().body) == (queue.team, "Please help")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("subject", ""),
        ("subject", "a\x00"),
        ("priority", 9),
        ("channel", "pigeon"),
        ("queue", 999),
        ("customer", 10**25),
        ("status", "closed"),
        ("attributes", {"x": ["\x00"]}),
        ("colour", "red"),
    ],
)
def test_what_is_not_right_is_refused(ann: User, acme: Customer, queue: Queue, field: str, value: Any) -> None:
    data = {"customer": acme.pk, "queue": queue.pk, "subject": "x", field: value}
    response = as_user(ann).post(url("tickets/"), data)
    assert (response.status_code, list(response.json()["errors"])) == (400, [field])
    assert not Ticket.objects.exists()


def test_a_customer_out_of_sight_does_not_exist(otto: User, acme: Customer, queue: Queue) -> None:
    response = as_user(otto).post(url("tickets/"), {"customer": acme.pk, "queue": queue.pk, "subject": "x"})
    assert (response.status_code, list(response.json()["errors"])) == (400, ["customer"])


def test_an_outsider_sees_none(otto: User, ticket: Ticket) -> None:
    client = as_user(otto)
    assert ids(client.get(url("tickets/"))) == []
    assert client.get(url(f"tickets/{ticket.pk}/")).status_code == 404


def test_fields_that_verbs_own_cannot_be_written(ann: User, ticket: Ticket) -> None:
    client, path = as_user(ann), url(f"tickets/{ticket.pk}/")
    etag = client.get(path).headers["ETag"]
    for field, value in (("status", "solved"), ("assignee", None), ("customer", 1), ("priority", 4), ("queue", 1)):
        response = client.patch(path, {field: value}, headers={"If-Match": etag})
        assert (response.status_code, list(response.json()["errors"])) == (400, [field])
    assert client.patch(path, {"subject": "Leak"}).status_code == 428
    TicketAttribute.objects.create(code="po", name="Order number", type="number")
    changed = client.patch(path, {"subject": "Leak", "attributes": {"po": 7}}, headers={"If-Match": etag})
    assert (changed.status_code, changed.json()["subject"]) == (200, "Leak")
    assert client.patch(path, {"subject": "x"}, headers={"If-Match": etag}).status_code == 412


def test_a_ticket_cannot_be_deleted(root: User, ticket: Ticket) -> None:
    assert as_user(root).delete(url(f"tickets/{ticket.pk}/"), headers={"If-Match": "*"}).status_code == 405


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 2),
        ("q=leaks", 1),
        ("status=new", 2),
        ("status=solved", 0),
        ("unsolved=true", 2),
        ("unsolved=false", 0),
        ("unassigned=true", 2),
        ("unassigned=false", 0),
        ("priority=4", 1),
        ("channel=web", 2),
        ("breaching=true", 2),
        ("breaching=false", 0),
        ("breached=true", 2),
        ("breached=false", 0),
        ("opened_after=2026-06-03T10:00:00Z", 2),
        ("opened_before=2026-06-03T10:00:00Z", 0),
        ("assignee=1", 0),
        ("ordering=-resolution_due_at", 2),
        ("ordering=first_reply_due_at", 2),
    ],
)
def test_it_filters(ann: User, open_one: Callable[..., Ticket], query: str, found: int) -> None:
    open_one()
    open_one("Valve", priority=4)
    assert len(ids(as_user(ann).get(url(f"tickets/?{query}")))) == found


def test_it_finds_the_tickets_of_a_requester(
    ann: User, open_one: Callable[..., Ticket], acme: Customer, wang: Customer
) -> None:
    ticket = open_one(requester=wang)
    open_one()
    assert ids(as_user(ann).get(url(f"tickets/?customer={wang.pk}"))) == [ticket.pk]
    assert len(ids(as_user(ann).get(url(f"tickets/?customer={acme.pk}")))) == 2
    assert ids(as_user(ann).get(url(f"tickets/?number={ticket.number}"))) == [ticket.pk]


def test_pages_by_due_time_show_every_ticket_once(ann: User, open_one: Callable[..., Ticket]) -> None:
    made = {open_one(f"T{n}", priority=1 + n % 2).pk for n in range(7)}
    client, seen = as_user(ann), []
    path: str | None = url("tickets/?page_size=2&ordering=resolution_due_at")
    while path:
        page = client.get(path).json()
        seen += [(row["resolution_due_at"], row["id"]) for row in page["results"]]
        path = page["next"]
    assert seen == sorted(seen)
    assert {pk for _, pk in seen} == made


@pytest.mark.parametrize("count", [3, 50])
def test_a_list_costs_the_same_however_long(
    ann: User, north: Team, acme: Customer, queue: Queue, count: int, django_assert_max_num_queries: Any
) -> None:
    Ticket.objects.bulk_create(
        Ticket(number=f"B-{n}", subject="x", customer=acme, queue=queue, team=north) for n in range(count)
    )
    client = with_token(ann)
    with django_assert_max_num_queries(8):
        assert len(ids(client.get(url("tickets/")))) == count


def test_one_ticket_takes_eight_queries_at_most(ann: User, ticket: Ticket, django_assert_max_num_queries: Any) -> None:
    client = with_token(ann)
    with django_assert_max_num_queries(8):  # token, user, permissions and teams among them
        assert client.get(url(f"tickets/{ticket.pk}/")).status_code == 200


def test_a_stale_save_is_told_what_stands_and_what_happened(ann: User, ticket: Ticket) -> None:
    client, path = as_user(ann), url(f"tickets/{ticket.pk}/")
    read = client.get(path)
    solve_ticket(ticket=ticket, by=ann, at=NOW)
    stale = client.patch(path, {"subject": "x"}, headers={"If-Match": read.headers["ETag"]})
    now = client.get(path)
    told = stale.json()["current"]
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert stale.headers["ETag"] == told["etag"] == now.headers["ETag"]
    assert (told["type"], told["id"], told["version"]) == ("ticket", ticket.pk, now.json()["version"])
    assert told["values"] == now.json() and told["values"]["status"] == "solved"
    first = told["events"][0]
    assert (first["kind"], first["by"], first["status_after"]) == ("status", "Ann", "solved")
    assert first["at"] == f"{NOW:%Y-%m-%dT%H:%M:%SZ}" and set(first) == {"id", "kind", "at", "by", "status_after"}
    assert client.patch(path, {"subject": "x"}, headers={"If-Match": told["etag"]}).status_code == 200


def test_a_verb_that_comes_too_late_is_told_what_stands(ann: User, ticket: Ticket) -> None:
    client, path = as_user(ann), url(f"tickets/{ticket.pk}/")
    solve_ticket(ticket=ticket, by=ann, at=NOW)
    late = client.post(f"{path}pend/")
    assert (late.status_code, late.json()["code"]) == (409, "illegal_transition")
    assert late.json()["current"]["values"]["status"] == "solved"
    nonsense = client.post(f"{path}reply/", {"body": "So"}, headers={"If-Match": "W/1"})
    assert (nonsense.status_code, nonsense.json()["current"]["values"]["status"]) == (412, "solved")


def test_a_refusal_tells_nothing_that_is_out_of_sight(ann: User, otto: User, ticket: Ticket) -> None:
    path = url(f"tickets/{ticket.pk}/")
    hidden = as_user(otto).patch(path, {"subject": "x"}, headers={"If-Match": '"9"'})
    assert hidden.status_code == 404 and "current" not in hidden.json()
    ann.user_permissions.remove(*Permission.objects.filter(codename="view_ticket"))
    ann.groups.clear()
    stale = as_user(ann).patch(path, {"subject": "x"}, headers={"If-Match": '"9"'})
    assert stale.status_code in {403, 412} and "current" not in stale.json()


PERIOD = "cohort_after=2026-06-01T00:00:00Z&cohort_before=2026-07-01T00:00:00Z"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (f"cohort=opened&{PERIOD}", 2),
        ("cohort=opened&cohort_after=2026-07-01T00:00:00Z&cohort_before=2026-08-01T00:00:00Z", 0),
        (f"cohort=open&{PERIOD}", 1),
        (f"cohort=solved&{PERIOD}&unassigned=true", 1),
        (f"cohort=resolved&{PERIOD}&cohort_least=0&cohort_below=3601", 1),
        (f"cohort=resolved&{PERIOD}&cohort_below=3600", 0),
        (f"cohort=resolved&{PERIOD}&cohort_least=3601", 0),
    ],
)
def test_it_finds_the_tickets_of_a_cohort(ann: User, open_one: Callable[..., Ticket], query: str, found: int) -> None:
    open_one()
    solve_ticket(ticket=open_one("Valve"), by=ann, at=NOW + timedelta(hours=1))
    assert len(ids(as_user(ann).get(url(f"tickets/?{query}")))) == found


@pytest.mark.parametrize(
    ("query", "fields", "said"),
    [
        (f"cohort=unicorns&{PERIOD}", ["cohort"], "not one of the available choices"),
        ("cohort=opened", ["cohort_after", "cohort_before"], "give when it begins"),
        ("cohort=opened&cohort_after=soon&cohort_before=2026-07-01T00:00:00Z", ["cohort_after"], "valid date"),
        ("cohort_before=2026-07-01T00:00:00Z", ["cohort_before"], "Name the `cohort`"),
        (f"cohort=opened&{PERIOD}&cohort_below=60", ["cohort_below"], "`replied` and `resolved`"),
        (f"cohort=replied&{PERIOD}&cohort_least=-1", ["cohort_least"], "greater than or equal to 0"),
        (f"cohort=replied&{PERIOD}&cohort_least=99999999999", ["cohort_least"], "less than or equal to"),
    ],
)
def test_a_cohort_that_cannot_be_asked_is_refused(ann: User, query: str, fields: list[str], said: str) -> None:
    response = as_user(ann).get(url(f"tickets/?{query}"))
    errors = response.json()["errors"]
    assert (response.status_code, sorted(errors)) == (400, fields)
    assert said in str(errors)
