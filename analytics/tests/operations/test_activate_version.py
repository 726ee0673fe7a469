import pytest

from analytics.choices import RunKind, VersionState
from analytics.models import CustomerScore, PreferenceModelVersion, PreferenceProfile, ScoreModelVersion, ScoreSnapshot
from analytics.operations.activate_version import VersionIsActive, activate_version
from analytics.operations.draft_version import draft_version
from analytics.operations.work_chunks import work_chunks
from analytics.tests.histories import DAY, rating, score_everybody
from customers.models import Customer, User
from customers.operations.observe import observe
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def test_a_draft_changes_nothing(acme: Customer, bob: User) -> None:
    score_everybody()
    draft = draft_version(model=ScoreModelVersion, parameters={"quality": {"baseline": 0.6}}, at=NOW, by=bob)
    assert (draft.number, draft.state, draft.created_by) == (2, VersionState.DRAFT, bob)
    assert draft.parameters["quality"] == {"half_life_days": 180, "prior_weight": 5, "baseline": 0.6, "exponent": 1}
    assert ScoreModelVersion.objects.active().get().number == 1


def test_the_first_draft_leaves_number_one_to_the_measured_version(acme: Customer) -> None:
    draft = draft_version(model=ScoreModelVersion, parameters={}, at=NOW)
    assert draft.number == 2
    assert ScoreModelVersion.objects.active().get().number == 1


@pytest.mark.parametrize("model", [ScoreModelVersion, PreferenceModelVersion])
def test_impossible_parameters_are_refused_by_name(model: type[ScoreModelVersion]) -> None:
    with pytest.raises(ValueError, match="half_life is not a field"):
        draft_version(model=model, parameters={"half_life": 3}, at=NOW)
    assert not model.objects.exists()


def test_activating_retires_the_old_and_scores_everybody_anew(acme: Customer) -> None:
    observe(facts=[rating(acme, 5)], at=NOW - DAY)
    score_everybody()
    before = CustomerScore.objects.get()
    draft = draft_version(model=ScoreModelVersion, parameters={"quality": {"baseline": 0.3}}, at=NOW)
    run = activate_version(version=draft, at=NOW + DAY)
    assert (run.kind, run.version) == (RunKind.MANUAL, draft)
    assert list(ScoreModelVersion.objects.order_by("number").values_list("state", flat=True)) == ["retired", "active"]
    list(work_chunks(clock=lambda: NOW + DAY))
    after = CustomerScore.objects.get()
    assert after.version == draft
    assert after.score > before.score
    # history names its version and is not rewritten
    assert ScoreSnapshot.objects.get(as_of=NOW).version.number == 1


def test_measuring_freezes_the_baselines_of_the_day(acme: Customer) -> None:
    score_everybody()
    observe(facts=[rating(acme, 2, subject=n) for n in range(30)], at=NOW)
    draft = draft_version(model=ScoreModelVersion, parameters={}, at=NOW)
    activate_version(version=draft, at=NOW, measure=True)
    draft.refresh_from_db()
    assert draft.parameters["quality"]["baseline"] == pytest.approx(0.25)


def test_going_back_brings_the_old_numbers_back(acme: Customer) -> None:
    observe(facts=[rating(acme, 5)], at=NOW - DAY)
    score_everybody(at=NOW + DAY, kind=RunKind.NIGHTLY)
    before = CustomerScore.objects.get()
    draft = draft_version(model=ScoreModelVersion, parameters={"quality": {"baseline": 0.3}}, at=NOW)
    activate_version(version=draft, at=NOW)
    activate_version(version=before.version, at=NOW + DAY, measure=True)  # a frozen version is not measured again
    list(work_chunks(clock=lambda: NOW + DAY))
    after = CustomerScore.objects.get()
    assert after.run_id != before.run_id
    assert (after.version, after.score) == (before.version, before.score)


def test_the_version_in_force_cannot_be_activated(acme: Customer) -> None:
    score_everybody()
    with pytest.raises(VersionIsActive):
        activate_version(version=ScoreModelVersion.objects.get(), at=NOW)


def test_preferences_have_versions_of_their_own(acme: Customer) -> None:
    score_everybody()
    draft = draft_version(model=PreferenceModelVersion, parameters={"weights": {"rating": 0.9}}, at=NOW)
    activate_version(version=draft, at=NOW + DAY)
    list(work_chunks(clock=lambda: NOW + DAY))
    assert PreferenceProfile.objects.get().version == draft
    assert CustomerScore.objects.get().version.number == 1
