"""Two beats at once, each with a connection of its own; and workers that are killed in the middle."""

import os
import signal
import subprocess
import sys
import time
from functools import partial
from threading import Event

import pytest
from django.db import connection, transaction

from customers.models import Customer, User
from services.models import Notification, Queue, RuleFiring, Ticket, TicketEvent, WaitingEvent
from services.operations.add_note import add_note
from services.operations.ask_rules import ask_rules
from services.operations.ask_rules_on_time import ask_rules_on_time
from services.operations.change_priority import change_priority
from services.operations.tick import tick
from services.tests.operations.desk import a_ticket, after
from services.tests.operations.rules import minutes_after, when
from tests.cast import NOW
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)

TICKETS = 8
PATIENCE = 30


@pytest.fixture
def tickets(acme: Customer, queue: Queue, ann: User) -> list[Ticket]:
    when("opened", then=[{"action": "raise_priority"}, {"action": "notify", "agent": ann.agent.pk}], name="Event")
    minutes_after("opened", 60, then={"action": "note", "text": "An hour"}, name="Time")
    return [a_ticket(acme, queue) for _number in range(TICKETS)]


def everything_once(tickets: list[Ticket]) -> None:
    assert not WaitingEvent.objects.exists()
    assert RuleFiring.objects.filter(outcome="done").count() == RuleFiring.objects.count() == 2 * len(tickets)
    for ticket in tickets:
        ticket.refresh_from_db()
        assert ticket.priority == 3
        kinds = sorted(TicketEvent.objects.filter(ticket=ticket).values_list("kind", flat=True))
        assert kinds == ["note", "opened", "priority", "rule", "rule"]
    assert Notification.objects.filter(kind="rule").count() == len(tickets)


def test_two_beats_do_everything_once(tickets: list[Ticket]) -> None:
    at = after(minutes=61)
    at_once(partial(ask_rules, at=at), partial(ask_rules, at=at), partial(ask_rules_on_time, at=at))
    # where a database let one of them wait in vain, later beats make up for it
    for minute in range(62, 70):
        at_once(*[partial(tick, at=after(minutes=minute), steps=(ask_rules, ask_rules_on_time))] * 2)
    everything_once(tickets)


def test_beats_and_agents_meet_without_harm(tickets: list[Ticket], ann: User) -> None:
    def lower() -> None:
        for ticket in reversed(tickets):
            change_priority(ticket=Ticket.objects.get(pk=ticket.pk), to=1, by=ann, at=NOW)  # type: ignore[arg-type]

    outcomes = at_once(partial(ask_rules, at=NOW), lower, partial(ask_rules, at=NOW))
    assert not [one for one in outcomes if isinstance(one, Exception) and "lock" not in str(one).lower()]
    for minutes in range(2, 20, 2):
        ask_rules(at=after(minutes=minutes))
    assert RuleFiring.objects.filter(rule_name="Event").count() == TICKETS
    raised = TicketEvent.objects.filter(kind="priority", actor=None).count()
    assert raised == TICKETS


@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="one writer at a time: nothing overlaps")
def test_an_event_that_is_committed_late_is_asked_about_all_the_same(acme: Customer, queue: Queue, ann: User) -> None:
    """Its key is lower than that of an event which was committed and asked about before it."""
    when("note", name="Event")
    slow, quick = a_ticket(acme, queue), a_ticket(acme, queue)
    Ticket.objects.filter(pk=quick.pk).update(customer=Customer.objects.create(name="Other", team=queue.team))

    written, asked = Event(), Event()

    def write_slowly() -> None:
        with transaction.atomic():
            add_note(ticket=Ticket.objects.get(pk=slow.pk), body="x", by=ann, at=NOW)
            written.set()
            assert asked.wait(PATIENCE)

    def write_quickly() -> int:
        assert written.wait(PATIENCE)
        add_note(ticket=Ticket.objects.get(pk=quick.pk), body="x", by=ann, at=NOW)
        found = ask_rules(at=NOW)
        asked.set()
        return found

    outcomes = at_once(write_slowly, write_quickly)
    assert outcomes == [None, 1]
    assert ask_rules(at=NOW) == 1
    assert list(RuleFiring.objects.values_list("ticket", flat=True)) == [slow.pk, quick.pk]
    first, second = (RuleFiring.objects.get(ticket=one).event_id for one in (slow, quick))
    assert first is not None and second is not None and first < second


WORKER = """
import os, sys, random
import django
django.setup()
from datetime import datetime
from django.conf import settings
from django.db import connections
settings.DATABASES["default"]["NAME"] = sys.argv[1]
connections["default"].settings_dict["NAME"] = sys.argv[1]
from services.operations.ask_rules import ask_rules
print("ready", flush=True)
sys.stdin.readline()
ask_rules(at=datetime.fromisoformat(sys.argv[2]), most=2)
"""


@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="its database of the tests is in memory")
def test_workers_that_are_killed_lose_and_double_nothing(tickets: list[Ticket]) -> None:
    name = str(connection.settings_dict["NAME"])
    for round_, pause in enumerate((0.02, 0.06, 0.1, 0.15, 0.2)):
        at = after(minutes=10 * round_)
        worker = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-c", WORKER, name, at.isoformat()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ},
        )
        assert worker.stdin and worker.stdout and worker.stdout.readline() == "ready\n"
        worker.stdin.write("go\n")
        worker.stdin.flush()
        time.sleep(pause)
        worker.send_signal(signal.SIGKILL)
        worker.wait(timeout=30)
    for hour in range(2, 8):
        tick(at=after(hours=hour), steps=(ask_rules, ask_rules_on_time))
    everything_once(tickets)
