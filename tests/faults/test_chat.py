"""Web processes that are killed, and a Redis that is stopped and wiped, while a visitor and an agent talk: what was
acknowledged is there once, and each reply reaches the visitor once."""

import http.client
import json
import threading
import time
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from launcher.ports import HOST, any_free

from tests.faults.house import House, wait_for

pytestmark = pytest.mark.long

MESSAGES, REPLIES, KILLS = 24, 12, 4
SECRET = "s" * 43
BEGIN = """
from django.utils import timezone
from customers.models import Team, User
from services.models import Agent, Calendar, ChatWidget, Queue
from services.operations.write_chat_widget import write_chat_widget
team = Team.objects.create(name="North")
queue = Queue.objects.create(name="Chats", team=team, calendar=Calendar.objects.first())
ann = User.objects.create_superuser("ann")
Agent.objects.create(user=ann, name="Ann")
widget = write_chat_widget(widget=ChatWidget(), changes={"name": "Shop", "queue": queue}, at=timezone.now())
print(widget.key)
"""
# An agent in a process of their own, as if at another web process.
REPLY = """
import time
from django.utils import timezone
from customers.models import User
from services.models import Ticket
from services.operations.reply_to_ticket import reply_to_ticket
ann = User.objects.get(username="ann")
for number in range({count}):
    reply_to_ticket(ticket=Ticket.objects.get(), body=f"reply {{number}}", by=ann, at=timezone.now())
    time.sleep(0.7)
"""


class Visitor:
    """What the widget does, without a browser: what is not acknowledged is sent again under its key; the stream is
    read on from the last line."""

    def __init__(self, port: int, widget: str) -> None:
        self.port, self.path = port, f"/chat/{widget}/"
        self.acknowledged: dict[str, int] = {}
        self.received: list[dict[str, Any]] = []
        self.last = 0
        self.is_over = False
        self.failures = 0
        self.streams = 0

    def ask(self, method: str, path: str, body: str = "", kind: str = "application/json") -> tuple[int, bytes]:
        link = http.client.HTTPConnection(HOST, self.port, timeout=15)
        try:
            link.request(method, self.path + path, body, {"X-Chat-Secret": SECRET, "Content-Type": kind})
            answer = link.getresponse()
            return answer.status, answer.read()
        finally:
            link.close()

    def until_done(self, method: str, path: str, body: str = "", kind: str = "application/json") -> bytes:
        while not self.is_over:
            with suppress(OSError, http.client.HTTPException):
                status, text = self.ask(method, path, body, kind)
                if status == 200:
                    return text
            self.failures += 1
            time.sleep(0.2)
        return b""

    def talk(self) -> None:
        self.until_done("POST", "start", "{}")
        for number in range(MESSAGES):
            key = str(uuid.uuid4())
            form = f"key={key}&text=message+{number}"
            answer = self.until_done("POST", "messages", form, "application/x-www-form-urlencoded")
            if answer:
                self.acknowledged[key] = json.loads(answer)["line"]["id"]
            time.sleep(0.3)

    def listen(self) -> None:
        while not self.is_over:
            with suppress(OSError, http.client.HTTPException, ValueError):
                self._stream()
            time.sleep(0.2)

    def _stream(self) -> None:
        link = http.client.HTTPConnection(HOST, self.port, timeout=10)
        try:
            link.request("GET", f"{self.path}stream?after={self.last}", headers={"X-Chat-Secret": SECRET})
            answer = link.getresponse()
            if answer.status != 200:
                return
            self.streams += 1
            event = ""
            while not self.is_over and (raw := answer.readline()):
                text = raw.decode().rstrip("\n")
                if text.startswith("event: "):
                    event = text[7:]
                if text.startswith("data: ") and event == "line":
                    line = json.loads(text[6:])
                    self.received.append(line)
                    self.last = line["id"]
        finally:
            link.close()


def answers(visitor: Visitor) -> bool:
    with suppress(OSError, http.client.HTTPException):
        return visitor.ask("GET", "widget.js")[0] == 200
    return False


def test_nothing_is_lost_and_nothing_comes_twice(house: House) -> None:
    port = any_free()
    visitor = Visitor(port, house.python(BEGIN).strip())
    house.start_web(port)
    wait_for(lambda: answers(visitor), "the web server")
    threads = [threading.Thread(target=work, daemon=True) for work in (visitor.talk, visitor.listen)]
    for thread in threads:
        thread.start()
    wait_for(lambda: bool(visitor.acknowledged), "the first message")
    agent = threading.Thread(target=house.python, args=[REPLY.format(count=REPLIES)], daemon=True)
    agent.start()
    for number in range(KILLS):
        time.sleep(1.5)
        if number == 1:
            house.wipe_redis()
            house.kill("redis")  # from here on there is none
        house.kill("web")
        house.start_web(port)
        wait_for(lambda: answers(visitor), "the web server")
    agent.join(120)
    threads[0].join(120)

    def replies() -> list[str]:
        return [line["text"] for line in visitor.received if not line["theirs"]]

    with suppress(AssertionError):
        wait_for(lambda: len(replies()) >= REPLIES, "the replies", 30)
    time.sleep(3)  # one that came twice would come now
    visitor.is_over = True
    assert len(visitor.acknowledged) == MESSAGES and visitor.failures >= 1, visitor.failures
    rows = house.ask(
        "SELECT l.client_key::text, l.id, m.body FROM services_chatline l"
        " JOIN services_message m ON m.id = l.message_id WHERE l.client_key IS NOT NULL ORDER BY l.id"
    )
    assert {key: number for key, number, _body in rows} == visitor.acknowledged
    assert [body for _key, _number, body in rows] == [f"message {number}" for number in range(MESSAGES)]
    assert house.ask("SELECT count(*) FROM services_ticket") == [(1,)]
    assert house.ask("SELECT count(*) FROM services_message WHERE direction = 'inbound'") == [(MESSAGES,)]
    assert replies() == [f"reply {number}" for number in range(REPLIES)]  # in order, each once
    ids = [line["id"] for line in visitor.received]
    assert ids == sorted(set(ids)) and len(ids) == MESSAGES + REPLIES
    assert visitor.streams >= 2


def test_the_log_holds_no_secret(house: House) -> None:
    log = (Path(house.folder) / "web.log").read_text()
    assert "/chat/" in log and SECRET not in log and "message 1" not in log
