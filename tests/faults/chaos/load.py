"""Steady load upon an installation, and a ledger of what it acknowledged."""

import http.client
import random
import threading
import time
import traceback
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from services.tests.operations.mails import mail
from tests.faults.program import Program

PAGES = ("/admin/", "/admin/customers/customer/", "/admin/services/ticket/", "/admin/analytics/scoringrun/")
# What a page may answer while what it stands on is dead; 0: no answer at all.
EXCUSED = (0, 500, 502, 503)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the load goes."""

    port: int
    token: str
    cookie: str  # of a colleague who is logged in
    team: int
    queue: int
    box: str
    source: str


@dataclass
class Ledger:
    """What was acknowledged: by kind, its mark and the key that was answered. A mark is a word found nowhere else."""

    acknowledged: dict[str, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))
    pages: Counter[int] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)  # pages, and what was answered instead
    problems: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many writes were acknowledged."""
        return sum(len(marks) for marks in self.acknowledged.values())


class Load:
    """Clients that write and read until they are told to stop."""

    def __init__(self, place: Place, chance: random.Random) -> None:
        self.place, self.ledger = place, Ledger()
        self.programs: list[Program] = []
        self._going = threading.Event()
        self._going.set()
        works = (self.live, self.live, self.write_mail, self.send_events, self.read_pages)
        self._threads = [
            threading.Thread(target=self._run, args=(work, chance.random()), daemon=True) for work in works
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ask all to stop, and wait until each has the answer that it waits for."""
        self._going.clear()
        for thread in self._threads:
            thread.join(240)
            assert not thread.is_alive(), "a client waits for ever"

    def program(self) -> Program:
        """A new client."""
        made = Program(self.place.port, self.place.token)
        self.programs.append(made)
        return made

    def _run(self, work: Callable[[Program], None], seed: float) -> None:
        program, chance = self.program(), random.Random(seed)
        try:
            while self._going.is_set():
                work(program)
                time.sleep(chance.uniform(0.2, 0.8))
        except Exception:  # told at the end: a thread has nobody to raise it to
            self.ledger.problems.append(traceback.format_exc())

    def live(self, program: Program) -> None:
        """A customer comes, asks, is answered, and says how it was."""
        mark, ticket = self.begin(program)
        self.note("note", mark, program.post(f"tickets/{ticket}/note/", {"body": f"Note {mark}"}))
        self.note("received", mark, program.post(f"tickets/{ticket}/receive/", {"body": f"More {mark}"}))
        self.note("solved", mark, program.post(f"tickets/{ticket}/solve/", {}))
        rating = {"value": 1 + int(mark, 16) % 5, "comment": f"Rating {mark}"}
        self.note("rating", mark, program.post(f"tickets/{ticket}/rate/", rating))

    def begin(self, program: Program) -> tuple[str, int]:
        """A customer, a ticket of theirs, and an answer that leaves by mail: their mark and the ticket's key."""
        mark = uuid.uuid4().hex
        person = {"kind": "person", "name": f"Person {mark}", "team": self.place.team}
        points = [{"kind": "email", "value": f"{mark}@lee.example", "is_primary": True}]
        customer = program.post("customers/", {**person, "contact_points": points})
        self.note("customer", mark, customer)
        asked = {"customer": customer["id"], "queue": self.place.queue, "subject": f"Ticket {mark}", "body": "Please."}
        ticket = program.post("tickets/", asked)
        self.note("ticket", mark, ticket)
        self.note("reply", mark, program.post(f"tickets/{ticket['id']}/reply/", {"body": f"Answer {mark}"}))
        return mark, ticket["id"]

    def write_mail(self, program: Program) -> None:
        """A mail comes in."""
        mark = uuid.uuid4().hex
        raw = mail(f"Mail {mark}", sender=f"{mark}@kim.example", subject=f"Letter {mark}", number=int(mark, 16))
        path = f"mailboxes/{self.place.box}/messages/"
        self.note("mail", mark, program.post(path, raw, "message/rfc822"))

    def send_events(self, program: Program) -> None:
        """A few behaviour events come in at once."""
        marks = [uuid.uuid4().hex for _ in range(3)]
        at = datetime.now(UTC).isoformat()
        events = [{"name": "visit", "at": at, "id": mark, "user": "u1", "properties": {"mark": mark}} for mark in marks]
        answer = program.post(f"events/?source={self.place.source}", events)
        for mark in marks:
            self.note("event", mark, answer)

    def read_pages(self, program: Program) -> None:
        """A colleague looks at pages."""
        for path in PAGES:
            try:
                status, text = program.request("GET", path, b"", {"Cookie": self.place.cookie})
            except (OSError, http.client.HTTPException):
                status, text = 0, b""
            if status != 200 and status not in EXCUSED:
                self.ledger.refused.append(f"{path}: {status} {text[:200]!r}")
            self.ledger.pages[status] += 1

    def note(self, kind: str, mark: str, answer: Any) -> None:
        """Put down that it was acknowledged."""
        self.ledger.acknowledged[kind][mark] = answer.get("id")
