import threading

import pytest
from django.db import connection

from analytics.models import CustomerScore, PreferenceModelVersion, ScoreModelVersion
from analytics.operations.ensure_versions import ensure_versions
from analytics.scoring.parameters import ScoreParameters
from analytics.scoring.preference_parameters import PreferenceParameters
from analytics.tests.histories import DAY, HOUR, rating, score_everybody
from customers.models import Customer, Team
from customers.operations.observe import observe
from tests.cast import NOW


@pytest.mark.django_db
def test_the_first_version_takes_the_usual_parameters_where_there_is_little_to_measure(acme: Customer) -> None:
    observe(facts=[rating(acme, 1, subject=n) for n in range(29)], at=NOW)
    version, preferences = ensure_versions(at=NOW)
    assert version.parameters == ScoreParameters().as_dict()
    assert preferences.parameters == PreferenceParameters().as_dict()
    assert (version.number, version.state, version.activated_at) == (1, "active", NOW)


@pytest.mark.django_db
def test_thirty_observations_make_a_baseline(acme: Customer, wang: Customer) -> None:
    observe(facts=[rating(acme, 2, subject=n) for n in range(15)], at=NOW)
    observe(facts=[rating(wang, 4, subject=n) for n in range(100, 115)], at=NOW)
    version, _ = ensure_versions(at=NOW)
    assert version.parameters["quality"]["baseline"] == pytest.approx(0.5)
    assert version.parameters["reliability"] == ScoreParameters().as_dict()["reliability"]


@pytest.mark.django_db
def test_it_is_frozen_then(acme: Customer) -> None:
    first, _ = ensure_versions(at=NOW)
    observe(facts=[rating(acme, 1, subject=n) for n in range(90)], at=NOW)
    again, _ = ensure_versions(at=NOW + DAY)
    assert (again.pk, again.parameters) == (first.pk, first.parameters)


@pytest.mark.django_db
def test_facts_of_the_future_are_not_measured(acme: Customer) -> None:
    observe(facts=[rating(acme, 1, subject=n, at=NOW + HOUR) for n in range(40)], at=NOW)
    assert ensure_versions(at=NOW)[0].parameters == ScoreParameters().as_dict()


@pytest.mark.django_db
def test_one_customer_with_an_impossible_fact_spoils_nothing(north: Team, acme: Customer, wang: Customer) -> None:
    observe(facts=[rating(wang, 99, subject=n) for n in range(2)], at=NOW)
    observe(facts=[rating(acme, 2, subject=n) for n in range(100, 140)], at=NOW)
    assert ensure_versions(at=NOW)[0].parameters["quality"]["baseline"] == pytest.approx(0.25)


@pytest.mark.django_db
def test_the_average_customer_then_has_fifty(acme: Customer, wang: Customer) -> None:
    observe(facts=[rating(acme, 2, subject=n) for n in range(40)], at=NOW)
    observe(facts=[rating(wang, 2, subject=n) for n in range(100, 140)], at=NOW)
    score_everybody()
    assert list(CustomerScore.objects.values_list("score", flat=True)) == pytest.approx([50, 50])


@pytest.mark.django_db(transaction=True)
def test_of_several_at_once_one_makes_the_version() -> None:
    start = threading.Barrier(3)
    made: list[tuple[int, int]] = []

    def ensure() -> None:
        start.wait()
        try:
            version, preferences = ensure_versions(at=NOW)
            made.append((version.pk, preferences.pk))
        finally:
            connection.close()

    threads = [threading.Thread(target=ensure) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [(ScoreModelVersion.objects.get().pk, PreferenceModelVersion.objects.get().pk)] * 3
