"""A list is walked page by page: every ticket once, in order, whatever the order."""

import random
from datetime import timedelta
from typing import Any

import pytest

from customers.models import Customer
from services.admin.clock_faces import pressing
from services.models import Queue, Ticket
from services.operations.desk_order import ORDERS, page_of
from services.tests.operations.desk import a_ticket, after


@pytest.fixture
def tickets(acme: Customer, queue: Queue) -> list[Ticket]:
    chance = random.Random(4)
    made = [a_ticket(acme, queue) for _ in range(11)]
    for ticket in made:
        due = chance.choice([None, after(hours=1), after(hours=2) + timedelta(microseconds=7), after(days=1)])
        Ticket.objects.filter(pk=ticket.pk).update(
            priority=chance.randint(1, 4), first_reply_due_at=None, next_reply_due_at=None, resolution_due_at=due
        )
    return made


def walk(order: str, size: int) -> list[int]:
    found: list[int] = []
    after_: str = ""
    while True:
        rows, after_ = page_of(Ticket.objects.all(), order=order, after=after_, size=size)
        found += [row.pk for row in rows]
        if not after_:
            return found


@pytest.mark.parametrize("order", [*ORDERS, "nonsense"])
def test_pages_of_any_size_are_the_whole_list(order: str, tickets: list[Ticket]) -> None:
    whole = walk(order, 100)
    assert sorted(whole) == sorted(ticket.pk for ticket in tickets)
    for size in (1, 3, 11):
        assert walk(order, size) == whole


def test_due_first_ends_with_what_is_never_due(tickets: list[Ticket]) -> None:
    due: dict[int, Any] = dict(Ticket.objects.values_list("pk", "resolution_due_at"))
    dues = [due[pk] for pk in walk("due", 4)]
    known = [value for value in dues if value]
    assert known == sorted(known) and None not in dues[: len(known)]


@pytest.fixture
def of_all_kinds(tickets: list[Ticket]) -> list[Ticket]:
    """Tickets of which each clock is due, late, or nothing, answered or not, of every status."""
    chance = random.Random(11)
    moments = [None, after(hours=1), after(hours=3), after(days=2)]
    columns = ["first_reply_due_at", "first_reply_breached_at", "next_reply_due_at", "next_reply_breached_at"]
    for ticket in [*tickets, *(a_ticket(tickets[0].customer, tickets[0].queue) for _ in range(40))]:
        values = {name: chance.choice(moments) for name in [*columns, "resolution_due_at", "resolution_breached_at"]}
        values["first_replied_at"] = chance.choice([None, after(minutes=5)])
        Ticket.objects.filter(pk=ticket.pk).update(status=chance.choice(["new", "open", "pending", "solved"]), **values)
    return list(Ticket.objects.order_by("pk"))


def test_the_order_is_that_of_the_clocks_shown(of_all_kinds: list[Ticket]) -> None:
    faces = {ticket.pk: pressing(ticket, at=after(hours=2)) for ticket in of_all_kinds}
    shown = {
        ticket.pk: faces[ticket.pk].moment if ticket.is_unsolved and faces[ticket.pk].runs else None
        for ticket in of_all_kinds
    }
    assert len({moment for moment in shown.values() if moment}) == 3 and None in shown.values()
    by_clock = sorted(shown, key=lambda pk: (shown[pk] is None, shown[pk] or after(), pk))
    for size in (2, 7, 100):
        assert walk("due", size) == by_clock


def test_a_late_solution_comes_before_a_reply_that_is_still_to_come(tickets: list[Ticket]) -> None:
    last = Ticket.objects.order_by("-pk")[0]
    awaited = {"first_replied_at": after(), "next_reply_due_at": after(days=9)}
    Ticket.objects.filter(pk=last.pk).update(resolution_due_at=after(minutes=1), **awaited)
    assert walk("due", 4)[0] == last.pk


@pytest.mark.parametrize("place", ["", "~", "x~y", "2026~1", "2026-01-01T00:00:00~3", "é~1", "~99999999999999999999"])
def test_a_place_that_is_none_begins_at_the_beginning(place: str, tickets: list[Ticket]) -> None:
    rows, _more = page_of(Ticket.objects.all(), order="due", after=place, size=3)
    assert len(rows) == 3
