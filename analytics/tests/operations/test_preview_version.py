"""Who would move: against what really happens once the version is in force."""

import math
from typing import Any

import pytest

from analytics.choices import RunKind
from analytics.models import CustomerScore, ScoreModelVersion, ScoreSnapshot, VersionPreview
from analytics.operations import start_measuring as measuring
from analytics.operations import start_preview as previewing
from analytics.operations.activate_version import VersionIsActive, activate_version
from analytics.operations.measure_draft import measure_draft
from analytics.operations.revise_draft import VersionIsFrozen, revise_draft
from analytics.operations.start_measuring import start_measuring
from analytics.operations.start_preview import is_old, start_preview
from analytics.operations.work_chunks import work_chunks
from analytics.tests.histories import DAY, populate, rating, score_everybody, scores
from analytics.tests.versions import british, draft, segment
from customers.choices import LeaseState
from customers.models import Customer, Job, Observation, Segment, StaleVersion, Team, User
from customers.operations.observe import observe
from customers.operations.work_jobs import work_jobs
from tests.cast import NOW

pytestmark = pytest.mark.django_db
OWN = {"quality": {"exponent": 3.0}}


@pytest.fixture
def people(north: Team) -> list[Customer]:
    """Sixty customers with histories, a third of them British, all scored."""
    people = populate(north, 60)
    Customer.objects.filter(pk__in=[person.pk for person in people[::3]]).update(country="GB")
    score_everybody(kind=RunKind.NIGHTLY)
    return people


def test_it_tells_exactly_what_activation_then_does(people: list[Customer]) -> None:
    happy, all_british = segment("Happy", "score", "at_least", 55), british()
    version = draft(all_british, own=OWN, parameters={"reliability": {"half_life_days": 20.0, "baseline": 0.9}})
    before = scores()
    members = set(CustomerScore.objects.filter(score__gte=55).values_list("pk", flat=True))
    result = start_preview(version=version, at=NOW).result
    assert result is not None
    assert scores() == before
    assert ScoreSnapshot.objects.count() == len(before)  # nothing was written

    activate_version(version=version, at=NOW)
    list(work_chunks(clock=lambda: NOW))
    after = scores()
    change = {pk: after[pk] - before[pk] for pk in after}
    assert result["customers"] == len(after)
    assert result["before"]["mean"] == pytest.approx(math.fsum(before.values()) / len(before))
    assert result["after"]["mean"] == pytest.approx(math.fsum(after.values()) / len(after))
    assert sum(result["after"]["histogram"]) == len(after)
    for step, count in result["moved"].items():
        assert count == sum(abs(points) >= float(step) for points in change.values())
    assert result["rose"] == sum(points >= 5 for points in change.values())
    assert result["fell"] == sum(points <= -5 for points in change.values())
    farthest = max(change, key=lambda pk: change[pk])
    assert result["up"][0]["customer"] == farthest
    assert result["up"][0]["before"] == before[farthest]
    assert result["up"][0]["after"] == after[farthest]
    assert [row["after"] - row["before"] for row in result["down"]] == sorted(
        points for points in change.values() if points <= -0.05
    )
    groups = {row["name"]: row for row in result["segments"]}
    assert groups["Happy"]["customers"] == len(members)
    assert groups["Happy"]["after"] == pytest.approx(math.fsum(after[pk] for pk in members) / len(members))
    (own,) = result["overrides"]
    assert own["customers"] == groups["British"]["customers"] == CustomerScore.objects.filter(override=1).count() == 20
    assert happy.name in groups


def test_private_segments_are_not_looked_at(people: list[Customer], bob: User) -> None:
    Segment.objects.create(name="Mine", owner=bob, is_shared=False, definition=british().definition)
    result = start_preview(version=draft(), at=NOW).result
    assert result is not None
    assert [row["name"] for row in result["segments"]] == ["British"]


def test_a_customer_with_an_impossible_fact_is_left_out(people: list[Customer]) -> None:
    observe(facts=[rating(people[5], 5, subject=999)], at=NOW)
    Observation.objects.filter(subject_id=999).update(value=9)
    result = start_preview(version=draft(), at=NOW).result
    assert result is not None
    assert result["customers"] == len(people) - 1


def test_it_is_out_of_date_once_the_draft_is_edited_or_another_version_comes_in_force(acme: Customer) -> None:
    score_everybody()
    version, other = draft(), draft()
    preview = start_preview(version=version, at=NOW)
    assert not is_old(preview, version)
    revise_draft(version=version, changes={"label": "x"}, at=NOW)
    assert is_old(preview, version)
    preview = start_preview(version=version, at=NOW)
    assert not is_old(preview, version)
    activate_version(version=other, at=NOW)
    assert is_old(preview, version)


def test_the_version_in_force_has_no_preview_but_a_retired_one_has(acme: Customer) -> None:
    score_everybody()
    first = ScoreModelVersion.objects.get()
    with pytest.raises(VersionIsActive):
        start_preview(version=first, at=NOW)
    activate_version(version=draft(), at=NOW)
    assert start_preview(version=first, at=NOW).result is not None


def test_where_there_are_many_customers_a_job_does_it(
    people: list[Customer], bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = start_preview(version=draft(british(), own=OWN), at=NOW).result
    monkeypatch.setattr(previewing, "AT_ONCE", 10)
    version = draft(Segment.objects.get(), own=OWN)
    preview = start_preview(version=version, by=bob, at=NOW)
    assert preview.result is None
    assert start_preview(version=version, at=NOW).job == preview.job  # the same, not another
    revise_draft(version=version, changes={"label": "edited meanwhile"}, at=NOW)
    (job,) = work_jobs(clock=lambda: NOW)
    assert (job.state, job.created_by, job.result["customers"]) == (LeaseState.DONE, bob, len(people))
    preview = VersionPreview.objects.get(pk=version.pk)
    assert preview.result == at_once
    assert preview.row_version == 2  # what it looked at


def test_a_draft_that_is_gone_fails_its_job_in_words(acme: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previewing, "AT_ONCE", 0)
    monkeypatch.setattr(measuring, "AT_ONCE", 0)
    version = draft()
    start_preview(version=version, at=NOW)
    start_measuring(version=version, at=NOW)
    version.delete()
    jobs = list(work_jobs(clock=lambda: NOW))
    assert [(job.state, "not there" in job.error) for job in jobs] == [(LeaseState.FAILED, True)] * 2


def test_baselines_are_measured_for_everybody_and_for_the_overrides_that_have_their_own(
    acme: Customer, wang: Customer
) -> None:
    observe(facts=[rating(acme, 5, subject=n) for n in range(40)], at=NOW)
    observe(facts=[rating(wang, 1, subject=100 + n) for n in range(40)], at=NOW)
    stated, left = british(), segment("Chinese", "country", "is", "CN")
    version = draft(stated, own={"quality": {"baseline": 0.5}})
    rows = [*version.overrides, {"segment": left.pk, "parameters": {"quality": {"exponent": 2.0}}}]
    revise_draft(version=version, changes={"overrides": rows}, segments=[left], at=NOW)
    assert start_measuring(version=version, at=NOW) is None
    version.refresh_from_db()
    assert version.parameters["quality"]["baseline"] == pytest.approx(0.5)
    assert version.overrides[0]["parameters"] == {"quality": {"baseline": 0.999}}
    assert version.overrides[1]["parameters"] == {"quality": {"exponent": 2.0}}
    assert version.parameters["reliability"]["baseline"] == 0.9  # too little to measure


def test_measuring_again_changes_nothing(acme: Customer) -> None:
    observe(facts=[rating(acme, 4, subject=n) for n in range(40)], at=NOW)
    version = measure_draft(version=draft(), at=NOW)
    row_version = version.version
    assert measure_draft(version=version, at=NOW).version == row_version


def test_measuring_by_a_job_gives_way_to_whoever_edits(
    people: list[Customer], bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measuring, "AT_ONCE", 10)
    version = draft()
    job = start_measuring(version=version, by=bob, at=NOW)
    assert job is not None
    assert start_measuring(version=version, at=NOW) == job

    def edited(**values: Any) -> object:
        def tell(done: int, total: int) -> None:
            rival = ScoreModelVersion.objects.get(pk=version.pk)
            revise_draft(version=rival, changes={"label": f"theirs {rival.version}"}, at=NOW)

        return measure_draft(**{**values, "tell": tell})

    monkeypatch.setattr(measuring, "measure_draft", edited)
    (done,) = work_jobs(clock=lambda: NOW)
    assert (done.state, "Measure again" in done.error) == (LeaseState.FAILED, True)
    monkeypatch.undo()
    monkeypatch.setattr(measuring, "AT_ONCE", 10)
    start_measuring(version=version, by=bob, at=NOW)
    (done,) = work_jobs(clock=lambda: NOW)
    version.refresh_from_db()
    assert done.state == LeaseState.DONE
    assert done.result["quality"] == round(version.parameters["quality"]["baseline"], 4)
    assert Job.objects.count() == 2


def test_only_a_draft_is_measured(acme: Customer) -> None:
    score_everybody()
    version = draft()
    with pytest.raises(StaleVersion):
        start_measuring(version=version, at=NOW, expected_version=7)
    activate_version(version=version, at=NOW + DAY)
    with pytest.raises(VersionIsFrozen):
        start_measuring(version=version, at=NOW)
