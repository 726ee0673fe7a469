"""A web server, a worker and a Redis that are killed while customers write and agents answer: what was acknowledged is
there once, and each answer reaches the customer, under one Message-ID."""

import json
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator

import pytest
from launcher.ports import HOST, any_free

from services.tests.mail_server import PASSWORD, USER, Server, smtp_server
from services.tests.operations.mails import mail
from tests.faults.house import House, wait_for
from tests.faults.program import Program, is_up

MAILS = 12
KILLS, SEED = int(os.environ.get("CRM_FAULT_KILLS", "6")), int(os.environ.get("CRM_FAULT_SEED", "7"))
BEGIN = """
import json
from django.utils import timezone
from customers.models import Team, User
from customers.operations.issue_token import issue_token
from services.models import Agent, Calendar, Mailbox, Queue
team = Team.objects.create(name="North")
queue = Queue.objects.create(name="Help", team=team, calendar=Calendar.objects.first())
ann = User.objects.create_superuser("ann")
Agent.objects.create(user=ann, name="Ann")
box = Mailbox.objects.create(
    name="Help", address="help@candid.example", queue=queue, is_default=True, acknowledges=False,
    send_host="{host}", send_port={port}, send_security="none", send_user="{user}", send_secret="{password}",
)
print(json.dumps({{"box": str(box.pk), "token": issue_token(user=ann, name="test", at=timezone.now())[1]}}))
"""


@pytest.fixture
def smtp() -> Iterator[Server]:
    with smtp_server() as running:
        yield running


def disturb(house: House, port: int, chance: random.Random) -> None:
    """One misfortune, and what a supervisor does about it. Whoever was killed held a lease, which has run out when
    somebody looks again."""
    what = chance.choice(["web", "worker", "timetable", "wipe", "freeze"])
    if what == "web":
        house.kill("web")
        house.start_web(port)
    elif what == "wipe":
        house.wipe_redis()
    elif what == "freeze":
        house.freeze_redis(2)
    else:
        house.kill(what)
        house.start(what)
        house.do("UPDATE services_outboundmail SET lease_until = now() - interval '1 minute' WHERE state = 'leased'")
        house.do("UPDATE services_inboundmail SET lease_until = now() - interval '1 minute' WHERE state = 'leased'")


@pytest.mark.long
@pytest.mark.once("sqlite", reason="it has a PostgreSQL of its own")
def test_each_message_is_there_once_and_each_answer_has_one_message_id(house: House, smtp: Server) -> None:
    chance = random.Random(SEED)
    given = json.loads(house.python(BEGIN.format(host=HOST, port=smtp.port, user=USER, password=PASSWORD)))
    program = Program(any_free(), given["token"])
    house.start_web(program.port)
    for name in ("worker", "timetable"):
        house.start(name)
    wait_for(lambda: is_up(program), "the web server")

    def write() -> None:
        for number in range(MAILS):
            raw = mail(f"Question {number}", sender=f"c{number}@lee.example", number=number)
            program.post(f"mailboxes/{given['box']}/messages/", raw, "message/rfc822")

    def answer() -> None:
        answered: set[int] = set()
        while len(answered) < MAILS:
            for (pk,) in house.ask("SELECT id FROM services_ticket ORDER BY id"):
                if pk not in answered:
                    body = json.dumps({"body": f"Answer {pk}"}).encode()
                    program.post(f"tickets/{pk}/reply/", body, "application/json")
                    answered.add(pk)
            time.sleep(0.5)

    threads = [threading.Thread(target=work, daemon=True) for work in (write, answer)]
    for thread in threads:
        thread.start()
    for _ in range(KILLS):
        time.sleep(chance.uniform(1, 4))
        disturb(house, program.port, chance)
    for thread in threads:
        thread.join(240)
        assert not thread.is_alive()
    waiting = "SELECT count(*) FROM services_outboundmail WHERE state <> 'done'"
    wait_for(lambda: house.ask(waiting) == [(0,)], "the last mail", 90)
    said = house.ask("SELECT direction, body FROM services_message ORDER BY id")
    keys = [pk for (pk,) in house.ask("SELECT id FROM services_ticket")]
    assert Counter(body for way, body in said if way == "inbound") == Counter(f"Question {n}" for n in range(MAILS))
    assert Counter(body for way, body in said if way == "outbound") == Counter(f"Answer {pk}" for pk in keys)
    by_text: dict[str, set[str]] = {}
    for sent in smtp.mails:
        by_text.setdefault(sent.text.splitlines()[0], set()).add(str(sent.parsed["Message-ID"]))
    assert by_text.keys() == {f"Answer {pk}" for pk in keys}
    assert all(len(ids) == 1 for ids in by_text.values())
