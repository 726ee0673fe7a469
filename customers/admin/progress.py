"""How far a job is: a piece of a page that asks again until the job has ended, and is read as it is without scripts."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from customers.choices import LeaseState
from customers.models import Job
from customers.operations.job_kinds import job_kind

TEMPLATE = "admin/includes/progress.html"
GOING_ON = (LeaseState.TODO, LeaseState.LEASED)
TONES = {LeaseState.DONE: "good", LeaseState.FAILED: "bad", LeaseState.STOPPED: "warn"}

# A job that no worker has taken by then says what may be wrong.
PATIENCE = timedelta(seconds=60)


def kind_label(job: Job) -> str:
    """What a job does, in words; the code of a kind that is not known any more."""
    try:
        return str(job_kind(job.kind).label)
    except KeyError:
        return job.kind


def may_stop(request: HttpRequest, job: Job) -> bool:
    """Whether the user may stop it: whoever started it, and whoever may change jobs."""
    if job.state not in GOING_ON:
        return False
    return job.created_by_id == request.user.pk or request.user.has_perm("customers.change_job")


def progress_context(request: HttpRequest, job: Job | None, *, poll: str, page: str, at: datetime) -> dict[str, Any]:
    """What `admin/includes/progress.html` needs to show a job: `poll` is the address that answers `progress_answer`,
    `page` that of the page that it is a piece of."""
    if job is None:
        return {"job": None}
    return {
        "job": job,
        "job_label": kind_label(job),
        "job_words": _words(job),
        "job_tone": TONES.get(LeaseState(job.state), "fair"),
        "job_goes_on": job.state in GOING_ON,
        "job_poll": poll,
        "job_page": page,
        "job_may_stop": may_stop(request, job),
        "job_waits_long": job.state == LeaseState.TODO and at - job.created_at > PATIENCE,
    }


def progress_answer(request: HttpRequest, job: Job | None, *, page: str, at: datetime) -> HttpResponse:
    """The answer to a page that asks how far the job is. When the job has ended the page is loaded anew."""
    context = progress_context(request, job, poll=request.path, page=page, at=at)
    response = TemplateResponse(request, TEMPLATE, context)
    if not context.get("job_goes_on"):
        response.headers["HX-Refresh"] = "true"
    return response


def _words(job: Job) -> str:
    words = {
        LeaseState.TODO: _("Waits for a worker"),
        LeaseState.LEASED: _("At work"),
        LeaseState.DONE: _("Done"),
        LeaseState.FAILED: _("Failed"),
        LeaseState.STOPPED: _("Stopped"),
    }
    return words[LeaseState(job.state)]
