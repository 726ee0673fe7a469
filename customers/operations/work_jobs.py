import logging
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import override

from customers.audit.origin import Origin, acting
from customers.choices import AuditChannel, LeaseState
from customers.models import FREE, Job, LeaseLost
from customers.operations.job_kinds import LEASE, Clock, JobFailed, Progress, job_kind

logger = logging.getLogger(__name__)


def free_jobs(kind: str = "") -> "QuerySet[Job]":
    """The jobs that a worker may take now, of one kind or of all, the oldest first."""
    of_kind = {"kind": kind} if kind else {}
    return Job.objects.filter(FREE, attempts__lt=Job.most_attempts, **of_kind).order_by("id")


def work_jobs(*, clock: Clock, kind: str = "") -> Iterator[Job]:
    """Take jobs, of one kind or of all, and do them until none is free; yields each when it ended well or badly.

    What is not the job's own fault (a lost database, a bug) is raised; the job is then free again."""
    while job := _claim(clock, kind):
        try:
            _do(job, clock)
        except LeaseLost:
            logger.info("job %s was taken over or stopped", job.pk)
        job.refresh_from_db()
        yield job


def give_up_worn_out_jobs(*, at: datetime) -> int:
    """Call failed what so many workers died of, or raised at; returns how many jobs."""
    worn_out = list(Job.objects.filter(FREE, attempts__gte=Job.most_attempts))
    for job in worn_out:
        _fail(job, job.error or "its worker died each time it was tried", at)
    return len(worn_out)


def _claim(clock: Clock, kind: str) -> Job | None:
    while job := free_jobs(kind).first():
        if job.lease(LEASE):
            job.write_if_mine(started_at=clock(), done=0, total=0, step="")
            return job
    return None


def _do(job: Job, clock: Clock) -> None:
    try:
        who = Origin(AuditChannel.JOB, job.kind, job.created_by_id, via=f"job:{job.pk}")
        with override(job.language or settings.LANGUAGE_CODE), acting(who):
            result = job_kind(job.kind).run(job, Progress(job), clock)
    except LeaseLost:
        raise
    except JobFailed as failed:
        _fail(job, str(failed), clock())
    except Exception as error:
        job.mine().update(state=LeaseState.TODO, error=type(error).__name__)
        raise
    else:
        job.write_if_mine(state=LeaseState.DONE, result=result, finished_at=clock(), error="")


def _fail(job: Job, error: str, at: datetime) -> None:
    still_open = Job.objects.filter(pk=job.pk, token=job.token, state__in=(LeaseState.TODO, LeaseState.LEASED))
    if still_open.update(state=LeaseState.FAILED, error=error, finished_at=at):
        job.refresh_from_db()
        job_kind(job.kind).ended_badly(job, at)
