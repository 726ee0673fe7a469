from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import Customer, User
from services.models import Calendar, Queue
from services.operations.pend_ticket import pend_ticket
from services.operations.reopen_ticket import reopen_ticket
from services.operations.reply_to_ticket import reply_to_ticket
from services.operations.solve_ticket import solve_ticket
from services.tests.operations.desk import a_ticket
from tests.client import as_user, url


def test_the_tape_tells_what_every_hour_was(acme: Customer, queue: Queue, ann: User) -> None:
    always = {str(day): [["00:00", "24:00"]] for day in range(7)}
    Calendar.objects.update(hours=always)
    start = timezone.now() - timedelta(hours=10)

    def hour(number: int) -> str:
        return (start + timedelta(hours=number)).isoformat().replace("+00:00", "Z")

    ticket = a_ticket(acme, queue, at=start)
    reply_to_ticket(ticket=ticket, body="Which?", by=ann, at=start + timedelta(hours=1))
    pend_ticket(ticket=ticket, by=ann, at=start + timedelta(hours=2))
    solve_ticket(ticket=ticket, by=ann, at=start + timedelta(hours=5))
    reopen_ticket(ticket=ticket, by=ann, at=start + timedelta(hours=8))
    solve_ticket(ticket=ticket, by=ann, at=start + timedelta(hours=9))
    told = as_user(ann).get(url(f"tickets/{ticket.pk}/tape/"))
    assert told.status_code == 200, told.content
    body = told.json()
    assert [(piece["kind"], piece["start"], piece["end"]) for piece in body["tape"]] == [
        ("counted", hour(0), hour(2)),
        ("paused", hour(2), hour(5)),
        # three hours as solved are no part of it
        ("counted", hour(8), hour(9)),
    ]
    assert body["counted_seconds"] == 3 * 3600
    clocks = {clock["clock"]: clock for clock in body["clocks"]}
    assert clocks["resolution"]["target_seconds"] == 24 * 3600
    assert clocks["first_reply"]["due_at"] == hour(4) and clocks["first_reply"]["breached_at"] is None


@pytest.mark.django_db
def test_an_outsider_finds_nothing(acme: Customer, queue: Queue, otto: User) -> None:
    ticket = a_ticket(acme, queue)
    assert as_user(otto).get(url(f"tickets/{ticket.pk}/tape/")).status_code == 404
