"""What befalls the installation, and what a supervisor does about it."""

import http.client
import json
import random
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

from tests.faults.chaos.load import Load
from tests.faults.house import House

WORKERS = ("worker-1", "worker-2")


class Misfortunes:
    """Faults by name, of some `kinds` or of all. Each comes back when the supervisor has done its part, not when all is
    well again. `asked` and `answered`: requests while Redis was dead; `slowest`: seconds that one took, at worst."""

    def __init__(self, house: House, load: Load, chance: random.Random, kinds: Sequence[str] = ()) -> None:
        self.house, self.load, self.chance = house, load, chance
        self.program = load.program()
        self.asked = self.answered = 0
        self.slowest = 0.0
        self.kinds: dict[str, Callable[[], None]] = {
            "worker": lambda: self._kill(chance.choice(WORKERS)),
            "worker_child": lambda: house.kill_one(chance.choice(WORKERS), chance),
            "workers": lambda: self._kill(*WORKERS),
            "web": self._kill_web,
            "web_child": lambda: house.kill_one("web", chance),
            "beat": lambda: self._kill("timetable"),
            "redis_wiped": house.wipe_redis,
            "redis_frozen": self._freeze_redis,
            "redis_killed": self._kill_redis,
            "session": self._kill_session,
            "database": self._kill_database,
        }
        self.chosen = [*kinds] or sorted(self.kinds)

    def deck(self) -> Iterator[str]:
        """Kinds for ever: in random order, each as often as the others."""
        while True:
            yield from self.chance.sample(self.chosen, len(self.chosen))

    def _moment(self) -> None:
        """A supervisor does not see at once that something died."""
        time.sleep(self.chance.uniform(0.5, 2))

    def _kill(self, *names: str) -> None:
        for name in names:
            self.house.kill(name)
        self._moment()
        for name in names:
            self.house.start(name)

    def _kill_web(self) -> None:
        self.house.kill("web")
        self._moment()
        self.house.start_web(self.load.place.port)

    def _kill_session(self) -> None:
        self.house.kill_session(self.chance)

    def _kill_database(self) -> None:
        self.house.kill_database()
        self._moment()
        self.house.start_database()

    def _freeze_redis(self) -> None:
        with self.house.frozen_redis():
            self._web_answers(self.chance.uniform(3, 8))

    def _kill_redis(self) -> None:
        self.house.kill("redis")
        self._web_answers(self.chance.uniform(3, 8))
        self.house.start_redis()

    def _web_answers(self, seconds: float) -> None:
        """While Redis is dead: ask for a page of customers, and write one, over and over."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            mark = uuid.uuid4().hex
            person = {"kind": "person", "name": f"Person {mark}", "team": self.load.place.team}
            if (written := self._answer("POST", "customers/", json.dumps(person).encode())) is not None:
                self.load.note("customer", mark, json.loads(written))
            self._answer("GET", "customers/?page_size=1", b"")

    def _answer(self, method: str, path: str, body: bytes) -> bytes | None:
        """What was answered, at the first try; None: nothing of use."""
        begun = time.monotonic()
        self.asked += 1
        found = None
        with suppress(OSError, http.client.HTTPException):
            status, text = self.program.ask(method, path, body, **{"Content-Type": "application/json"})
            found = text if status < 300 else None
        self.answered += found is not None
        self.slowest = max(self.slowest, time.monotonic() - begun)
        return found
