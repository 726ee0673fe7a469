from datetime import UTC, datetime, timedelta

import pytest
from django.test import override_settings
from django.utils import timezone

from analytics.choices import RunKind, RunState
from analytics.models import ScoringRun
from analytics.operations.ensure_nightly_run import due_at_or_before, ensure_nightly_run
from analytics.operations.ensure_versions import ensure_versions
from customers.models import Customer

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)


def states() -> list[tuple[datetime, str]]:
    return list(ScoringRun.objects.order_by("logical_at").values_list("logical_at", "state"))


def test_the_run_is_due_at_two(acme: Customer) -> None:
    ensure_versions(at=MONDAY)
    assert ensure_nightly_run(at=MONDAY - INSTANT).logical_at == MONDAY - DAY
    run = ensure_nightly_run(at=MONDAY)
    assert (run.logical_at, run.as_of, run.state) == (MONDAY, MONDAY, RunState.RUNNING)


def test_the_same_night_is_one_run(acme: Customer) -> None:
    ensure_versions(at=MONDAY)
    assert ensure_nightly_run(at=MONDAY) == ensure_nightly_run(at=MONDAY + timedelta(hours=23))


def test_after_an_outage_it_looks_at_the_world_as_it_is(acme: Customer) -> None:
    ensure_versions(at=MONDAY)
    run = ensure_nightly_run(at=MONDAY + timedelta(hours=7))
    assert (run.logical_at, run.as_of) == (MONDAY, MONDAY + timedelta(hours=7))


def test_missed_nights_are_skipped_and_only_the_newest_runs(acme: Customer) -> None:
    ensure_versions(at=MONDAY)
    ensure_nightly_run(at=MONDAY)
    ScoringRun.objects.update(state=RunState.DONE)
    ensure_nightly_run(at=MONDAY + 4 * DAY)
    assert [state for _, state in states()] == ["done", "skipped", "skipped", "skipped", "running"]
    assert [at for at, _ in states()] == [MONDAY + n * DAY for n in range(5)]


def test_an_older_night_that_still_goes_on_gives_way(acme: Customer) -> None:
    ensure_versions(at=MONDAY)
    ensure_nightly_run(at=MONDAY)
    ensure_nightly_run(at=MONDAY + DAY)
    assert [state for _, state in states()] == ["skipped", "running"]


def test_a_run_by_hand_is_left_alone(acme: Customer) -> None:
    ensure_versions(at=MONDAY)
    ensure_nightly_run(at=MONDAY)
    ScoringRun.objects.update(kind=RunKind.MANUAL)
    ensure_nightly_run(at=MONDAY + DAY)
    assert set(ScoringRun.objects.values_list("kind", "state")) == {("manual", "running"), ("nightly", "running")}


@pytest.mark.parametrize(
    ("now", "due"),
    [
        # 02:00 does not exist in Berlin on 29 March 2026: it is the moment after 01:59
        ("2026-03-29T01:00:00+00:00", "2026-03-29T01:00:00+00:00"),
        ("2026-03-29T00:59:59+00:00", "2026-03-28T01:00:00+00:00"),
        # and comes twice on 25 October: the first time counts
        ("2026-10-25T00:00:00+00:00", "2026-10-25T00:00:00+00:00"),
        ("2026-10-25T01:30:00+00:00", "2026-10-25T00:00:00+00:00"),
        ("2026-10-26T01:00:00+00:00", "2026-10-26T01:00:00+00:00"),
    ],
)
@override_settings(TIME_ZONE="Europe/Berlin")
def test_two_in_the_morning_is_local(now: str, due: str) -> None:
    assert due_at_or_before(datetime.fromisoformat(now)) == datetime.fromisoformat(due)


@override_settings(TIME_ZONE="Europe/Berlin")
def test_summer_time_makes_no_night_twice_and_none_missing(acme: Customer) -> None:
    at = datetime(2026, 3, 25, tzinfo=UTC)
    ensure_versions(at=at)
    for hour in range(24 * 10):
        ensure_nightly_run(at=at + timedelta(hours=hour))
    local = [moment.astimezone(timezone.get_default_timezone()).date() for moment, _ in states()]
    assert local == [local[0] + n * DAY for n in range(len(local))]
    assert len(local) == 11
