from datetime import datetime

from django.db import transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from analytics.choices import ProposalState
from analytics.models import PreferenceModelVersion, WeightProposal
from analytics.operations.activate_version import activate_version
from analytics.operations.draft_version import draft_version
from analytics.operations.ensure_versions import ensure_versions
from customers.models import User


class ProposalIsDecided(Exception):
    """The proposal is not open: it was decided, or is still being learned. Nothing was changed."""


@transaction.atomic
def accept_proposal(*, proposal: WeightProposal, at: datetime, by: User | None = None) -> PreferenceModelVersion:
    """Put learned weights in force: a new version, otherwise like the one in force, which stays on record and can come
    back. Overrides of segments keep theirs. Raises ProposalIsDecided."""
    _scores, active = ensure_versions(at=at)
    locked = _lock(proposal)
    day = date_format(localtime(proposal.created_at), "SHORT_DATE_FORMAT")
    version = draft_version(
        model=PreferenceModelVersion,
        parameters={**active.parameters, "weights": locked.weights},
        overrides=active.overrides,
        standing=active.overrides,
        label=_("Learned %(day)s") % {"day": day},
        note=_("Weights of proposal %(number)d.") % {"number": proposal.pk},
        at=at,
        by=by,
    )
    activate_version(version=version, at=at, by=by)
    _decide(proposal, ProposalState.ACCEPTED, at, by, version)
    return version


@transaction.atomic
def reject_proposal(*, proposal: WeightProposal, at: datetime, by: User | None = None) -> WeightProposal:
    """Leave the weights as they are. Raises ProposalIsDecided."""
    _lock(proposal)
    _decide(proposal, ProposalState.REJECTED, at, by, None)
    return proposal


def _lock(proposal: WeightProposal) -> WeightProposal:
    locked = WeightProposal.objects.select_for_update().get(pk=proposal.pk)
    if locked.state != ProposalState.OPEN:
        raise ProposalIsDecided(
            _("This proposal is not open: %(state)s.") % {"state": str(locked.get_state_display()).lower()}
        )
    return locked


def _decide(
    proposal: WeightProposal, state: str, at: datetime, by: User | None, version: PreferenceModelVersion | None
) -> None:
    proposal.state, proposal.decided_at, proposal.decided_by, proposal.version = state, at, by, version
    proposal.save(update_fields=["state", "decided_at", "decided_by", "version"])
