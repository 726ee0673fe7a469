from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from pytest_django import DjangoAssertNumQueries

from analytics.sql.known_facts import FOREVER, known_facts
from analytics.sql.whose import Whose
from analytics.tests.histories import DAY, exclude, populate, rating, waiting
from customers.models import Customer, Observation, Team
from customers.operations.observe import observe
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def read(whose: Whose, as_of: datetime, version: int | None = None) -> set[tuple[int, int]]:
    found = known_facts(whose=whose, as_of=as_of, until=as_of, version=version)
    pairs = zip(found["customer_id"].tolist(), found["observation_id"].tolist(), strict=True)
    return {pair for pair in pairs if pair[1]}


def test_it_agrees_with_known_at_on_every_date_and_version(north: Team) -> None:
    people = populate(north, 30)
    whose = Whose(people[0].pk, people[-1].pk)
    for day in (0, 1, 30, 200):
        as_of = NOW - day * DAY
        expected = {
            (row.customer_id, row.pk)
            for customer in Customer.objects.filter(pk__gte=people[0].pk)
            for row in customer.observations.known_at(as_of=as_of, version=customer.activity_version)
        }
        assert read(whose, as_of) == expected
        of_version_two = Observation.objects.known_at(as_of=as_of, version=2).values_list("customer_id", "pk")
        assert read(whose, as_of, version=2) == set(of_version_two)


def test_who_has_no_facts_has_one_empty_row(acme: Customer, wang: Customer) -> None:
    found = known_facts(whose=Whose.these([acme.pk, wang.pk]), as_of=NOW, until=NOW)
    assert sorted(found["customer_id"].tolist()) == [acme.pk, wang.pk]
    assert found["activity_version"].tolist() == [1, 1]
    assert found["observation_id"].tolist() == [0, 0]
    assert np.isnan(found["value"]).all()
    assert np.isnat(found["happened_at"]).all()


def test_of_nobody_there_is_nothing() -> None:
    found = known_facts(whose=Whose.these([]), as_of=NOW, until=NOW)
    assert {len(column) for column in found.values()} == {0}


def test_moments_are_exact_to_the_microsecond(acme: Customer) -> None:
    at = NOW - timedelta(microseconds=1)
    observe(facts=[rating(acme, 4, at=at)], at=NOW)
    found = known_facts(whose=Whose.these([acme.pk]), as_of=NOW, until=NOW)
    assert found["happened_at"].tolist() == [at.replace(tzinfo=None)]
    assert read(Whose.these([acme.pk]), at - timedelta(microseconds=1)) == set()


def test_a_message_that_waits_is_held_until_it_is_due_and_an_exclusion_until_its_end(acme: Customer) -> None:
    fresh = waiting(acme, at=NOW - DAY, due_at=NOW + DAY, target=3600)
    rated, spam = observe(facts=[rating(acme, 4), rating(acme, 1, subject=2)], at=NOW)
    observe(facts=[fresh], at=NOW)
    exclude(rated, at=NOW, until=NOW + 2 * DAY)
    exclude(spam, at=NOW)
    found = known_facts(whose=Whose.these([acme.pk]), as_of=NOW, until=NOW)
    held = sorted(moment.replace(tzinfo=UTC) for moment in found["held_until"].tolist())
    assert held == [NOW + DAY, NOW + 2 * DAY, FOREVER]


def test_an_exclusion_comes_in_place_of_the_fact(acme: Customer) -> None:
    (row,) = observe(facts=[rating(acme, 1)], at=NOW)
    exclusion = exclude(row, at=NOW)
    assert read(Whose.these([acme.pk]), NOW) == {(acme.pk, exclusion.pk)}


def test_it_is_one_statement(acme: Customer, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    observe(facts=[rating(acme, subject=n, value=3) for n in range(50)], at=NOW)
    with django_assert_num_queries(1):
        known_facts(whose=Whose(1, 10**9), as_of=NOW, until=NOW)
