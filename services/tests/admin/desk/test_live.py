"""What the page asks for by itself: the pulse and presence."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.models import Session, User, digest_of_key
from services.models import Notification, Presence, Ticket
from services.operations.add_note import add_note
from services.operations.note_presence import note_presence
from services.tests.admin.desk.conftest import at
from services.tests.operations.desk import after


def pulse(client: Any, ticket: Ticket, seen: str = "") -> Any:
    return client.get(at("pulse"), {"ticket": ticket.pk, "seen": seen})


def test_it_says_nothing_while_nothing_changes(desk: Client, ticket: Ticket, ann: User) -> None:
    first = pulse(desk, ticket).json()
    assert pulse(desk, ticket, first["seen"]).status_code == 204
    add_note(ticket=ticket, body="x", by=ann, at=after())
    second = pulse(desk, ticket, first["seen"]).json()
    assert second["ticket"] == str(ticket.version) != first["ticket"]
    assert second["desk"] > first["desk"]


def test_it_asks_three_questions(desk: Client, ticket: Ticket, otto: User) -> None:
    note_presence(ticket=ticket, user=otto, mode="viewing", at=timezone.now())  # type: ignore[arg-type]
    with CaptureQueriesContext(connection) as asked:
        pulse(desk, ticket)
    said = [query["sql"] for query in asked.captured_queries]
    ours = [sql for sql in said if 'FROM "services_' in sql or "FROM `services_" in sql]
    assert len(ours) == 3, ours
    assert not [sql for sql in said if sql.startswith(("UPDATE", "INSERT", "DELETE"))]


def test_others_are_named_and_oneself_is_not(desk: Client, ticket: Ticket, ann: User, otto: User) -> None:
    assert desk.post(at("presence", ticket.pk), {"mode": "typing"}).status_code == 204
    assert pulse(desk, ticket).json()["here"] == []
    note_presence(ticket=ticket, user=otto, mode="typing", at=timezone.now())  # type: ignore[arg-type]
    assert pulse(desk, ticket).json()["here"] == ["Otto is typing …"]
    Presence.objects.update(seen_at=timezone.now() - timedelta(seconds=61))
    assert pulse(desk, ticket).json()["here"] == []


def test_looking_reads_what_was_told_and_leaving_is_noted(desk: Client, ticket: Ticket, ann: User) -> None:
    Notification.objects.create(user=ann, ticket=ticket, kind="assigned", key="k", at=after())
    assert pulse(desk, ticket).json()["unread"] == "1"
    desk.post(at("presence", ticket.pk), {"mode": "viewing"})
    assert pulse(desk, ticket).json()["unread"] == ""
    desk.post(at("presence", ticket.pk), {"mode": "gone"})
    assert not Presence.objects.exists()
    assert desk.post(at("presence", ticket.pk), {"mode": "dancing"}).status_code == 422


def test_an_unattended_browser_is_logged_out_as_ever(desk: Client, ticket: Ticket) -> None:
    def expires() -> Any:
        return Session.objects.get(pk=digest_of_key(desk.cookies[settings.SESSION_COOKIE_NAME].value)).expire_date

    before = expires()
    pulse(desk, ticket)
    desk.post(at("presence", ticket.pk), {"mode": "viewing"})
    assert expires() == before
    desk.get(at("list"))
    assert expires() > before


def test_a_ticket_out_of_sight_is_silent(client: Client, ticket: Ticket, otto: User, ann: User) -> None:
    note_presence(ticket=ticket, user=ann, mode="viewing", at=timezone.now())  # type: ignore[arg-type]
    client.force_login(otto)
    now = pulse(client, ticket).json()
    assert (now["ticket"], now["here"]) == ("", [])
    assert client.post(at("presence", ticket.pk), {"mode": "viewing"}).status_code == 404


def test_what_came_since_somebody_wrote_is_told(desk: Client, ticket: Ticket, ann: User) -> None:
    last = ticket.events.order_by("pk").last()
    add_note(ticket=ticket, body="Look at this", by=ann, at=after())
    html = desk.get(at("ticket", ticket.pk), {"seen": last.pk if last else 0}).content.decode()
    assert "New since you began to write" in html
    assert "New since you began to write" not in desk.get(at("ticket", ticket.pk)).content.decode()
