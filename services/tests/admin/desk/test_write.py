"""What is written on the desk: replies, notes that never go out, drafts, and what happens when two write."""

from typing import Any
from urllib.parse import unquote

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from customers.models import User
from services.choices import Direction, MessageKind, TicketStatus
from services.models import Draft, Message, Ticket
from services.operations.change_priority import change_priority
from services.operations.close_ticket import close_ticket
from services.operations.solve_ticket import solve_ticket
from services.tests.admin.desk.conftest import at, post
from services.tests.operations.desk import after
from tests.cast import make_user


def test_a_reply_is_sent_and_the_ticket_moves(desk: Client, ticket: Ticket, ann: User) -> None:
    desk.post(at("draft", ticket.pk), {"kind": "reply", "body": "We co"})
    response = post(desk, at("reply", ticket.pk), ticket, body="We come.", then="solved")
    assert response.status_code == 200 and "solved" in unquote(response.headers["X-Desk-Said"])
    assert "We come." in response.content.decode()
    message = Message.objects.get(author=ann)
    assert (message.kind, message.direction, message.body) == (MessageKind.REPLY, Direction.OUTBOUND, "We come.")
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.SOLVED and not Draft.objects.exists()


@pytest.mark.parametrize(
    "forged",
    [
        {"kind": "reply"},
        {"mode": "reply"},
        {"direction": "outbound", "kind": "reply"},
        {"then": "solved", "status_after": "solved"},
        {"dk-kind": "reply"},
    ],
)
def test_a_note_never_goes_out_whatever_the_form_says(
    forged: dict[str, Any], desk: Client, ticket: Ticket, ann: User
) -> None:
    assert post(desk, at("note", ticket.pk), ticket, body="He is angry", **forged).status_code == 200
    message = Message.objects.get(author=ann)
    assert (message.kind, message.direction) == (MessageKind.NOTE, Direction.INTERNAL)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.first_replied_at) == (TicketStatus.NEW, None)


def test_a_note_says_that_the_customer_never_sees_it(desk: Client, ticket: Ticket) -> None:
    html = post(desk, at("note", ticket.pk), ticket, body="He is angry").content.decode()
    note = html[html.index("desk-said--note") : html.index("He is angry")]
    assert "Internal note — the customer never sees it" in note and "lock" in note


def test_each_box_has_its_address_and_its_draft(desk: Client, ticket: Ticket) -> None:
    for kind in MessageKind:
        desk.post(at("draft", ticket.pk), {"kind": kind, "body": f"a {kind} <"})
    html = desk.get(at("ticket", ticket.pk)).content.decode()
    for kind in MessageKind:
        box = html[html.index(f"dk-box--{kind}") :]
        box = box[: box.index("</form>")]
        assert at(str(kind.value), ticket.pk) in box and f"a {kind} &lt;</textarea>" in box
        assert 'name="kind"' not in box and 'name="mode"' not in box


def test_a_draft_survives_says_so_and_can_be_emptied(desk: Client, ticket: Ticket, ann: User, otto: User) -> None:
    said = desk.post(at("draft", ticket.pk), {"kind": "note", "body": "  half a"}).json()["said"]
    assert said.startswith("Draft saved at")
    assert Draft.objects.get().body == "  half a"
    assert desk.post(at("draft", ticket.pk), {"kind": "note", "body": ""}).json() == {"said": ""}
    assert not Draft.objects.exists()
    assert desk.post(at("draft", ticket.pk), {"kind": "customer", "body": "x"}).status_code == 422


def test_a_stale_reply_is_refused_with_what_changed_and_kept(desk: Client, ticket: Ticket, ann: User) -> None:
    last = ticket.events.order_by("pk").last()
    seen = {"version": ticket.version, "seen_event": last.pk if last else 0}
    change_priority(ticket=Ticket.objects.get(pk=ticket.pk), to=4, by=ann, at=after(minutes=1))  # type: ignore[arg-type]
    desk.post(at("draft", ticket.pk), {"kind": "reply", "body": "We come."})
    response = desk.post(at("reply", ticket.pk), {**seen, "body": "We come."}, headers={"X-Desk": "1"})
    html = response.content.decode()
    assert response.status_code == 409
    assert "Priority: Normal → Urgent" in html and "We come.</textarea>" in html
    assert not Message.objects.filter(author=ann).exists() and Draft.objects.get().body == "We come."
    # without script: the whole page says the same
    response = desk.post(at("reply", ticket.pk), {**seen, "body": "We come."})
    html = response.content.decode()
    assert response.status_code == 409 and "<html" in html and "We come.</textarea>" in html
    # and pressed again it goes out
    assert post(desk, at("reply", ticket.pk), ticket, body="We come.").status_code == 200


def test_two_presses_send_once(desk: Client, ticket: Ticket, ann: User) -> None:
    seen = {"version": ticket.version, "seen_event": 0, "body": "We come."}
    answers = [desk.post(at("reply", ticket.pk), seen, headers={"X-Desk": "1"}).status_code for _ in range(2)]
    assert answers == [200, 409] and Message.objects.filter(author=ann).count() == 1


def test_nothing_written_is_told(desk: Client, ticket: Ticket) -> None:
    response = post(desk, at("reply", ticket.pk), ticket, body="  ")
    assert response.status_code == 422 and "Nothing is written yet." in response.content.decode()
    response = post(desk, at("reply", ticket.pk), ticket, body="x", then="closed")
    assert response.status_code == 422


def test_a_closed_ticket_has_no_box_and_refuses(desk: Client, ticket: Ticket, ann: User) -> None:
    solve_ticket(ticket=ticket, by=ann, at=after())
    close_ticket(ticket=ticket, by=ann, at=after())
    assert "dk-box" not in desk.get(at("ticket", ticket.pk)).content.decode()
    response = post(desk, at("note", ticket.pk), ticket, body="x")
    assert response.status_code == 409 and "cannot be changed any more" in response.content.decode()


def test_without_script_it_leads_back_to_the_same_view(desk: Client, ticket: Ticket) -> None:
    response = post(desk, at("note", ticket.pk) + "?view=unsolved", ticket, script=False, body="x")
    assert response.status_code == 302
    assert response.headers["Location"] == f"{at('')}?view=unsolved&ticket={ticket.pk}"


def test_verbs_are_those_of_the_tickets_page(desk: Client, ticket: Ticket, ann: User) -> None:
    wanted: list[tuple[str, dict[str, Any]]] = [("take", {}), ("priority", {"to": 4}), ("solve", {})]
    for verb, given in wanted:
        assert post(desk, at("do", ticket.pk, verb), ticket, **given).status_code == 200, verb
    ticket.refresh_from_db()
    assert (ticket.assignee, ticket.priority, ticket.status) == (ann.agent, 4, TicketStatus.SOLVED)
    assert post(desk, at("do", ticket.pk, "priority"), ticket, to=1).status_code == 409
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("nonsense", {}),
        ("compose", {"mode": "reply", "body": "x"}),
        ("priority", {"to": 9}),
    ]
    for verb, given in wrong:
        assert post(desk, at("do", ticket.pk, verb), ticket, **given).status_code == 422, verb
    assert not Message.objects.filter(author=ann).exists()


def test_giving_a_ticket_out_of_sight_says_so(client: Client, ticket: Ticket, otto: User, ann: User) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(assignee=otto.agent)
    client.force_login(otto)
    response = post(client, at("do", ticket.pk, "assign"), ticket, to="")
    assert response.status_code == 200 and "out of your sight" in response.content.decode()


def test_who_may_not_write_messages_does_not(client: Client, ticket: Ticket, ann: User) -> None:
    reader = make_user("rita", *ann.teams.all())
    reader.user_permissions.set(Permission.objects.filter(codename__in=["change_ticket", "view_ticket"]))
    client.force_login(reader)
    assert "dk-box" not in client.get(at("ticket", ticket.pk)).content.decode()
    for name in ("reply", "note", "draft"):
        assert post(client, at(name, ticket.pk), ticket, body="x", kind="note").status_code == 403
