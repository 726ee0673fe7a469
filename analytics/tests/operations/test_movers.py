from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from analytics.choices import RunKind
from analytics.models import CustomerScore, ScoreSnapshot
from analytics.operations.movers import Mover, beginning_of, movers
from analytics.tests.histories import DAY, HOUR, populate, rating, reply, score_everybody
from customers.models import Customer, Team
from customers.operations.observe import observe
from tests.cast import NOW

pytestmark = pytest.mark.django_db

THEN = NOW - 10 * DAY


@pytest.fixture
def moved(acme: Customer, wang: Customer) -> None:
    """Ten days ago both were content; since then Acme was rated badly, and Wang answered late but rated well."""
    for customer in (acme, wang):
        ratings = [rating(customer, 4, at=THEN - DAY, subject=customer.pk * 100 + n) for n in range(5)]
        observe(facts=ratings, at=THEN - DAY)
    score_everybody(at=THEN)
    observe(facts=[rating(acme, 1, at=NOW - DAY, subject=900 + n) for n in range(9)], at=NOW - DAY)
    observe(facts=[rating(wang, 5, at=NOW - DAY, subject=800 + n) for n in range(9)], at=NOW - DAY)
    observe(facts=[reply(wang, 8000, 7200, at=NOW - DAY, ticket=1)], at=NOW - DAY)
    score_everybody(at=NOW)


def found(**asked: object) -> list[Mover]:
    return movers(scores=CustomerScore.objects.all(), **asked)  # type: ignore[arg-type]


@pytest.mark.usefixtures("moved")
def test_it_finds_who_fell_and_what_moved_them(acme: Customer) -> None:
    (mover,) = found(since=NOW - 5 * DAY)
    score, past = CustomerScore.objects.get(pk=acme.pk), ScoreSnapshot.objects.get(customer=acme, as_of=THEN)
    assert (mover.customer_id, mover.before, mover.score) == (acme.pk, past.score, score.score)
    assert mover.change == score.score - past.score <= -10
    assert mover.factor == "quality"
    assert sum(mover.points.values()) == pytest.approx(mover.change, abs=1e-9)


@pytest.mark.usefixtures("moved")
def test_it_finds_who_rose(wang: Customer) -> None:
    (mover,) = found(since=NOW - 5 * DAY, direction="rose", points=1)
    assert (mover.customer_id, mover.factor) == (wang.pk, "quality")
    assert mover.points["responsiveness"] < 0 < mover.points["quality"]


@pytest.mark.usefixtures("moved")
def test_by_too_many_points_or_another_factor_it_finds_nobody(acme: Customer) -> None:
    (mover,) = found(since=NOW - 5 * DAY)
    assert found(since=NOW - 5 * DAY, points=-mover.change + 0.01) == []
    assert found(since=NOW - 5 * DAY, points=-mover.change) == [mover]
    assert found(since=NOW - 5 * DAY, factor="price") == []
    assert found(since=NOW - 5 * DAY, factor="quality") == [mover]


@pytest.mark.usefixtures("moved")
def test_before_the_history_began_nobody_moved() -> None:
    assert found(since=THEN - HOUR, points=0) == []
    assert len(found(since=THEN)) == 1


@pytest.mark.usefixtures("moved")
def test_since_now_nobody_moved() -> None:
    assert found(since=NOW, points=0) == found(since=NOW, points=0, direction="rose") == []


def test_it_agrees_with_the_change_that_every_score_keeps(north: Team) -> None:
    populate(north, 60)
    score_everybody(at=NOW - timedelta(days=30), kind=RunKind.REPLAY, as_of=NOW - timedelta(days=30))
    score_everybody(at=NOW)
    stored = {row.pk: (row.change, row.change_factor) for row in CustomerScore.objects.filter(change__lt=0)}
    fell = found(since=NOW - timedelta(days=30), points=0)
    codes = {"quality": 1, "reliability": 2, "responsiveness": 3, "price": 4}
    assert {mover.customer_id: (mover.change, codes[mover.factor]) for mover in fell} == stored
    assert [mover.change for mover in fell] == sorted(mover.change for mover in fell)
    assert found(since=NOW - timedelta(days=30), points=0, limit=3) == fell[:3]


def test_its_questions_do_not_grow(north: Team, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    populate(north, 60)
    score_everybody(at=NOW - 20 * DAY, kind=RunKind.REPLAY, as_of=NOW - 20 * DAY)
    score_everybody(at=NOW)
    with django_assert_max_num_queries(2):
        assert len(found(since=NOW - 20 * DAY, points=0)) > 10


def test_since_a_day_means_from_its_beginning() -> None:
    assert beginning_of("2026-06-03") == beginning_of("2026-06-03T00:00:00")
    assert beginning_of("2026-06-03T10:00:00+00:00") == NOW
    with pytest.raises(ValueError, match="isoformat"):
        beginning_of("soon")
