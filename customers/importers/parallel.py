"""Batches of an import done by several processes, with exactly the result of one.

Most of the work on a batch (checking, normalising, sealing) depends on nothing but its own rows, so the processes do it
side by side. What depends on other rows they do in turns, in the order of the file: each waits for a sign from the one
before it, which comes when that one has committed. So a batch sees all rows before it, as it does with one process."""

import os
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, cycle
from multiprocessing import Pipe
from subprocess import DEVNULL, Popen, TimeoutExpired
from typing import Any, Self

from django.conf import settings
from django.db import connection
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from customers.audit.origin import in_bulk
from customers.importers.helper import READY, SIGN
from customers.models import Team
from customers.operations.import_customers import import_customers
from customers.operations.records import Counts
from customers.operations.source import Source

# Operations that take a `turn`, and come by the million.
TAKE_TURNS = (import_customers,)
# A process needs a second to start: smaller files are done before they are of use.
ALONE_AT_FIRST = 20
DATABASES = ("postgresql", "mysql")  # SQLite lets one process write, and every reader of it wait
SECONDS_TO_END = 30

Operation = Callable[..., Counts]


class HelperLost(Exception):
    """A process that helped failed or was killed. What was committed stays, as with any import that ends early."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a batch: its counts, and what was reported of each row (see Report)."""

    counts: Counts
    told: list[tuple[str, str, str, str]]


@dataclass(frozen=True, slots=True)
class Task:
    """What is done with each batch."""

    operation: Operation
    source: Source
    team: Team
    at: datetime

    def do(self, records: Sequence[Any], **turn: Any) -> Result:
        """One batch."""
        told: list[tuple[str, str, str, str]] = []

        def report(source_id: str, outcome: str, label: str, detail: str) -> None:
            told.append((source_id, outcome, label, detail))

        with in_bulk():  # also in the processes that help
            counts = self.operation(
                source=self.source, records=records, team=self.team, at=self.at, report=report, **turn
            )
        return Result(counts, told)


@dataclass(frozen=True, slots=True)
class Failure:
    """What a helper says before it ends early."""

    text: str
    trace: str


class Hands:
    """Takes batches and gives their results, in the same order. It does them itself; when there were many, and where it
    is safe, several processes do."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._given = 0
        self._results: deque[Result] = deque()
        self._helpers: list[Helper] = []
        self._next: Iterator[Helper] | None = None  # once all are ready
        self._busy: deque[Helper] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_error: object) -> None:
        for helper in self._helpers:
            helper.tell_to_end(at_once=kind is not None)
        for helper in self._helpers:
            helper.wait()

    @property
    def are_full(self) -> bool:
        """Whether a result must be taken before the next batch is given."""
        return bool(self._results) or (self._next is not None and len(self._busy) == len(self._helpers))

    @property
    def have_result(self) -> bool:
        """Whether one can be taken without waiting."""
        return bool(self._results) or (bool(self._busy) and self._busy[0].has_said_something)

    def give(self, records: Sequence[Any]) -> None:
        """Have a batch done."""
        self._given += 1
        if self._given == ALONE_AT_FIRST and self._can_be_helped():
            self._call_helpers(settings.IMPORT_PROCESSES)
        if self._next is None and self._helpers and all(helper.is_ready for helper in self._helpers):
            self._next = cycle(self._helpers)
        if self._next is None:
            self._results.append(self._task.do(records))
        else:
            helper = next(self._next)
            helper.give(records)
            self._busy.append(helper)

    def take(self) -> Result:
        """The result of the earliest batch whose result was not taken. Raises HelperLost."""
        if self._results:
            return self._results.popleft()
        found: Result = self._busy.popleft().take()
        return found

    def _call_helpers(self, how_many: int) -> None:
        """Start so many, in a ring: each gives the next the sign for its turn; the first has its sign already."""
        ring = [os.pipe() for _ in range(how_many)]
        try:
            os.write(ring[0][1], SIGN)
            for (before, _here), (_there, after) in zip(ring, [*ring[1:], ring[0]], strict=True):
                self._helpers.append(Helper(self._task, before, after))
        finally:
            for end in chain.from_iterable(ring):
                os.close(end)

    def _can_be_helped(self) -> bool:
        return (
            self._task.operation in TAKE_TURNS
            and not self._task.source.rehearsal
            and connection.vendor in DATABASES
            and not connection.in_atomic_block  # others would not see what is written, nor could it be taken back
            and settings.IMPORT_PROCESSES > 1
            and os.name == "posix"
        )


class Helper:
    """A process of our own that does batches, on a connection of its own (see customers.importers.helper).

    A program started anew, not a fork, which would share our connection; nor multiprocessing, which starts no process
    from within a worker of Celery."""

    def __init__(self, task: Task, before: int, after: int) -> None:
        self._line, theirs = Pipe()
        ends = (theirs.fileno(), before, after)
        path = os.pathsep.join(filter(None, (str(settings.BASE_DIR), os.environ.get("PYTHONPATH"))))
        self._process = Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "customers.importers.helper", *map(str, ends)],
            pass_fds=ends,
            stdin=DEVNULL,
            stdout=DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
        )
        theirs.close()
        self._is_ready = False
        self.give((task, get_language(), connection.settings_dict["NAME"]))

    @property
    def is_ready(self) -> bool:
        """Whether it has started. Raises HelperLost."""
        if not self._is_ready and self.has_said_something:
            self._is_ready = self.take() == READY
        return self._is_ready

    @property
    def has_said_something(self) -> bool:
        """Whether `take` has not to wait."""
        return self._line.poll()

    def give(self, what: object) -> None:
        """Send it something."""
        try:
            self._line.send(what)
        except OSError as error:
            raise self._lost() from error

    def take(self) -> Any:
        """Wait for what it has to say. Raises HelperLost."""
        try:
            said = self._line.recv()
        except (EOFError, OSError) as error:
            raise self._lost() from error
        if isinstance(said, Failure):
            lost = HelperLost(said.text)
            lost.add_note(said.trace)
            raise lost
        return said

    def tell_to_end(self, *, at_once: bool) -> None:
        """Have it end: when it is done, or at once, and roll back what it is at."""
        self._line.close()
        if at_once:
            self._process.terminate()

    def wait(self) -> None:
        """Wait for its end, so that nothing is written any more."""
        try:
            self._process.wait(SECONDS_TO_END)
        except TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _lost(self) -> HelperLost:
        with suppress(TimeoutExpired):
            self._process.wait(1)
        text = _("A process that helped was killed (%(code)s). Import the same again: it goes on where it was.")
        return HelperLost(text % {"code": self._process.poll()})
