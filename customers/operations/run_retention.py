from typing import Any

from django.db import transaction
from django.db.models import F, Min
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Job, RetentionRun
from customers.operations.job_kinds import Clock, JobFailed, JobKind, Progress
from customers.operations.retention_kinds import Old, old_rows
from customers.operations.start_retention import KIND

ROWS_AT_ONCE = 500


def run_retention(job: Job, progress: Progress, clock: Clock) -> dict[str, Any]:
    """Do what a run of a rule is for: count what is older, say how old the oldest is, and, unless it is a report alone,
    do away with it, some rows a transaction. Killed and done again it goes on: what is gone is not found again."""
    run = RetentionRun.objects.select_related("rule").filter(pk=job.subject_id or 0).first()
    if run is None:
        raise JobFailed(_("The run is not on record any more."))
    parts = old_rows(run.rule.kind)
    _count(run, parts)
    for part in [] if run.is_dry_run else parts:
        while keys := list(part.rows(run.cutoff).order_by("pk").values_list("pk", flat=True)[:ROWS_AT_ONCE]):
            progress(run.done, run.found or 0)
            _forget(run, job, part, keys)
    run.finished_at = clock()
    run.save(update_fields=["finished_at"])
    return {"found": run.found, "done": run.done}


def _count(run: RetentionRun, parts: list[Old]) -> None:
    found, oldest = 0, []
    for part in parts:
        rows = part.rows(run.cutoff).order_by()
        found += rows.count()
        oldest.append(rows.aggregate(oldest=Min(part.moment))["oldest"])
    run.found = run.done + found
    run.oldest_at = min((moment for moment in oldest if moment is not None), default=run.oldest_at)
    run.save(update_fields=["found", "oldest_at"])


@transaction.atomic
def _forget(run: RetentionRun, job: Job, part: Old, keys: list[Any]) -> None:
    """Some rows; fenced first: whoever lost the lease does nothing."""
    job.write_if_mine(done=run.done + len(keys))
    part.forget(keys)
    RetentionRun.objects.filter(pk=run.pk).update(done=F("done") + len(keys))
    run.done += len(keys)


RETENTION = JobKind(KIND, gettext_lazy("Retention"), run_retention)
