from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from customers.choices import Factor, Measure
from customers.models import Customer, Observation, Team
from customers.operations.observe import NewFact, observe
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def rating(customer: Customer, value: float, *, day: int = 0, subject: int = 1) -> NewFact:
    at = NOW + timedelta(days=day)
    return NewFact(customer.pk, Factor.QUALITY, Measure.CSAT, value, None, at, "rating", subject)


def test_it_writes_the_fact_and_moves_the_activity(acme: Customer) -> None:
    (row,) = observe(facts=[rating(acme, 4)], at=NOW)
    acme.refresh_from_db()
    assert (row.value, row.recorded_version, acme.activity_version) == (4, 2, 2)
    assert acme.last_activity_at == NOW


def test_the_same_fact_again_is_not_written(acme: Customer) -> None:
    observe(facts=[rating(acme, 4)], at=NOW)
    assert observe(facts=[rating(acme, 4)], at=NOW) == []
    assert Observation.objects.count() == 1


def test_a_changed_rating_supersedes_the_other_rating(acme: Customer) -> None:
    observe(facts=[rating(acme, 2, subject=1)], at=NOW)
    observe(facts=[replace(rating(acme, 5, day=1, subject=2), instead_of=1)], at=NOW)
    values = {version: list(known(acme, day=9, version=version)) for version in (1, 2, 3)}
    assert values == {1: [], 2: [2.0], 3: [5.0]}


def test_before_the_change_happened_the_old_fact_counts(acme: Customer) -> None:
    observe(facts=[rating(acme, 2)], at=NOW)
    observe(facts=[rating(acme, 5, day=3)], at=NOW)
    assert list(known(acme, day=2, version=3)) == [2.0]
    assert list(known(acme, day=3, version=3)) == [5.0]


def test_a_fact_never_reaches_back_before_the_one_it_supersedes(acme: Customer) -> None:
    observe(facts=[rating(acme, 2, day=5)], at=NOW)
    (row,) = observe(facts=[rating(acme, 3, day=1)], at=NOW)
    assert row.at == NOW + timedelta(days=5)


def test_a_whole_fact_takes_the_place_of_another_on_every_date(acme: Customer) -> None:
    observe(facts=[whole(acme, 0, day=5)], at=NOW)
    observe(facts=[whole(acme, 1, day=1)], at=NOW)
    observe(facts=[whole(acme, 0, day=9)], at=NOW)
    by_day = {version: [known(acme, day=day, version=version) for day in (0, 1, 5, 9)] for version in (2, 3, 4)}
    assert by_day == {2: [[], [], [0.0], [0.0]], 3: [[], [1.0], [1.0], [1.0]], 4: [[], [], [], [0.0]]}


def test_a_whole_fact_does_not_count_beside_what_was_corrected_before_there_were_any(acme: Customer) -> None:
    for day in 3, 6:
        observe(facts=[rating(acme, day, day=day)], at=NOW)
    observe(facts=[whole(acme, 1, day=1)], at=NOW)
    assert [known(acme, day=day, version=9) for day in (2, 3, 5, 6)] == [[], [3.0], [3.0], [1.0]]


def whole(customer: Customer, value: float, *, day: int) -> NewFact:
    return replace(rating(customer, value, day=day), is_whole=True)


def known(customer: Customer, *, day: int, version: int) -> list[float | None]:
    rows = customer.observations.known_at(as_of=NOW + timedelta(days=day), version=version)
    return list(rows.values_list("value", flat=True))


class OneOfAChainCounts(TestCase):
    """On every date and at every version at most one fact of a chain is known, and the newest one in the end: of
    facts of either kind, and of whole ones that came after others."""

    @settings(max_examples=40, deadline=None)
    @given(days=st.lists(st.integers(0, 20), min_size=1, max_size=6), wholes=st.integers(0, 6))
    def test_at_most_one_row_of_a_chain_counts(self, days: list[int], wholes: int) -> None:
        team = Team.objects.create(name="Chain")
        customer = Customer.objects.create(name="Chain", team=team)
        for value, day in enumerate(days):
            fact = replace(rating(customer, float(value), day=day), is_whole=value >= wholes)
            observe(facts=[fact], at=NOW)
        for version in range(1, len(days) + 2):
            counts = [len(known(customer, day=day, version=version)) for day in range(22)]
            assert max(counts) <= 1
            assert counts == sorted(counts) or 0 < wholes < len(days)  # a whole fact leaves a gap behind others
        assert known(customer, day=21, version=99) == [float(len(days) - 1)]
