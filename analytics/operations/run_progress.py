from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q, Sum
from django.db.models.functions import Now

from analytics.choices import RunState
from analytics.models import ScoringChunk, ScoringRun
from customers.choices import LeaseState

# A run of which nothing is being worked on by then says what may be wrong.
PATIENCE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class RunProgress:
    """How far a run is. planned, done, failed: customers. chunks: by state. at_work: chunks whose worker's lease still
    holds. seconds: from its beginning to its end, or to now. work_seconds: of all workers together. slowest: seconds
    of the slowest chunk."""

    planned: int
    done: int
    failed: int
    chunks: dict[str, int]
    at_work: int
    seconds: float
    work_seconds: float
    slowest: float
    is_waiting_long: bool

    @property
    def share(self) -> int:
        """Per cent of the planned customers that are scored or given up on; of nobody, all."""
        return 100 * (self.done + self.failed) // self.planned if self.planned else 100

    @property
    def rate(self) -> float | None:
        """Customers a second, by the clock on the wall; None where nobody knows yet."""
        return self.done / self.seconds if self.done and self.seconds > 0 else None

    @property
    def seconds_left(self) -> float | None:
        """How long it goes on at this rate; None where nobody knows."""
        return (self.planned - self.done - self.failed) / self.rate if self.rate else None


def run_progress(*, run: ScoringRun, at: datetime) -> RunProgress:
    """How far this run is; see runs_progress."""
    return runs_progress(runs=[run], at=at)[run.pk]


def runs_progress(*, runs: list[ScoringRun], at: datetime) -> dict[int, RunProgress]:
    """How far each of these runs is, by key. One query, whatever they are.

    A sweep that a night has made superfluous has no chunks; the counts of a run that has ended stand with it."""
    states: dict[int, dict[str, Any]] = {run.pk: {} for run in runs}
    rows = (
        ScoringChunk.objects.filter(run__in=states)
        .order_by()
        .values("run", "state")
        .annotate(
            chunks=Count("pk"),
            people=Sum("customers"),
            work=Sum("seconds"),
            slowest=Max("seconds"),
            at_work=Count("pk", filter=Q(state=LeaseState.LEASED, lease_until__gte=Now())),
        )
    )
    for row in rows:
        states[row["run"]][row["state"]] = row
    return {run.pk: _progress(run, states[run.pk], at) for run in runs}


def _progress(run: ScoringRun, by_state: dict[str, Any], at: datetime) -> RunProgress:
    def people(state: LeaseState) -> int:
        return int(by_state[state]["people"]) if state in by_state else 0

    at_work = sum(int(row["at_work"]) for row in by_state.values())
    goes_on = run.state == RunState.RUNNING
    return RunProgress(
        planned=sum(int(row["people"]) for row in by_state.values()),
        done=people(LeaseState.DONE),
        failed=people(LeaseState.FAILED),
        chunks={state.value: int(by_state[state]["chunks"]) if state in by_state else 0 for state in CHUNK_STATES},
        at_work=at_work,
        seconds=((run.finished_at or at) - run.started_at).total_seconds(),
        work_seconds=sum(float(row["work"]) for row in by_state.values()),
        slowest=max((float(row["slowest"]) for row in by_state.values()), default=0.0),
        is_waiting_long=goes_on and not at_work and at - run.started_at > PATIENCE,
    )


CHUNK_STATES = (LeaseState.TODO, LeaseState.LEASED, LeaseState.DONE, LeaseState.FAILED)
