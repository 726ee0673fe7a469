"""Macros on the desk: found, looked at, applied; and the pages on which they and views are made."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import User
from services.choices import MessageKind, TicketStatus
from services.models import DeskView, Macro, Message, Ticket
from services.operations.write_macro import write_macro
from services.tests.admin.desk.conftest import at, post
from services.tests.operations.desk import after


@pytest.fixture
def macro(db: None) -> Macro:
    changes = {
        "name": "Ask for the number",
        "body": "Dear {requester.name}, which pump?",
        "status_after": TicketStatus.PENDING,
    }
    return write_macro(macro=Macro(), changes=changes, by=None, at=after())


def test_they_are_found_by_words_and_only_ones_own(desk: Client, ticket: Ticket, macro: Macro, otto: User) -> None:
    write_macro(macro=Macro(), changes={"name": "Otto's", "body": "x", "owner": otto}, by=otto, at=after())
    write_macro(macro=Macro(), changes={"name": "Off", "body": "x", "is_active": False}, by=None, at=after())

    def found(q: str) -> list[str]:
        return [one.name for one in desk.get(at("macros", ticket.pk), {"q": q}).context["macros"]]

    assert found("") == found("NUMBER") == found("pump") == found("ask pump") == ["Ask for the number"]
    assert found("otto") == []


def test_the_preview_says_what_it_would_do(desk: Client, ticket: Ticket, macro: Macro) -> None:
    html = desk.get(at("macro", ticket.pk, macro.pk)).content.decode()
    assert "Dear 王芳, which pump?" in html and "Status becomes Pending" in html
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.NEW


def test_it_is_applied_with_the_text_as_it_was_left(desk: Client, ticket: Ticket, macro: Macro, ann: User) -> None:
    response = post(desk, at("macro", ticket.pk, macro.pk), ticket, body="Which pump, please?")
    assert response.status_code == 200
    message = Message.objects.get(author=ann)
    assert (message.body, message.kind) == ("Which pump, please?", MessageKind.REPLY)
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.PENDING
    stale = desk.post(at("macro", ticket.pk, macro.pk), {"version": 1, "body": "x"}, headers={"X-Desk": "1"})
    assert stale.status_code == 409


def test_anothers_macro_does_not_exist(desk: Client, ticket: Ticket, otto: User) -> None:
    foreign = write_macro(macro=Macro(), changes={"name": "O", "body": "x", "owner": otto}, by=otto, at=after())
    assert desk.get(at("macro", ticket.pk, foreign.pk)).status_code == 404


def test_a_macro_with_an_unknown_placeholder_is_refused_on_its_page(desk: Client, ann: User) -> None:
    address = reverse("admin:services_macro_add")
    data = {"name": "M", "kind": "reply", "body": "{nobody}", "position": 1, "is_active": "on"}
    assert "{nobody}" in desk.post(address, data).context["adminform"].form.errors["body"][0]
    assert desk.post(address, {**data, "body": "{agent.name}", "for_all": "on"}).status_code == 302
    assert Macro.objects.get().owner == ann  # who does not set up the desk makes their own


def test_an_agent_reads_a_common_macro_and_changes_it_not(desk: Client, macro: Macro, client: Client) -> None:
    address = reverse("admin:services_macro_change", args=[macro.pk])
    assert desk.get(address).status_code == 200
    assert desk.post(address, {"name": "Mine", "kind": "reply", "body": "x", "position": 1}).status_code == 403
    assert desk.post(reverse("admin:services_macro_delete", args=[macro.pk]), {"post": "yes"}).status_code == 403
    macro.refresh_from_db()
    assert macro.name == "Ask for the number"


def test_who_sets_up_the_desk_shares(client: Client, root: User, macro: Macro) -> None:
    client.force_login(root)
    address = reverse("admin:services_macro_change", args=[macro.pk])
    data: dict[str, Any] = {"name": "Better", "kind": "note", "body": "x", "position": 1, "is_active": "on"}
    response = client.post(address, {**data, "for_all": "on", "seen_version": 1})
    assert response.status_code == 302
    macro.refresh_from_db()
    assert (macro.name, macro.owner, macro.version) == ("Better", None, 2)


def test_a_view_is_made_of_filters(desk: Client, ticket: Ticket, ann: User) -> None:
    address = reverse("admin:services_deskview_add")
    data = {"name": "Leaks", "position": 5, "ordering": "due", "by_q": "leaks", "by_unsolved": "true", "by_priority": 2}
    assert desk.post(address, data).status_code == 302
    view = DeskView.objects.get()
    assert view.filters == {"q": "leaks", "unsolved": True, "priority": "2"}
    assert (view.owner, view.ordering) == (ann, "due")
    page = desk.get(at("list"), {"view": f"v{view.pk}"})
    assert [row.ticket for row in page.context["list"].rows] == [ticket]
    change = reverse("admin:services_deskview_change", args=[view.pk])
    assert 'value="leaks"' in desk.get(change).content.decode()
    assert desk.post(change, {**data, "by_q": "", "seen_version": 1}).status_code == 302
    view.refresh_from_db()
    assert view.filters == {"unsolved": True, "priority": "2"}
