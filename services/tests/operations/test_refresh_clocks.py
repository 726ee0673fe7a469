"""Clocks of imported histories: what another system says of its own targets."""

from typing import Any

import pytest

from customers.models import Customer
from services.models import Queue, Ticket
from services.operations.records import EventRecord
from services.operations.refresh_clocks import breaches_forgotten, compute_clocks, refresh_clocks
from services.operations.sla_terms import Terms, hours_of, make_terms
from services.operations.ticket_facts import facts_of
from services.tests.operations.desk import after


@pytest.fixture
def terms(queue: Queue) -> Terms:
    return make_terms(hours=hours_of(queue.calendar), queue=queue, target=None)


def history(*more: EventRecord, **said: Any) -> list[EventRecord]:
    return [EventRecord("opened", after(), "new", data=said), *more]


def facts(acme: Customer, events: list[EventRecord], terms: Terms) -> dict[str, tuple[float | None, float | None]]:
    ticket = refresh_clocks(ticket=Ticket(pk=1, customer=acme), events=events, terms=terms, at=after(days=9))
    found = facts_of(ticket=ticket, events=events, terms=terms, at=after(days=9))
    return {str(fact.measure): (fact.value, fact.reference) for fact in found}


def test_a_breach_that_the_source_reports_is_one(acme: Customer, terms: Terms) -> None:
    events = history(
        EventRecord("breached", after(hours=2), "open"), EventRecord("status", after(hours=3), "solved"), replies=False
    )
    clocks = compute_clocks(events=events, terms=terms, at=after(days=9))
    assert (clocks.resolution_breached_at, clocks.first_reply_breached_at) == (after(hours=2), None)
    assert facts(acme, events, terms) == {"6": (1, 2)}


def test_a_source_that_promises_and_reports_no_breach_kept_its_promise(acme: Customer, terms: Terms) -> None:
    solved = EventRecord("status", after(hours=3), "solved")
    assert facts(acme, history(solved, replies=False, sla=True), terms) == {"6": (2, 2)}
    assert facts(acme, history(solved, replies=False), terms) == {"6": (1, 1)}


def test_a_source_that_tells_of_replies_is_measured_by_them(acme: Customer, terms: Terms) -> None:
    events = history(EventRecord("agent_reply", after(hours=1), "open"))
    assert facts(acme, events, terms) == {"7": (3600, 4 * 3600)}


def test_a_reopening_that_only_an_event_tells_of_counts(acme: Customer, terms: Terms) -> None:
    events = history(
        EventRecord("status", after(hours=1), "solved"),
        EventRecord("reopened", after(hours=2), "solved"),
        replies=False,
    )
    assert compute_clocks(events=events, terms=terms, at=after(days=9)).reopen_count == 1
    assert facts(acme, events, terms) == {"6": (0, 1)}


def test_a_forgotten_breach_is_found(terms: Terms) -> None:
    ticket = Ticket(resolution_breached_at=after(hours=1), first_reply_breached_at=after(hours=3))
    told = EventRecord("breached", after(hours=2), "open", data={"clock": "first_reply"})
    assert breaches_forgotten(ticket, history(told), terms, at=after(days=9)) == [("resolution", after(hours=1))]


def test_equal_calendars_share_their_hours(queue: Queue) -> None:
    hours = hours_of(queue.calendar)
    assert hours_of(queue.calendar) is hours
    queue.calendar.holidays.create(date=after().date())
    assert hours_of(queue.calendar) is not hours
    assert not hours_of(queue.calendar).is_open(after())
