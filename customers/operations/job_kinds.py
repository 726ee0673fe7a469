"""What each kind of job does. Higher rooms register theirs here, so that one loop works on all."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models.functions import Now

from customers.models import Job

# A worker that is alive says so far more often than this.
LEASE = timedelta(seconds=60)
BEAT_SECONDS = 2.0

Clock = Callable[[], datetime]


class JobFailed(Exception):
    """The work cannot be done; the message says why, and what to do. It is not tried again."""


class Progress:
    """How a job says how far it is. That renews its lease, and tells it when it has been stopped."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._said_at = time.monotonic()

    def __call__(self, done: int, total: int = 0, step: str = "") -> None:
        """Say how far the work is; written every few seconds, and where the step is a new one.

        Raises LeaseLost where another worker has the job, or a person stopped it."""
        job = self._job
        now = time.monotonic()
        if step == job.step and now - self._said_at < BEAT_SECONDS:
            return
        self._said_at = now
        job.write_if_mine(done=done, total=total, step=step, lease_until=Now() + LEASE)


@dataclass(frozen=True, slots=True)
class JobKind:
    """`run(job, progress, clock)` does the work and returns what came of it. It raises JobFailed for good; anything
    else it raises is tried again. `ended_badly(job, at)` is called when the job failed for good or was stopped."""

    code: str
    label: Any
    run: Callable[[Job, Progress, Clock], dict[str, Any]]
    ended_badly: Callable[[Job, datetime], None] = lambda _job, _at: None


_kinds: dict[str, JobKind] = {}


def register_job(kind: JobKind) -> JobKind:
    """Make a kind of job known. Called once a process, when the app is ready."""
    _kinds[kind.code] = kind
    return kind


def job_kind(code: str) -> JobKind:
    """A kind by its code. Raises KeyError for one that no installed room knows."""
    return _kinds[code]


def job_kinds() -> list[JobKind]:
    """All of them."""
    return list(_kinds.values())
