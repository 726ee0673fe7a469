import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.exporters.sheet import sheet_of
from customers.exporters.write_export import write_rows
from customers.models import Customer, User
from customers.tests.exporters.reading import read_csv
from services.models import Queue, SatisfactionRating, ServiceType, Ticket
from services.operations.open_ticket import open_ticket
from services.operations.rate_ticket import rate_ticket
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def written(model: Any, user: User) -> list[dict[str, str]]:
    sheet = sheet_of(model)
    assert sheet is not None
    file = io.BytesIO()
    write_rows(file, format="csv", sheet=sheet, rows=model.objects.visible_to(user).order_by("pk"), user=user, query="")
    return read_csv(file.getvalue())


def rated(acme: Customer, wang: Customer, queue: Queue, ann: User) -> Ticket:
    ticket = open_ticket(
        customer=acme,
        requester=wang,
        subject="@leaks",
        queue=queue,
        service_type=ServiceType.objects.get(code="repair"),
        assignee=ann.agent,
        by=ann,
        at=NOW,
        body="Help",
    )
    rate_ticket(ticket=ticket, value=4, by=ann, at=NOW, comment="Fine")
    return ticket


def test_tickets_and_what_was_said_of_them(acme: Customer, wang: Customer, queue: Queue, ann: User, bob: User) -> None:
    ticket = rated(acme, wang, queue, ann)
    [row] = written(Ticket, bob)
    names = ("number", "subject", "customer", "requester", "service_type", "queue", "assignee", "status")
    assert [row[name] for name in names] == [
        ticket.number,
        "@leaks",
        "Acme Pumps",
        "王芳",
        "repair",
        "North support",
        "ann",
        ticket.status,
    ]
    [row] = written(SatisfactionRating, bob)
    assert (row["ticket"], row["order"], row["value"], row["comment"]) == (ticket.number, "", "4", "Fine")


def test_no_list_asks_for_each_row(acme: Customer, wang: Customer, queue: Queue, ann: User, bob: User) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            written(Ticket, bob)
            written(SatisfactionRating, bob)
        return len(queries)

    rated(acme, wang, queue, ann)
    asked()
    few = asked()
    for _ in range(4):
        rated(acme, wang, queue, ann)
    assert asked() == few
