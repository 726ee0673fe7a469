"""Parameters of a version for some customers: which are whose, and what may not be an override."""

import logging
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics.choices import RunKind
from analytics.management.explanation_text import explanation_text
from analytics.models import CustomerScore, ScoreModelVersion, ScoreSnapshot
from analytics.operations.activate_version import activate_version
from analytics.operations.explain_score import explain_score
from analytics.operations.override_sets import override_sets
from analytics.operations.take_overrides import MOST_OVERRIDES, OverrideRefused
from analytics.operations.version_parameters import parameter_sets, parameters_of
from analytics.operations.work_chunks import work_chunks
from analytics.sql.whose import Whose
from analytics.tests.histories import DAY, populate, rating, score_everybody
from analytics.tests.versions import british, draft, organisations, segment
from customers.models import Category, Customer, Product, Segment, Tag, Team, User
from customers.operations.observe import observe
from customers.operations.place_order import NewLine, place_order
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def sets(version: ScoreModelVersion, *customers: Customer) -> list[int]:
    ids = sorted(customer.pk for customer in customers)
    found: list[int] = override_sets(version=version, whose=Whose.these(ids), customer_ids=ids, at=NOW).tolist()
    return found


def test_the_first_override_that_a_customer_is_in_counts(acme: Customer, wang: Customer) -> None:
    first, second = british(), segment("Everybody", "kind", "one_of", ["person", "organisation"])
    assert sets(draft(first, second), acme, wang) == [1, 2]
    assert sets(draft(second, first), acme, wang) == [1, 1]
    assert sets(draft(first), acme, wang) == [1, 0]
    assert sets(draft(), acme, wang) == [0, 0]


def test_each_override_costs_a_query_and_none_costs_none(acme: Customer, wang: Customer) -> None:
    plain, split = draft(), draft(british(), organisations())
    for version, most in ((plain, 0), (split, 3)):
        with CaptureQueriesContext(connection) as queries:
            sets(version, acme, wang)
        assert len(queries) <= most


def test_it_counts_the_rows_of_these_customers_and_finds_the_same(acme: Customer, wang: Customer) -> None:
    product = Product.objects.create(sku="P", name="Pump", category=Category.objects.create(name="Pumps"))
    line = NewLine(product=product, unit_price=Decimal(9))
    for customer, orders in ((acme, 3), (wang, 1)):
        for _ in range(orders):
            place_order(customer=customer, currency="EUR", lines=[line], at=NOW - DAY)
    several = segment("Several orders", "orders", "at_least", 2)
    few = segment("Few orders", "orders", "less_than", 2)
    assert sets(draft(several), acme, wang) == [1, 0]
    assert sets(draft(few), acme, wang) == [0, 1]
    assert sets(draft(several), wang) == [0]
    with CaptureQueriesContext(connection) as queries:
        sets(draft(several), wang)
    asked = [query["sql"] for query in queries if "customers_order" in query["sql"]]
    assert asked
    assert all(asked_of.count(str(wang.pk)) >= 2 for asked_of in asked)  # the orders are narrowed down as well


def test_what_a_segment_asks_is_kept_with_the_version(acme: Customer, wang: Customer) -> None:
    row = british()
    version = draft(row)
    Segment.objects.filter(pk=row.pk).update(definition=organisations().definition, name="Other")
    Customer.objects.filter(pk=acme.pk).update(country="FR")
    assert sets(version, acme, wang) == [0, 0]
    Customer.objects.filter(pk=wang.pk).update(country="GB")  # who is in it stays live
    assert sets(version, acme, wang) == [0, 1]
    Segment.objects.all().delete()
    version.refresh_from_db()
    assert sets(version, acme, wang) == [0, 1]
    assert version.overrides[0]["name"] == "British"


def test_one_that_cannot_be_asked_any_more_has_nobody_and_the_others_go_on(
    acme: Customer, caplog: pytest.LogCaptureFixture
) -> None:
    tag = Tag.objects.create(name="VIP")
    acme.tags.add(tag)
    version = draft(segment("VIPs", "tag", "is", tag.pk), british())
    assert sets(version, acme) == [1]
    tag.delete()
    with caplog.at_level(logging.WARNING):
        assert sets(version, acme) == [2]
    assert "override 1" in caplog.text


@pytest.mark.parametrize(
    ("fact", "op", "value"),
    [
        ("score", "at_most", 40),
        ("score_percentile", "at_least", 50),
        ("score_change", "at_most", -5),
        ("low_evidence", "is", True),
        ("score_moved_by", "is", 1),
    ],
)
def test_a_segment_that_asks_for_scores_is_refused(acme: Customer, fact: str, op: str, value: Any) -> None:
    with pytest.raises(OverrideRefused, match="may not depend on itself") as refused:
        draft(british(), segment("Circle", fact, op, value))
    assert refused.value.place == 1
    assert not ScoreModelVersion.objects.filter(state="draft").exists()


def test_a_segment_comes_once_and_must_be_there(acme: Customer) -> None:
    row = british()
    with pytest.raises(OverrideRefused, match="already"):
        draft(row, row)
    with pytest.raises(OverrideRefused, match="no such segment"):
        draft(Segment(pk=999, name="Gone"), taken_from=Segment.objects.none())
    with pytest.raises(OverrideRefused, match="at most 20"):
        draft(*[row] * (MOST_OVERRIDES + 1))


def test_impossible_parameters_of_an_override_are_refused_by_name(acme: Customer) -> None:
    with pytest.raises(ValueError, match=r"price\.exponent"):
        draft(british(), own={"price": {"exponent": 1.0}})


def test_an_override_changes_what_it_names_and_nothing_else(acme: Customer) -> None:
    everybody, british_ones = parameter_sets(draft(british(), parameters={"quality": {"baseline": 0.7}}))
    assert british_ones.quality.exponent == 2.0
    assert british_ones.quality.baseline == everybody.quality.baseline == 0.7
    assert british_ones.reliability == everybody.reliability


def test_a_score_names_its_override_and_replays_exactly_whatever_became_of_the_customer(
    acme: Customer, wang: Customer
) -> None:
    observe(facts=[rating(who, 5, subject=n) for n, who in enumerate((acme, wang), start=1)], at=NOW - DAY)
    score_everybody(at=NOW - DAY)
    activate_version(version=draft(british()), at=NOW)
    list(work_chunks(clock=lambda: NOW))
    one, other = CustomerScore.objects.select_related("version").order_by("pk")
    assert (one.override, other.override) == (1, 0)
    assert one.score > other.score  # the same rating, but quality counts twice
    assert parameters_of(one).quality.exponent == 2.0
    Customer.objects.filter(pk=acme.pk).update(country="FR")
    acme.refresh_from_db()
    why = explain_score(customer=acme, at=NOW + DAY)
    assert (why.stored, why.replayed, why.override) == (one.score, one.score, "British")
    assert why.satisfaction.score == pytest.approx(one.score, abs=1e-9)
    assert "With the parameters for “British”" in explanation_text(why)
    snapshot = ScoreSnapshot.objects.get(customer=acme, as_of=NOW)
    assert (snapshot.override, snapshot.score) == (1, one.score)


def test_without_a_stored_score_it_is_explained_by_the_override_as_well(acme: Customer) -> None:
    score_everybody()
    activate_version(version=draft(british()), at=NOW)
    CustomerScore.objects.all().delete()
    observe(facts=[rating(acme, 5)], at=NOW)
    acme.refresh_from_db()
    why = explain_score(customer=acme, at=NOW)
    assert (why.stored, why.override) == (None, "British")
    assert why.as_dict()["override"] == "British"


def test_every_score_of_a_mixed_population_replays_to_the_last_bit(north: Team, root: User) -> None:
    people = populate(north, 40)
    Customer.objects.filter(pk__in=[person.pk for person in people[::3]]).update(country="GB")
    score_everybody(kind=RunKind.NIGHTLY)
    own = {"quality": {"half_life_days": 30.0}, "price": {"exponent": -2.0}}
    activate_version(version=draft(british(), own=own), at=NOW)
    list(work_chunks(clock=lambda: NOW))
    rows = CustomerScore.objects.select_related("customer")
    assert {row.override for row in rows} == {0, 1}
    for row in rows:
        why = explain_score(customer=row.customer, at=NOW)
        assert why.replayed == row.score
        assert sum(factor.points for factor in why.satisfaction.factors) == pytest.approx(row.score - 50, abs=1e-9)
