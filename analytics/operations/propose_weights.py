from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.choices import ProposalState
from analytics.models import PreferenceModelVersion, WeightProposal
from analytics.operations.ensure_versions import ensure_versions
from analytics.operations.learn_weights import TooLittleToLearn, learn_weights
from analytics.scoring.preference_parameters import PreferenceParameters
from customers.models import Job, User
from customers.operations.job_kinds import Clock, JobFailed, JobKind, Progress
from customers.operations.start_job import start_job

KIND = "learn_weights"


class AlreadyLearning(Exception):
    """A proposal is being learned. Nothing was started."""


@transaction.atomic
def propose_weights(*, at: datetime, by: User | None = None) -> WeightProposal:
    """Ask for learned weights; a worker learns them behind the scenes. Raises AlreadyLearning."""
    _scores, version = ensure_versions(at=at)
    # The version's row is the lock: of two that ask at once, one finds that the other has asked.
    PreferenceModelVersion.objects.select_for_update().get(pk=version.pk)
    if WeightProposal.objects.filter(state=ProposalState.LEARNING).exists():
        raise AlreadyLearning(_("Weights are being learned already. Look again in a minute."))
    proposal = WeightProposal.objects.create(against=version, created_at=at, created_by=by)
    start_job(kind=KIND, at=at, by=by, subject_id=proposal.pk)
    return proposal


def _run(job: Job, progress: Progress, clock: Clock) -> dict[str, Any]:
    proposal = WeightProposal.objects.filter(pk=job.subject_id or 0, state=ProposalState.LEARNING).first()
    if proposal is None:
        return {}
    at = clock()
    _scores, version = ensure_versions(at=at)
    try:
        found = learn_weights(current=PreferenceParameters.from_dict(version.parameters), as_of=at, tell=progress)
    except TooLittleToLearn as error:
        raise JobFailed(str(error)) from error
    evidence = {
        "results": found.results,
        "customers": found.customers,
        "purchases": found.purchases,
        "days": found.days,
        "as_of": at.isoformat(),
    }
    WeightProposal.objects.filter(pk=proposal.pk, state=ProposalState.LEARNING).update(
        state=ProposalState.OPEN, weights=found.weights, evidence=evidence, against=version
    )
    return {"proposal": proposal.pk}


def _ended_badly(job: Job, at: datetime) -> None:
    WeightProposal.objects.filter(pk=job.subject_id or 0, state=ProposalState.LEARNING).update(
        state=ProposalState.FAILED, problem=job.error or _("It was stopped.")
    )


LEARN_WEIGHTS = JobKind(code=KIND, label=gettext_lazy("Learn weights"), run=_run, ended_badly=_ended_badly)
