"""An upgrade without a pause: the code before the newest migrations and the code of now, on one PostgreSQL at once.

The code of before comes out of git: the newest commit that had one migration less. Both answer while the database is
migrated and afterwards, and each reads and changes what the other wrote."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from launcher.paths import ROOT
from launcher.ports import HOST, any_free

from tests.deploy.earlier import code_before, run
from tests.faults.house import House, a_house, wait_for
from tests.faults.program import Program, is_up

ROUNDS = 5
BEGIN = """
import json
from django.utils import timezone
from customers.models import Team, User
from customers.operations.issue_token import issue_token
from services.models import Agent, Calendar, Queue
team = Team.objects.create(name="North")
queue = Queue.objects.create(name="Help", team=team, calendar=Calendar.objects.first())
ann = User.objects.create_superuser("ann")
Agent.objects.create(user=ann, name="Ann")
token = issue_token(user=ann, name="test", at=timezone.now())[1]
print(json.dumps({"token": token, "team": team.pk, "queue": queue.pk}))
"""

pytestmark = [pytest.mark.long, pytest.mark.once("sqlite", reason="it has a PostgreSQL of its own")]


@pytest.fixture
def before(tmp_path: Path) -> Path:
    """The code before the newest migration."""
    return code_before(tmp_path / "before")


@pytest.fixture
def house() -> Iterator[House]:
    with a_house() as one:
        one.make_database(migrated=False)
        yield one


def serve(house: House, name: str, code: Path, token: str) -> Program:
    """A web server of the code in a folder, asked with this token."""
    program = Program(any_free(), token)
    bind = ["--bind", f"{HOST}:{program.port}", "--workers", "1", "--threads", "4", "crm.wsgi"]
    values = {**house.values, "PYTHONPATH": str(code), "CRM_HTTPS": "false"}
    house.start_other(name, [sys.executable, "-m", "gunicorn", *bind], values, code)
    wait_for(lambda: is_up(program), name)
    return program


def works_for(writer: Program, reader: Program, number: int, given: dict[str, Any]) -> None:
    """One writes a customer and a ticket; the other reads them, answers, and solves the ticket."""
    visitor = _json(kind="person", name=f"Visitor {number}", team=given["team"])
    customer = writer.post("customers/", visitor, "application/json")
    asked = _json(customer=customer["id"], subject="It leaks", queue=given["queue"])
    ticket = writer.post("tickets/", asked, "application/json")
    assert json.loads(_got(reader, f"customers/{customer['id']}/"))["name"] == f"Visitor {number}"
    reader.post(f"tickets/{ticket['id']}/reply/", _json(body="On our way"), "application/json")
    reader.post(f"tickets/{ticket['id']}/solve/", _json(), "application/json")
    assert json.loads(_got(writer, f"tickets/{ticket['id']}/"))["status"] == "solved"
    assert b"On our way" in _got(writer, f"tickets/{ticket['id']}/messages/")


def _json(**values: object) -> bytes:
    return json.dumps(values).encode()


def _got(program: Program, path: str) -> bytes:
    status, text = program.ask("GET", path)
    assert status == 200, text
    return text


def test_old_and_new_code_work_on_one_database(house: House, before: Path) -> None:
    run(house.values, before, "migrate", "--verbosity", "0")
    given = json.loads(run(house.values, before, "shell", "--verbosity", "0", "--command", BEGIN).splitlines()[-1])
    old = serve(house, "old", before, given["token"])
    works_for(old, old, 0, given)
    assert run(house.values, ROOT, "migrate", "--verbosity", "1").count("Applying") >= 1
    new = serve(house, "new", ROOT, given["token"])
    for number in range(1, ROUNDS + 1):
        works_for(old, new, 2 * number, given)
        works_for(new, old, 2 * number + 1, given)
    assert old.failures == new.failures == 0
    run(house.values, ROOT, "run_due")
    assert house.ask("SELECT count(*) FROM services_ticket WHERE status = 'solved'") == [(2 * ROUNDS + 1,)]
