from collections.abc import Callable
from typing import Any

import pytest

from customers.models import Customer, User
from services.models import Queue, ServiceType, Ticket, TicketAttribute
from services.operations.receive_message import receive_message
from tests.cast import NOW
from tests.client import as_user, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def serial(db: None) -> TicketAttribute:
    return TicketAttribute.objects.create(code="serial", name="Serial number", is_required=True)


@pytest.fixture
def cycles(db: None) -> TicketAttribute:
    repair = ServiceType.objects.get(code="repair")
    return TicketAttribute.objects.create(code="cycles", name="Cycles", type="number", service_type=repair)


def post(user: User, acme: Customer, queue: Queue, **more: Any) -> Any:
    data = {"customer": acme.pk, "queue": queue.pk, "subject": "Leak", **more}
    return as_user(user).post(url("tickets/"), data)


def test_values_are_checked_as_those_of_customers_are(
    ann: User, acme: Customer, queue: Queue, serial: TicketAttribute, cycles: TicketAttribute
) -> None:
    repair = ServiceType.objects.get(code="repair").pk
    for attributes, wrong in (
        ({}, "serial"),
        ({"serial": 7}, "serial"),
        ({"serial": "A", "cycles": "many"}, "cycles"),
        ({"serial": "A", "colour": "red"}, "colour"),
    ):
        response = post(ann, acme, queue, service_type=repair, attributes=attributes)
        assert (response.status_code, list(response.json()["errors"]["attributes"])) == (400, [wrong])
    assert post(ann, acme, queue, attributes={"serial": "A", "cycles": 7}).status_code == 400  # of another type
    made = post(ann, acme, queue, service_type=repair, attributes={"serial": "A", "cycles": 7})
    assert made.json()["attributes"] == {"serial": "A", "cycles": 7}


def test_what_stands_stays_when_its_definition_is_another(ann: User, ticket: Ticket, serial: TicketAttribute) -> None:
    Ticket.objects.update(attributes={"old": [1], "serial": "A"})
    client, path = as_user(ann), url(f"tickets/{ticket.pk}/")
    given = {"old": [1], "serial": "B"}
    assert client.patch(path, {"attributes": given}, headers={"If-Match": "*"}).json()["attributes"] == given
    response = client.patch(path, {"attributes": {"old": [2], "serial": "B"}}, headers={"If-Match": "*"})
    assert list(response.json()["errors"]["attributes"]) == ["old"]


def test_a_list_is_narrowed_by_a_value(
    ann: User, open_one: Callable[..., Ticket], serial: TicketAttribute, cycles: TicketAttribute
) -> None:
    one = open_one("A", attributes={"serial": "S 1:2"})
    two = open_one("B", inherited={"cycles": 7})
    client = as_user(ann)

    def found(value: str) -> list[int]:
        return [row["id"] for row in client.get(url("tickets/"), {"attribute": value}).json()["results"]]

    assert (found("serial:S 1:2"), found("cycles:7"), found("cycles:8")) == ([one.pk], [two.pk], [])
    for wrong in ("serial", "colour:red", "cycles:many"):
        response = client.get(url("tickets/"), {"attribute": wrong})
        assert (response.status_code, list(response.json()["errors"])) == (400, ["attribute"])


def test_a_definition_with_values_keeps_code_and_type_and_stays(root: User, ticket: Ticket) -> None:
    client = as_user(root)
    made = client.post(url("ticket-attributes/"), {"name": "Serial number"}).json()
    assert (made["code"], made["type"]) == ("serial-number", "text")
    Ticket.objects.update(attributes={"serial-number": "A"})
    path = url(f"ticket-attributes/{made['id']}/")
    for field, value in (("code", "other"), ("type", "number")):
        response = client.patch(path, {field: value}, headers={"If-Match": "*"})
        assert (response.status_code, list(response.json()["errors"])) == (400, [field])
    assert client.patch(path, {"name": "Serial"}, headers={"If-Match": "*"}).status_code == 200
    gone = client.delete(path, headers={"If-Match": "*"})
    assert (gone.status_code, gone.json()["code"]) == (409, "in_use")
    Ticket.objects.update(attributes={})
    assert client.delete(path, headers={"If-Match": "*"}).status_code == 204


def test_a_ticket_that_follows_up_inherits_them(ticket: Ticket, serial: TicketAttribute) -> None:
    Ticket.objects.update(attributes={"old": 1})
    ticket.queue.reopen_days = 0
    ticket.queue.save()
    Ticket.objects.update(status="solved")
    Ticket.objects.update(status="closed")
    ticket.events.update(status_after="closed")
    row = Ticket.objects.get()
    message = receive_message(ticket=row, body="?", by=None, at=NOW.replace(hour=20))
    assert message.ticket != row and message.ticket.attributes == {"old": 1}
