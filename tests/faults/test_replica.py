"""A real standby of PostgreSQL: reports are read from it and nothing else is, nothing is written to it, and while it is
away the main database is asked."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from launcher.ports import any_free

from tests.faults.house import a_house_of, wait_for
from tests.faults.program import Program, is_up
from tests.faults.standby import Pair

pytestmark = [pytest.mark.long, pytest.mark.once("sqlite", reason="it has two PostgreSQL of its own")]

BEGIN = """
import json, time
from django.db import DatabaseError
from django.utils import timezone
from customers.models import Customer, Team, User
from customers.operations.issue_token import issue_token
from customers.stale_reads import stale_reads
from services.models import Calendar, Queue
team = Team.objects.create(name="North")
queue = Queue.objects.create(name="Help", team=team, calendar=Calendar.objects.first())
lee = Customer.objects.create(kind="person", name="Lee", team=team)
token = issue_token(user=User.objects.create_superuser("ann"), name="test", at=timezone.now())[1]
while not Team.objects.using("replica").filter(name="North").exists():
    time.sleep(0.1)
with stale_reads():
    team = Team.objects.get(name="North")
read_from, team.name = team._state.db, "Northeast"
team.save()
try:
    Team.objects.using("replica").create(name="Nowhere")
except DatabaseError as error:
    refused = str(error)
told = {"token": token, "customer": lee.pk, "queue": queue.pk}
print(json.dumps(told | {"read from": read_from, "saved in": team._state.db, "refused": refused}))
"""
# A process that found the standby away leaves it alone for 15 s.
AGAIN = 30


@pytest.fixture
def pair() -> Iterator[Pair]:
    with a_house_of(Pair) as one:
        one.make_database()
        one.make_standby()
        yield one


class Desk:
    """Somebody who opens tickets and reads the report."""

    def __init__(self, program: Program, given: dict[str, Any]) -> None:
        self.program, self.given = program, given

    def opens_a_ticket(self) -> int:
        """Open one; its key."""
        asked = {"customer": self.given["customer"], "subject": "It leaks", "queue": self.given["queue"]}
        return int(self.program.post("tickets/", asked)["id"])

    def reads(self, path: str) -> Any:
        """What the API answers."""
        status, text = self.program.ask("GET", path)
        assert status == 200, text
        return json.loads(text)

    def opened(self) -> int:
        """How many tickets the report counts."""
        return int(self.reads("reports/service/")["opened"])

    def health(self, of: str = "all") -> Any:
        """What somebody on call is told of the replica; or whether a load balancer sends requests here."""
        _status, text = self.program.request("GET", f"/health/{of}/", b"", {})
        told = json.loads(text)
        return told["checks"]["replica"] if of == "all" else told["status"]


def test_reports_read_a_standby_and_go_on_without_it(pair: Pair) -> None:
    port = any_free()
    pair.start_web(port)
    given = json.loads(pair.python(BEGIN))
    assert (given["read from"], given["saved in"]) == ("replica", "default")
    assert "read-only transaction" in given["refused"]
    assert pair.ask("SELECT name FROM customers_team WHERE name LIKE 'North%'") == [("Northeast",)]

    desk = Desk(Program(port, given["token"]), given)
    wait_for(lambda: is_up(desk.program), "the web server")
    assert desk.health() == "ok"

    desk.opens_a_ticket()
    pair.catch_up()
    assert desk.opened() == 1
    pair.hold_back()
    key = desk.opens_a_ticket()
    assert (desk.opened(), desk.reads(f"tickets/{key}/")["id"]) == (1, key), "only the report may be late"
    pair.catch_up()
    assert desk.opened() == 2

    pair.stop_standby()
    assert [desk.opened() for _ in range(8)] == [2] * 8, "no report fails, whichever process and thread answers"
    desk.opens_a_ticket()
    assert desk.opened() == 3
    assert (desk.health(), desk.health("ready")) == ("OperationalError", "ready")

    pair.start_standby()
    pair.catch_up()
    pair.hold_back()
    desk.opens_a_ticket()
    wait_for(lambda: {desk.opened() for _ in range(8)} == {3}, "reports read the standby again", AGAIN)
    assert desk.health() == "ok"
    pair.catch_up()
    assert desk.opened() == 4
