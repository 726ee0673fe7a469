"""Who would be shown other products first: against what really happens once the version is in force."""

from typing import Any

import pytest

from analytics.choices import RunKind
from analytics.models import PreferenceModelVersion, PreferencePreview, PreferenceProfile
from analytics.operations import start_measuring as measuring
from analytics.operations import start_preview as previewing
from analytics.operations.activate_version import VersionIsActive, activate_version
from analytics.operations.draft_version import draft_version
from analytics.operations.measure_draft import measure_draft
from analytics.operations.preview_preferences import KINDS, preview_preferences
from analytics.operations.revise_draft import VersionIsFrozen, revise_draft
from analytics.operations.start_measuring import start_measuring
from analytics.operations.start_preview import is_old, preview_of, start_preview
from analytics.operations.state_preference import state_preference
from analytics.operations.work_chunks import work_chunks
from analytics.tests.histories import score_everybody
from analytics.tests.shops import buys, crowd, stock
from analytics.tests.versions import british, segment
from customers.choices import LeaseState
from customers.models import Customer, Product, Segment, Team, User
from customers.operations.work_jobs import work_jobs
from tests.cast import NOW

pytestmark = pytest.mark.django_db

# Only what many buy, and nothing of what goes with it.
POPULAR = {"weights": {"affinity": 0.0, "category_lift": 0.0, "popularity": 5.0}}
Firsts = dict[int, dict[str, str | None]]


@pytest.fixture
def people(north: Team, acme: Customer, wang: Customer) -> list[Customer]:
    """Twenty who buy all tea or all tools, two who bought a little of both, one who only said something, and one of
    whom nothing is known; all with profiles, a few British."""
    products = stock()
    people = crowd(north)
    buys(acme, "Green tea", "Black tea")
    buys(wang, "Hammer")
    state_preference(customer=people[0], product=products["Saw"], liking=1, at=NOW)
    quiet, speaker = (Customer.objects.create(name=name, team=north) for name in ("Quiet", "Speaker"))
    state_preference(customer=speaker, product=products["Pliers"], liking=1, at=NOW)
    Customer.objects.filter(pk__in=[person.pk for person in people[:4]]).update(country="GB")
    score_everybody(kind=RunKind.NIGHTLY)
    return [*people, acme, wang, speaker, quiet]


def draft(parameters: dict[str, Any], *segments: Segment, own: Any = None) -> PreferenceModelVersion:
    """A draft with what is usual as it was measured, in which the customers of these segments have other weights."""
    active = PreferenceModelVersion.objects.active().get()
    given = {**active.parameters, **parameters, "weights": active.parameters["weights"] | parameters.get("weights", {})}
    overrides = [{"segment": row.pk, "parameters": own} for row in segments]
    return draft_version(model=PreferenceModelVersion, parameters=given, overrides=overrides, segments=segments, at=NOW)


def stored() -> Firsts:
    """What comes first in each profile, by kind."""
    found: Firsts = {}
    for profile in PreferenceProfile.objects.all():
        best = {
            "next": [row["name"] for row in profile.products if not row["bought"]],
            "again": [row["name"] for row in profile.products if row["bought"]],
            "category": [row["name"] for row in profile.categories],
        }
        if any(best.values()):
            found[profile.pk] = {kind: names[0] if names else None for kind, names in best.items()}
    return found


@pytest.mark.parametrize("parameters", [POPULAR, {**POPULAR, "item_half_life_days": 3.0, "lift_prior_weight": 2.0}])
def test_it_tells_exactly_what_activation_then_does(people: list[Customer], parameters: dict[str, Any]) -> None:
    version = draft(parameters, british(), own={"weights": {"affinity": 9.0, "popularity": 0.0}})
    everybody = segment("Everybody", "kind", "one_of", ["person", "organisation"])
    before = stored()
    result = start_preview(version=version, at=NOW).result
    assert result is not None
    assert stored() == before  # nothing was written

    activate_version(version=version, at=NOW)
    list(work_chunks(clock=lambda: NOW))
    after = stored()
    assert result["customers"] == len(after) == len(people) - 1
    for kind in KINDS:
        counted = result["firsts"][kind]
        changed = {pk for pk in after if before[pk][kind] != after[pk][kind]}
        assert counted["changed"] == len(changed)
        assert counted["customers"] == sum(bool(before[pk][kind] or after[pk][kind]) for pk in after)
        for row in [*counted["gained"], *counted["lost"]]:
            assert row["before"] == sum(firsts[kind] == row["name"] for firsts in before.values())
            assert row["after"] == sum(firsts[kind] == row["name"] for firsts in after.values())
        gains = [row["after"] - row["before"] for row in counted["gained"]]
        assert gains == sorted(gains, reverse=True) and all(gain > 0 for gain in gains)
        (own,) = result["overrides"]
        of_override = set(PreferenceProfile.objects.filter(override=1).values_list("pk", flat=True))
        assert own["changed"][kind] == len(changed & of_override)
        group = next(row for row in result["segments"] if row["name"] == everybody.name)
        assert (group["customers"], group["changed"][kind]) == (result["customers"], len(changed))
    assert result["firsts"]["next"]["changed"] > 0
    for row in result["movers"]:
        for kind in KINDS:
            told = [first and first["name"] for first in row[kind]]
            assert told == [before[row["customer"]][kind], after[row["customer"]][kind]]
    ranks = [row["others"] for row in result["movers"]]
    assert ranks == sorted(ranks, reverse=True)


def test_the_same_weights_change_nothing(people: list[Customer]) -> None:
    result = start_preview(version=draft({}), at=NOW).result
    assert result is not None
    assert [row["changed"] for row in result["firsts"].values()] == [0, 0, 0]
    assert result["movers"] == [] and result["firsts"]["next"]["gained"] == []


def test_it_is_counted_chunk_by_chunk_as_at_once(people: list[Customer], monkeypatch: pytest.MonkeyPatch) -> None:
    version, against = draft(POPULAR, british(), own=POPULAR), PreferenceModelVersion.objects.active().get()
    at_once = preview_preferences(version=version, against=against, as_of=NOW)
    monkeypatch.setattr("analytics.operations.preview_preferences.CHUNK_CUSTOMERS", 5)
    heard: list[tuple[int, int]] = []
    parts = preview_preferences(
        version=version, against=against, as_of=NOW, tell=lambda done, total: heard.append((done, total))
    )
    assert parts == at_once
    assert heard[-1] == (len(people), len(people))


def test_an_empty_house_has_an_empty_preview(acme: Customer) -> None:
    score_everybody()
    result = start_preview(version=draft({}), at=NOW).result
    assert result is not None
    assert (result["customers"], result["movers"]) == (0, [])


def test_previews_of_scores_and_preferences_are_kept_apart(people: list[Customer]) -> None:
    version = draft(POPULAR)
    assert preview_of(version) is None
    start_preview(version=version, at=NOW)
    preview = preview_of(version)
    assert isinstance(preview, PreferencePreview)
    assert not is_old(preview, version)
    revise_draft(version=version, changes={"label": "x"}, at=NOW)
    assert is_old(preview, version)
    with pytest.raises(VersionIsActive):
        start_preview(version=PreferenceModelVersion.objects.active().get(), at=NOW)


def test_where_there_are_many_customers_jobs_preview_and_measure(
    people: list[Customer], bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = start_preview(version=draft(POPULAR), at=NOW).result
    monkeypatch.setattr(previewing, "AT_ONCE", 10)
    monkeypatch.setattr(measuring, "AT_ONCE", 10)
    version = draft(POPULAR)
    preview = start_preview(version=version, by=bob, at=NOW)
    assert preview.result is None
    assert start_preview(version=version, at=NOW).job == preview.job
    (job,) = work_jobs(clock=lambda: NOW)
    assert (job.state, job.result["customers"]) == (LeaseState.DONE, len(people) - 1)
    preview.refresh_from_db()
    assert preview.result == at_once
    revise_draft(version=version, changes={"parameters": {**version.parameters, "item_half_life_days": 5.0}}, at=NOW)
    measuring_job = start_measuring(version=version, by=bob, at=NOW)
    assert measuring_job == start_measuring(version=version, at=NOW)
    (job,) = work_jobs(clock=lambda: NOW)
    version.refresh_from_db()
    assert (job.state, job.result["popularity"]) == (
        LeaseState.DONE,
        round(version.parameters["item_means"]["popularity"], 4),
    )


def test_what_is_usual_is_measured_into_a_draft(people: list[Customer], wang: Customer) -> None:
    version = draft({"item_half_life_days": 5.0}, british(), own=POPULAR)
    old = version.parameters
    measure_draft(version=version, at=NOW)
    assert version.parameters["item_means"] != old["item_means"]
    assert version.parameters["weights"] == old["weights"]
    assert version.overrides[0]["parameters"] == POPULAR
    row_version = version.version
    assert measure_draft(version=version, at=NOW).version == row_version  # nothing more to say
    activate_version(version=version, at=NOW)
    with pytest.raises(VersionIsFrozen):
        measure_draft(version=version, at=NOW)


def test_a_product_that_is_not_sold_any_more_comes_first_nowhere(people: list[Customer]) -> None:
    Product.objects.filter(name="Tea pot").update(is_active=False)
    result = start_preview(version=draft(POPULAR), at=NOW).result
    assert result is not None
    told = [row["name"] for row in result["firsts"]["next"]["gained"]]
    assert told and "Tea pot" not in told
