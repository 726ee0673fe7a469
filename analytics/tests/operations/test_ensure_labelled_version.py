from functools import partial
from typing import Any

import pytest

from analytics.choices import VersionState
from analytics.models import PreferenceModelVersion, ScoreModelVersion, ScoringRun
from analytics.operations.activate_version import activate_version
from analytics.operations.ensure_labelled_version import ensure_labelled_version
from analytics.operations.ensure_versions import ensure_versions
from analytics.operations.tick import tick
from analytics.tests.histories import DAY, rating
from customers.choices import ImportState
from customers.models import Customer, ImportBatch, Team
from customers.operations.observe import observe
from tests.cast import NOW
from tests.races import at_once

pytestmark = pytest.mark.django_db
PARAMETERS = {"quality": {"exponent": 1.5, "half_life_days": 90.0}}


def ensure(label: str = "Tea", **more: Any) -> ScoreModelVersion:
    wanted: dict[str, Any] = {"parameters": PARAMETERS, "at": NOW, **more}
    return ensure_labelled_version(model=ScoreModelVersion, label=label, **wanted)


def with_facts(acme: Customer) -> None:
    observe(facts=[rating(acme, 2, subject=n) for n in range(40)], at=NOW)


def test_it_is_measured_and_put_in_force_and_everybody_is_scored_anew(acme: Customer) -> None:
    with_facts(acme)
    first, _ = ensure_versions(at=NOW)
    version = ensure()
    first.refresh_from_db()
    assert (version.number, version.label, version.state) == (2, "Tea", VersionState.ACTIVE)
    assert first.state == VersionState.RETIRED
    assert (version.parameters["quality"]["exponent"], version.parameters["quality"]["half_life_days"]) == (1.5, 90)
    assert version.parameters["quality"]["baseline"] == pytest.approx(0.25)
    assert ScoringRun.objects.get().version == version


def test_again_it_changes_nothing_whatever_became_of_it(acme: Customer) -> None:
    with_facts(acme)
    first, _ = ensure_versions(at=NOW)
    version = ensure()
    activate_version(version=first, at=NOW + DAY)  # staff went back
    again = ensure(at=NOW + 2 * DAY, parameters={})
    assert (again.pk, again.state, again.parameters) == (version.pk, VersionState.RETIRED, version.parameters)
    assert ScoreModelVersion.objects.active().get() == first
    assert ScoreModelVersion.objects.count() == 2


def test_without_facts_it_waits_for_the_first(acme: Customer) -> None:
    version = ensure()
    assert (version.number, version.state, version.activated_at) == (1, VersionState.DRAFT, None)
    tick(at=NOW)
    assert not ScoreModelVersion.objects.active().exists()
    with_facts(acme)
    tick(at=NOW + DAY)
    version.refresh_from_db()
    assert (version.state, version.activated_at) == (VersionState.ACTIVE, NOW + DAY)
    assert version.parameters["quality"]["baseline"] == pytest.approx(0.25)
    assert version.parameters["quality"]["exponent"] == 1.5
    assert ScoreModelVersion.objects.count() == 1


def test_of_several_that_wait_the_newest_is_taken(acme: Customer) -> None:
    ensure("Tea"), ensure("Coffee")
    with_facts(acme)
    assert ensure_versions(at=NOW)[0].label == "Coffee"
    assert list(ScoreModelVersion.objects.order_by("number").values_list("number", "state")) == [
        (1, "draft"),
        (2, "active"),
    ]


def test_in_the_middle_of_an_import_it_waits(acme: Customer) -> None:
    with_facts(acme)
    ImportBatch.objects.create(format="olist", path="", state=ImportState.RUNNING, started_at=NOW)
    assert ensure().state == VersionState.DRAFT


def test_the_preferences_have_versions_of_their_own(acme: Customer) -> None:
    with_facts(acme)
    version = ensure_labelled_version(
        model=PreferenceModelVersion, label="Tea", parameters={"weights": {"stated": 0.9}}, at=NOW
    )
    assert (version.state, version.parameters["weights"]["stated"]) == (VersionState.ACTIVE, 0.9)
    assert not ScoreModelVersion.objects.filter(label="Tea").exists()


def test_impossible_parameters_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"quality\.exponent"):
        ensure(parameters={"quality": {"exponent": -1.0}})
    assert not ScoreModelVersion.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_makes_it() -> None:
    customer = Customer.objects.create(name="A", team=Team.objects.get(), created_at=NOW)
    with_facts(customer)
    ensure_versions(at=NOW)
    results = at_once(partial(ensure, at=NOW), partial(ensure, at=NOW))
    assert len({result.pk for result in results}) == 1, results
    assert ScoreModelVersion.objects.filter(label="Tea").count() == 1
