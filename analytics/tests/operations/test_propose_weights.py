import random

import pytest
from django.utils import timezone

from analytics.choices import ProposalState, VersionState
from analytics.models import PreferenceModelVersion, VersionEvent, WeightProposal
from analytics.operations.decide_proposal import ProposalIsDecided, accept_proposal, reject_proposal
from analytics.operations.ensure_versions import ensure_versions
from analytics.operations.learn_weights import TooLittleToLearn, learn_weights
from analytics.operations.propose_weights import AlreadyLearning, propose_weights
from analytics.scoring.preference_parameters import ITEM_FEATURES, PreferenceParameters
from analytics.tests.histories import DAY
from analytics.tests.shops import TEA, TOOLS, buys, crowd, stock
from customers.choices import LeaseState
from customers.models import Customer, Job, Team, User
from customers.operations.work_jobs import work_jobs
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def regulars(north: Team) -> None:
    """Forty customers who buy again and again what is of their kind."""
    stock()
    chance = random.Random(5)
    for n in range(40):
        customer = Customer.objects.create(name=f"Regular {n}", team=north)
        for week in range(20):
            buys(customer, chance.choice(TEA if n % 2 else TOOLS), at=NOW - (1 + week * 7) * DAY)


def work() -> None:
    list(work_jobs(clock=lambda: NOW))


def test_weights_are_learned_and_measured_on_what_came_later(regulars: None, ann: User) -> None:
    proposal = propose_weights(at=NOW, by=ann)
    assert proposal.state == ProposalState.LEARNING
    work()
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.OPEN
    assert set(proposal.weights) == set(ITEM_FEATURES) and min(proposal.weights.values()) >= 0.0
    rows = {(row["task"], row["name"]): row for row in proposal.evidence["results"]}
    assert rows["any product", "learned"]["customers"] == 40
    assert rows["any product", "learned"]["gain"]["low"] > 0.0
    assert PreferenceModelVersion.objects.active().get() == proposal.against


def test_what_cannot_be_learned_keeps_its_weight(regulars: None) -> None:
    given = PreferenceParameters(weights={**PreferenceParameters().weights, "stated": 0.77, "popularity": 0.33})
    found = learn_weights(current=given, as_of=NOW, tell=lambda done, total, step: None)
    assert (found.weights["stated"], found.weights["popularity"]) == (0.77, 0.33)
    learned = [name for name in ITEM_FEATURES if name not in ("stated", "popularity", "rating", "recent_interest")]
    before = sum(given.weights[name] for name in learned)
    assert sum(found.weights[name] for name in learned) == pytest.approx(before, abs=0.01)


def test_too_few_purchases_fail_with_a_reason(north: Team) -> None:
    stock()
    crowd(north)
    with pytest.raises(TooLittleToLearn, match="30 are needed"):
        learn_weights(current=PreferenceParameters(), as_of=NOW, tell=lambda done, total, step: None)
    proposal = propose_weights(at=NOW)
    work()
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.FAILED and "30 are needed" in proposal.problem
    assert Job.objects.get().state == LeaseState.FAILED


def test_one_at_a_time(db: None) -> None:
    propose_weights(at=NOW)
    with pytest.raises(AlreadyLearning):
        propose_weights(at=NOW)
    assert WeightProposal.objects.count() == 1


def opened(**values: object) -> WeightProposal:
    _scores, version = ensure_versions(at=NOW)
    weights = {**PreferenceParameters().weights, "affinity": 2.5}
    return WeightProposal.objects.create(
        state=ProposalState.OPEN, weights=weights, against=version, created_at=timezone.now(), **values
    )


def test_an_accepted_proposal_is_in_force_and_the_one_before_can_come_back(ann: User) -> None:
    proposal = opened()
    version = accept_proposal(proposal=proposal, at=NOW, by=ann)
    assert version.state == VersionState.ACTIVE and version.parameters["weights"]["affinity"] == 2.5
    assert (proposal.state, proposal.version, proposal.decided_by) == (ProposalState.ACCEPTED, version, ann)
    assert proposal.against is not None
    proposal.against.refresh_from_db()
    assert proposal.against.state == VersionState.RETIRED
    assert set(VersionEvent.objects.filter(number=version.number, of="preference").values_list("by", flat=True)) == {
        ann.pk
    }


def test_a_rejected_proposal_changes_nothing(ann: User) -> None:
    proposal = opened()
    reject_proposal(proposal=proposal, at=NOW, by=ann)
    assert proposal.state == ProposalState.REJECTED
    assert PreferenceModelVersion.objects.count() == 1


@pytest.mark.parametrize("decide", [accept_proposal, reject_proposal])
def test_what_is_decided_stays_decided(ann: User, decide: object) -> None:
    proposal = opened()
    reject_proposal(proposal=proposal, at=NOW, by=ann)
    with pytest.raises(ProposalIsDecided):
        decide(proposal=proposal, at=NOW, by=ann)  # type: ignore[operator]
    assert PreferenceModelVersion.objects.count() == 1
