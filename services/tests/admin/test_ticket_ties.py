"""Merging, splitting, linking, parts, incidents, queues and time through the page of a ticket."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer, Team, User
from services.models import Calendar, Queue, Ticket, TicketAttribute
from services.operations.link_tickets import link_tickets
from services.operations.receive_message import receive_message
from services.operations.set_parent import set_parent
from services.tests.admin.test_ticket_page import page, post
from services.tests.operations.desk import a_ticket, after


@pytest.fixture
def desk(client: Client, ann: User) -> Client:
    client.force_login(ann)
    return client


@pytest.fixture
def pair(acme: Customer, queue: Queue) -> tuple[Ticket, Ticket]:
    one, two = a_ticket(acme, queue, subject="Pump leaks"), a_ticket(acme, queue, subject="Water again")
    return one, two


def out_of_sight(customer: Customer, south: Team) -> Ticket:
    """A ticket of South's."""
    there = Queue.objects.create(name="South", team=south, calendar=Calendar.objects.all()[0])
    return a_ticket(customer, there, subject="A secret")


def shown(client: Client, ticket: Ticket) -> str:
    return " ".join(client.get(page(ticket)).content.decode().split())


def test_a_ticket_goes_into_another_and_comes_back(desk: Client, pair: tuple[Ticket, Ticket]) -> None:
    one, two = pair
    response = post(desk, one, "merge", other=str(two.pk), direction="into_other")
    assert response.status_code == 302
    one.refresh_from_db()
    assert (one.status, one.merged_into) == ("merged", two)
    assert f"Merged into {two.number}" in shown(desk, one)
    html = shown(desk, two)
    assert f"{one.number} was merged into this ticket" in html and "Part them again" in html
    post(desk, two, "unmerge", merge=two.merges.get().pk)
    one.refresh_from_db()
    assert one.status == "new"
    assert f"{one.number} is a ticket of its own again" in shown(desk, two)


def test_the_other_goes_into_this_one(desk: Client, pair: tuple[Ticket, Ticket]) -> None:
    one, two = pair
    post(desk, one, "merge", other=two.number.lower(), direction="into_this")
    assert one.messages.count() == 2


def test_a_merge_is_refused_in_plain_words(
    desk: Client, pair: tuple[Ticket, Ticket], wang: Customer, queue: Queue
) -> None:
    one, other = pair[0], a_ticket(wang, queue)
    response = post(desk, one, "merge", other="T-999999", direction="into_this")
    assert response.status_code == 422 and "There is no ticket “T-999999”" in response.content.decode()
    response = post(desk, one, "merge", other=other.number, direction="into_this")
    assert response.status_code == 409 and "is of another customer than" in response.content.decode()
    assert post(desk, one, "merge", other=other.number, direction="into_this", across_customers="on").status_code == 302


def test_a_stale_merge_is_refused_whichever_is_kept(desk: Client, pair: tuple[Ticket, Ticket]) -> None:
    one, two = pair
    for direction in ("into_this", "into_other"):
        response = post(desk, one, "merge", other=two.number, direction=direction, version=one.version + 1)
        assert response.status_code == 409
    assert set(Ticket.objects.values_list("status", flat=True)) == {"new"}


def test_a_ticket_out_of_sight_does_not_exist(
    desk: Client, pair: tuple[Ticket, Ticket], south: Team, wang: Customer, root: User
) -> None:
    hidden = out_of_sight(wang, south)
    for verb in ("merge", "link", "parent"):
        more = {"direction": "into_this", "kind": "related", "other": hidden.number}
        assert post(desk, pair[0], verb, **more).status_code == 422
    link_tickets(from_ticket=pair[0], to_ticket=hidden, kind="related", by=root, at=after())
    assert "A secret" not in shown(desk, pair[0])


def test_a_message_is_split_off(desk: Client, pair: tuple[Ticket, Ticket]) -> None:
    ticket = pair[0]
    message = receive_message(ticket=ticket, body="And the valve?", by=None, at=after(hours=1))
    assert "Split off" in shown(desk, ticket)
    post(desk, ticket, "split", message=message.pk, subject="The valve")
    new = Ticket.objects.get(subject="The valve")
    assert new.messages.get() == message
    assert f"A message was split off and is {new.number}" in shown(desk, ticket)
    assert "Split off from" in shown(desk, new) and ticket.number in shown(desk, new)
    assert post(desk, ticket, "split", message=message.pk).status_code == 422  # it is the other's now


def test_links_come_and_go(desk: Client, pair: tuple[Ticket, Ticket]) -> None:
    one, two = pair
    post(desk, one, "link", other=two.number, kind="incident")
    assert "Incident of" in shown(desk, one) and "Problem behind" in shown(desk, two)
    post(desk, two, "unlink", link=one.links_out.get().pk)
    assert not one.links_out.exists()
    assert f"No longer: Incident of {two.number}" in shown(desk, one)


def test_a_parent_that_is_solved_before_its_parts_warns(desk: Client, pair: tuple[Ticket, Ticket], ann: User) -> None:
    whole, part = pair
    post(desk, part, "parent", other=whole.number)
    assert f"Part of {whole.number}" in shown(desk, part)
    assert "1 part is not solved yet." in shown(desk, whole)
    assert post(desk, whole, "parent", other=part.number).status_code == 409
    response = desk.post(
        reverse("admin:services_ticket_do", args=[whole.pk, "solve"]),
        {"version": Ticket.objects.get(pk=whole.pk).version},
        follow=True,
    )
    assert "1 part of it is not solved yet." in response.content.decode()
    set_parent(ticket=part, parent=None, by=ann, at=after())
    post(desk, part, "parent", other="")
    part.refresh_from_db()
    assert part.parent is None


def test_a_problem_is_solved_with_its_incidents(desk: Client, pair: tuple[Ticket, Ticket]) -> None:
    problem, incident = pair
    assert "Solve with its incidents" not in shown(desk, problem)
    post(desk, incident, "link", other=problem.number, kind="incident")
    assert "Solve with its incidents" in shown(desk, problem)
    response = post(desk, problem, "solve-problem", body="The line is mended.")
    assert response.status_code == 302
    assert set(Ticket.objects.values_list("status", flat=True)) == {"solved"}
    assert incident.messages.filter(direction="outbound").get().body == "The line is mended."


def test_parts_and_incidents_out_of_sight_are_left_alone_and_not_told(
    desk: Client, pair: tuple[Ticket, Ticket], wang: Customer, south: Team, root: User
) -> None:
    hidden = out_of_sight(wang, south)
    link_tickets(from_ticket=hidden, to_ticket=pair[0], kind="incident", by=root, at=after())
    set_parent(ticket=hidden, parent=pair[0], by=root, at=after())
    post(desk, pair[1], "link", other=pair[0].number, kind="incident")
    post(desk, pair[0], "solve-problem", body="The line is mended.")
    text = shown(desk, pair[0])
    assert "2 tickets were answered and solved." in text
    assert "not solved yet" not in text
    hidden.refresh_from_db()
    assert hidden.status == "new"


def test_a_queue_is_changed(desk: Client, pair: tuple[Ticket, Ticket], north: Team) -> None:
    other = Queue.objects.create(name="Repairs", team=north, calendar=Calendar.objects.all()[0])
    post(desk, pair[0], "queue", to=other.pk)
    ticket = Ticket.objects.get(pk=pair[0].pk)
    assert ticket.queue == other
    assert "Queue changed" in shown(desk, ticket)


def test_time_is_put_down(desk: Client, pair: tuple[Ticket, Ticket]) -> None:
    assert "Nobody has put down any time." in shown(desk, pair[0])
    for minutes in (30, -10):
        post(desk, pair[0], "time", minutes=minutes, note="On the phone")
    html = shown(desk, pair[0])
    assert "20 minutes in all" in html and "30 minutes spent" in html and "10 minutes taken back" in html
    assert post(desk, pair[0], "time", minutes=0).status_code == 409
    assert post(desk, pair[0], "time", minutes="").status_code == 422


@pytest.mark.parametrize("verb", ["merge", "split", "link", "parent", "queue", "time", "solve-problem"])
def test_who_may_only_read_does_none_of_it(client: Client, bob: User, pair: tuple[Ticket, Ticket], verb: str) -> None:
    client.force_login(bob)
    assert post(client, pair[0], verb).status_code == 403
    assert "desk-menu" not in shown(client, pair[0])


def test_who_lacks_the_permission_of_one_verb_is_not_offered_it(
    client: Client, ann: User, pair: tuple[Ticket, Ticket]
) -> None:
    ann.groups.get().permissions.remove(*ann.groups.get().permissions.filter(codename="add_ticketmerge"))
    client.force_login(User.objects.get(pk=ann.pk))
    assert 'id="id_merge_other"' not in shown(client, pair[0])
    more: dict[str, Any] = {"other": pair[1].number, "direction": "into_this"}
    assert post(client, pair[0], "merge", **more).status_code == 403


def test_where_a_late_reply_went_is_told(desk: Client, pair: tuple[Ticket, Ticket]) -> None:
    ticket = pair[0]
    Queue.objects.update(reopen_days=0)
    for status in ("solved", "closed"):
        Ticket.objects.filter(pk=ticket.pk).update(status=status)
    ticket.events.update(status_after="closed")
    row = Ticket.objects.get(pk=ticket.pk)
    data = {"version": row.version, "mode": "customer", "body": "Again"}
    assert desk.get(page(ticket)).context["compose"] is None
    response = desk.post(reverse("admin:services_ticket_do", args=[row.pk, "compose"]), data, follow=True)
    new = Ticket.objects.exclude(pk__in=[one.pk for one in pair]).get()
    assert f"is in ticket {new.number}, which goes on from here" in response.content.decode()


def test_attributes_are_asked_for_and_shown(desk: Client, acme: Customer, queue: Queue) -> None:
    serial = TicketAttribute.objects.create(code="serial", name="Serial number", is_required=True)
    ticket = a_ticket(acme, queue)
    edit = reverse("admin:services_ticket_edit", args=[ticket.pk])
    assert "Serial number" in desk.get(edit).content.decode()
    data = {"subject": "Valve", "channel": "web", "service_type": "", "seen_version": 1}
    assert "This attribute is required." in desk.post(edit, data).content.decode()
    assert desk.post(edit, {**data, f"attribute_{serial.pk}": "S-7"}).status_code == 302
    ticket.refresh_from_db()
    assert (ticket.attributes, ticket.subject) == ({"serial": "S-7"}, "Valve")
    assert "S-7" in shown(desk, ticket) and "Serial number" in shown(desk, ticket)


def test_a_new_ticket_is_asked_for_them_too(desk: Client, acme: Customer, queue: Queue) -> None:
    serial = TicketAttribute.objects.create(code="serial", name="Serial number", type="number")
    data = {"customer": acme.pk, "subject": "x", "channel": "web", "queue": queue.pk, "priority": 2}
    add = reverse("admin:services_ticket_add")
    assert "not a number" in desk.post(add, {**data, f"attribute_{serial.pk}": "many"}).content.decode()
    desk.post(add, {**data, f"attribute_{serial.pk}": "7"})
    assert Ticket.objects.get().attributes == {"serial": 7}


def test_definitions_are_set_up_and_kept_while_used(client: Client, root: User, acme: Customer, queue: Queue) -> None:
    client.force_login(root)
    add = reverse("admin:services_ticketattribute_add")
    client.post(add, {"name": "Serial number", "type": "text", "position": 1})
    row = TicketAttribute.objects.get()
    assert row.code == "serial-number"
    a_ticket(acme, queue, attributes={"serial-number": "A"})
    delete = reverse("admin:services_ticketattribute_delete", args=[row.pk])
    response = client.post(delete, {"post": "yes"}, follow=True)
    assert "1 ticket has a value of this attribute" in response.content.decode()
    assert client.get(reverse("admin:services_ticketattribute_changelist")).status_code == 200
    Ticket.objects.update(attributes={})
    client.post(delete, {"post": "yes"})
    assert not TicketAttribute.objects.exists()
