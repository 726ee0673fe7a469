from typing import Any

import pytest
from django.utils import timezone

from customers.models import User
from customers.operations.add_contact_point import add_contact_point
from services.models import Message, Queue, Ticket
from services.operations.solve_ticket import solve_ticket
from tests.client import as_user, ids, url, with_token

pytestmark = pytest.mark.django_db

VERBS = ["reply", "note", "receive"]


def test_a_reply_opens_a_new_ticket(ann: User, ticket: Ticket) -> None:
    response = as_user(ann).post(url(f"tickets/{ticket.pk}/reply/"), {"body": "  On our way. "})
    assert response.status_code == 200, response.content
    body = response.json()
    assert (body["kind"], body["direction"], body["body"]) == ("reply", "outbound", "  On our way. ")
    assert (body["author"], body["ticket"]) == (ann.pk, ticket.pk)
    ticket.refresh_from_db()
    assert ticket.status == "open"
    assert ticket.first_replied_at is not None


def test_a_reply_may_set_the_status_after_it(ann: User, ticket: Ticket) -> None:
    client, path = as_user(ann), url(f"tickets/{ticket.pk}/reply/")
    assert client.post(path, {"body": "Done.", "status_after": "solved"}).status_code == 200
    ticket.refresh_from_db()
    assert ticket.status == "solved"
    wrong = client.post(path, {"body": "Hm", "status_after": "new"})
    assert (wrong.status_code, wrong.json()["code"]) == (409, "illegal_transition")
    assert not Message.objects.filter(body="Hm").exists()


def test_a_note_stays_in_the_house(ann: User, ticket: Ticket) -> None:
    body = as_user(ann).post(url(f"tickets/{ticket.pk}/note/"), {"body": "Old customer"}).json()
    assert (body["kind"], body["direction"]) == ("note", "internal")
    ticket.refresh_from_db()
    assert (ticket.status, ticket.first_replied_at) == ("new", None)


def test_a_message_from_the_customer_opens_the_ticket_again(ann: User, ticket: Ticket) -> None:
    client = as_user(ann)
    client.post(url(f"tickets/{ticket.pk}/solve/"))
    body = client.post(url(f"tickets/{ticket.pk}/receive/"), {"body": "Still leaks"}).json()
    assert (body["direction"], body["customer"]) == ("inbound", ticket.customer_id)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.reopen_count) == ("open", 1)


@pytest.mark.parametrize("verb", ["reply", "note"])
def test_nothing_is_said_on_a_closed_ticket(ann: User, ticket: Ticket, verb: str) -> None:
    client = as_user(ann)
    client.post(url(f"tickets/{ticket.pk}/solve/"))
    client.post(url(f"tickets/{ticket.pk}/close/"))
    response = client.post(url(f"tickets/{ticket.pk}/{verb}/"), {"body": "x"})
    assert (response.status_code, response.json()["code"]) == (409, "ticket_is_final")


def test_what_a_customer_writes_to_a_closed_ticket_answers_where_it_went(ann: User, ticket: Ticket) -> None:
    client = as_user(ann)
    client.post(url(f"tickets/{ticket.pk}/solve/"))
    client.post(url(f"tickets/{ticket.pk}/close/"))
    within = client.post(url(f"tickets/{ticket.pk}/receive/"), {"body": "Again"}).json()
    assert within["ticket"] == ticket.pk
    client.post(url(f"tickets/{ticket.pk}/solve/"))
    client.post(url(f"tickets/{ticket.pk}/close/"))
    Queue.objects.update(reopen_days=0)
    after_it = client.post(url(f"tickets/{ticket.pk}/receive/"), {"body": "And again"}).json()
    assert after_it["ticket"] != ticket.pk
    assert client.get(url(f"tickets/{after_it['ticket']}/")).json()["subject"] == ticket.subject


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("data", [{}, {"body": " \n"}, {"body": "\x00"}, {"body": None}, {"body": "x", "to": "y"}])
def test_a_text_is_needed_and_nothing_else(ann: User, ticket: Ticket, verb: str, data: Any) -> None:
    assert as_user(ann).post(url(f"tickets/{ticket.pk}/{verb}/"), data).status_code == 400
    assert Message.objects.count() == 1


@pytest.mark.parametrize("verb", VERBS)
def test_a_stale_version_is_refused(ann: User, ticket: Ticket, verb: str) -> None:
    response = as_user(ann).post(url(f"tickets/{ticket.pk}/{verb}/"), {"body": "x"}, headers={"If-Match": '"999"'})
    assert response.status_code == 412


@pytest.mark.parametrize("verb", VERBS)
def test_the_same_key_says_it_once(ann: User, ticket: Ticket, verb: str) -> None:
    client, key = as_user(ann), {"Idempotency-Key": "k1"}
    for _ in range(2):
        assert client.post(url(f"tickets/{ticket.pk}/{verb}/"), {"body": "x"}, headers=key).status_code == 200
    assert Message.objects.filter(body="x").count() == 1


@pytest.mark.parametrize("verb", VERBS)
def test_an_outsider_is_refused(otto: User, ticket: Ticket, verb: str) -> None:
    assert as_user(otto).post(url(f"tickets/{ticket.pk}/{verb}/"), {"body": "x"}).status_code == 404


def test_the_conversation_is_read_newest_first_or_oldest_first(ann: User, ticket: Ticket) -> None:
    client, path = as_user(ann), url(f"tickets/{ticket.pk}/messages/")
    client.post(url(f"tickets/{ticket.pk}/reply/"), {"body": "one"})
    client.post(url(f"tickets/{ticket.pk}/note/"), {"body": "two"})
    assert [row["body"] for row in client.get(path).json()["results"]] == ["two", "one", "Help!"]
    first = client.get(f"{path}?ordering=id&page_size=2").json()
    assert [row["body"] for row in first["results"]] == ["Help!", "one"]
    assert [row["body"] for row in client.get(first["next"]).json()["results"]] == ["two"]
    assert client.get(f"{path}?status=new").status_code == 400


def test_the_conversation_is_hidden_from_outsiders(otto: User, ticket: Ticket) -> None:
    assert as_user(otto).get(url(f"tickets/{ticket.pk}/messages/")).status_code == 404


@pytest.mark.parametrize("count", [3, 50])
def test_the_conversation_costs_the_same_however_long(
    ann: User, ticket: Ticket, count: int, django_assert_max_num_queries: Any
) -> None:
    Message.objects.bulk_create(
        Message(ticket=ticket, kind="note", direction="internal", body="x", at=ticket.created_at)
        for _ in range(count - 1)
    )
    client = with_token(ann)
    with django_assert_max_num_queries(8):
        assert len(ids(client.get(url(f"tickets/{ticket.pk}/messages/")))) == count


def test_the_links_of_a_question_for_a_rating_are_the_customers_alone(ann: User, ticket: Ticket) -> None:
    at = timezone.now()
    add_contact_point(customer=ticket.customer, kind="email", value="boss@example.org", at=at)
    solve_ticket(ticket=ticket, by=ann, at=at)
    question = Message.objects.get(ticket=ticket, is_automatic=True)
    assert "/rate/" in question.body
    [shown] = [
        row for row in as_user(ann).get(url(f"tickets/{ticket.pk}/messages/")).json()["results"] if row["is_automatic"]
    ]
    assert shown["id"] == question.pk and "/rate/" not in shown["body"] and "…" in shown["body"]
