from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.models import CampaignList
from analytics.operations.build_campaign_list import CannotBuild, IsSent, build_campaign_list
from customers.choices import LeaseState
from customers.models import Job, User
from customers.operations.job_kinds import Clock, JobFailed, JobKind, Progress
from customers.operations.start_job import start_job

KIND = "campaign_list"


@transaction.atomic
def start_campaign_list(*, campaign: CampaignList, by: User, at: datetime) -> Job:
    """Have a worker build the list as `by` sees the customers. A job that is under way is answered instead of a second
    one. Raises IsSent."""
    row = CampaignList.objects.select_for_update().get(pk=campaign.pk)
    if row.sent_at is not None:
        raise IsSent(_("This list was sent: who is on it stays as it was."))
    going_on = build_job(row.pk)
    if going_on is not None and going_on.state in (LeaseState.TODO, LeaseState.LEASED):
        return going_on
    row.built_by, row.problem = by, ""
    row.save(update_fields=["built_by", "problem"])
    return start_job(kind=KIND, at=at, by=by, subject_id=row.pk)


def build_job(campaign_id: int) -> Job | None:
    """The newest job that builds a list."""
    return Job.objects.filter(kind=KIND, subject_id=campaign_id).order_by("-pk").first()


def _run(job: Job, progress: Progress, clock: Clock) -> dict[str, Any]:
    rows = CampaignList.objects.select_related("segment", "product", "category", "built_by")
    campaign = rows.filter(pk=job.subject_id or 0).first()
    if campaign is None:
        raise JobFailed(_("The list was deleted meanwhile."))
    step = _("reading customers")
    try:
        built = build_campaign_list(campaign=campaign, at=clock(), tell=lambda done, total: progress(done, total, step))
    except (CannotBuild, IsSent) as error:
        raise JobFailed(str(error)) from error
    return {"members": built.found["members"]}


def _ended_badly(job: Job, at: datetime) -> None:
    CampaignList.objects.filter(pk=job.subject_id or 0, sent_at=None).update(
        problem=job.error or _("It was stopped."),
    )


CAMPAIGN_LIST = JobKind(KIND, gettext_lazy("Build a campaign list"), _run, _ended_badly)
