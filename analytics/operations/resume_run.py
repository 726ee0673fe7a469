from datetime import datetime

from django.db import transaction

from analytics.choices import RunState
from analytics.models import ScoringRun
from analytics.operations.category_statistics import KEY
from customers.audit.record import record
from customers.choices import AuditKind, LeaseState


class NothingToResume(Exception):
    """The run has no failed chunks, or a newer one took its place. Nothing was changed."""


@transaction.atomic
def resume_run(*, run: ScoringRun, at: datetime) -> ScoringRun:
    """Try the failed chunks of a run again: they are free as if nobody had tried them, and the run goes on until they
    are done or have failed anew. What it scored before stays, and so does what newer runs and sweeps have written
    since: older never overwrites newer.

    A run that goes on resumes by itself: a chunk whose worker died is free when its lease ends. Raises
    NothingToResume."""
    locked = ScoringRun.objects.select_for_update().get(pk=run.pk)
    if locked.state not in (RunState.PARTIAL, RunState.RUNNING):
        raise NothingToResume(f"run {run.pk} is {locked.state}")
    failed = run.chunks.filter(state=LeaseState.FAILED)
    if not failed.update(state=LeaseState.TODO, attempts=0):
        raise NothingToResume(f"run {run.pk} has no failed chunks")
    # How the scores lie is measured anew at the end; what the chunks shared is still shared.
    shared = {KEY: locked.distribution[KEY]} if locked.distribution and KEY in locked.distribution else None
    locked.state, locked.finished_at, locked.distribution = RunState.RUNNING, None, shared
    locked.save(update_fields=["state", "finished_at", "distribution"])
    record(AuditKind.DONE, locked, verb="resume")
    return locked
