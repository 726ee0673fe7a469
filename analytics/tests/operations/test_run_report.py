"""Reports over the product's own tables equal plain SQL over the same log, and count only whom the user may see."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from analytics.behaviour.events import DAY, HOUR, NoSuchCell
from analytics.operations.people_behind import people_behind
from analytics.operations.report_definition import read_report
from analytics.operations.run_report import Found, Report, ReportFailed, run_report
from analytics.tests.behaviour.events import NAMES, make_events, make_identity
from analytics.tests.behaviour.logs import MINUTE
from analytics.tests.behaviour.oracle import Happened, Oracle, moment_of
from customers.models import Customer, Segment, Team, User
from customers.operations.create_segment import create_segment

pytestmark = pytest.mark.django_db

LONDON = ZoneInfo("Europe/London")
# Clocks went forward on the 29th.
BEGIN = datetime(2026, 3, 27, 22, tzinfo=UTC)
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
PERIOD = {"first": "2026-03-28", "last": "2026-03-31"}
START, END = (int(datetime(2026, *day, tzinfo=LONDON).timestamp()) * 1_000_000 for day in ((3, 28), (4, 1)))


def make_log(people: int, count: int, seed: int = 1) -> list[Happened]:
    """Five days on a grid of quarters of an hour: ties are common."""
    chance, start = random.Random(seed), int(BEGIN.timestamp()) * 1_000_000
    return [
        Happened(
            person := chance.randint(1, people),
            start + chance.randint(0, 4 * 24 * 5) * 15 * MINUTE,
            key,
            chance.choice([1, 1, 2, 2, 2, 3]),
            chance.choice([None, 10 * person + 1]),
            chance.choice(["", "a", "b"]),
        )
        for key, _number in enumerate(range(count))
    ]


@pytest.fixture
def log(north: Team, south: Team) -> list[Happened]:
    """Of twelve people: four are customers of North, four of South, and four are unknown."""
    log = make_log(12, 300)
    teams = {number: (north, south, None)[number % 3] for number in range(1, 13)}
    customers = {
        number: Customer.objects.create(kind="person", name=f"No {number}", country="GB", team=team) if team else None
        for number, team in teams.items()
    }
    make_events(log, {number: make_identity(f"k{number}", customer) for number, customer in customers.items()})
    return log


def asked(user: User, kind: str, **definition: Any) -> Report:
    given = {"period": PERIOD, "time_zone": "Europe/London", **definition}
    return run_report(definition=read_report(kind=kind, definition=given, user=user), user=user, at=NOW)


def only(report: Report) -> Found:
    (found,) = report.found
    return found


def steps(*numbers: int) -> list[dict[str, Any]]:
    return [{"event": NAMES[number]} for number in numbers]


def test_a_trend_equals_sql(root: User, log: list[Happened]) -> None:
    report = asked(root, "trend", steps=steps(2), breakdown="plan")
    assert report.steps is not None and len(report.steps) == 4
    expected = Oracle(log, LONDON).trend(2, "day", START, END)
    found = {
        (day.toordinal(), one.value): (one.events[number], one.people[number])
        for one in only(report).series or ()
        for number, day in enumerate(report.steps.days)
    }
    assert found == expected and len(found) == 12


def test_a_funnel_equals_sql(root: User, log: list[Happened]) -> None:
    window = {"count": 30, "unit": "hours"}
    found = only(asked(root, "funnel", steps=steps(1, 2, 2, 3), window=window)).funnel or []
    reached = Oracle(log, LONDON).reached([1, 2, 2, 3], 30 * HOUR, START, END)
    assert [step.people for step in found] == reached
    assert 0 < reached[3] < reached[0]


def test_a_step_with_a_condition_takes_only_events_that_meet_it(root: User, log: list[Happened]) -> None:
    plan = {"property": "plan", "op": "is", "value": "a"}
    found = only(asked(root, "funnel", steps=[{"event": "Sign up", "where": [plan]}, *steps(3)])).funnel or []
    of_plan = [e for e in log if e.name == 3 or (e.name == 1 and e.plan == "a")]
    assert [step.people for step in found] == Oracle(of_plan, LONDON).reached([1, 3], 7 * DAY, START, END)


def test_retention_equals_sql(root: User, log: list[Happened]) -> None:
    found = only(asked(root, "retention", steps=steps(1, 3), columns=2)).cohorts or []
    people, came = Oracle(log, LONDON).retention(1, 3, "day", START, END)
    first = min(people)
    assert {first + one.step: one.people for one in found if one.people} == people
    assert sum(sum(n or 0 for n in one.back) for one in found) == sum(
        n for (_cohort, column), n in came.items() if column <= 2
    )


def test_paths_equal_sql(root: User, log: list[Happened]) -> None:
    report = asked(root, "paths", steps=steps(1), window={"count": 1, "unit": "days"}, depth=3)
    expected = Oracle(log, LONDON).paths(1, DAY, START, END, back=False, skips=True)
    numbers = {name: number for number, name in NAMES.items()}
    found = {
        (number, numbers[report.names[place.name]]): place.people
        for number, step in enumerate(only(report).path or ())
        for place in step.places
    }
    assert found == {key: people for key, people in expected.items() if key[0] < 3} and found


def test_sessions_equal_sql(root: User, log: list[Happened]) -> None:
    whole, _each = only(asked(root, "sessions")).sessions or (None, [])
    expected = Oracle(log, LONDON).sessions("day", START, END)
    assert whole is not None
    assert (whole.sessions, whole.events) == (len(expected), sum(row[2] for row in expected))
    assert whole.bounced == sum(row[2] == 1 for row in expected)


CELLS = {
    "trend": ("0:all:null", {"steps": steps(2)}),
    "funnel": ("reached:1", {"steps": steps(1, 3)}),
    "retention": ("0:0", {"steps": steps(1, 2)}),
    "paths": ("began", {"steps": steps(1)}),
    "sessions": ("people:all", {}),
}


@pytest.mark.parametrize("kind", CELLS)
def test_each_counts_the_customers_that_are_theirs_to_see(
    log: list[Happened], root: User, ann: User, otto: User, kind: str
) -> None:
    cell, question = CELLS[kind]
    definition = read_report(
        kind=kind, definition={"period": PERIOD, "time_zone": "Europe/London", **question}, user=root
    )
    seen = {
        user.username: people_behind(definition=definition, cell=cell, segment=None, user=user, at=NOW)
        for user in (root, ann, otto)
    }
    assert seen["root"].unknown > 0 and not seen["ann"].unknown and not seen["otto"].unknown
    for user in (ann, otto):
        keys = {*Customer.objects.visible_to(user).values_list("pk", flat=True)}
        assert seen[user.username].customers and keys.issuperset(seen[user.username].customers)
    together = [*seen["ann"].customers, *seen["otto"].customers]
    assert sorted(seen["root"].customers) == sorted(together)


@pytest.mark.parametrize("mark", ["profiling_objected_at", "restricted_at", "erased_at"])
def test_nothing_is_told_of_whoever_objected(log: list[Happened], root: User, mark: str) -> None:
    before = only(asked(root, "trend", steps=steps(2))).series or []
    customer = Customer.objects.order_by("pk")[0]
    mine = {e.person for e in log if e.person == int(customer.name.removeprefix("No "))}
    Customer.objects.filter(pk=customer.pk).update(**{mark: NOW})
    after = only(asked(root, "trend", steps=steps(2))).series or []
    kept = Oracle([e for e in log if e.person not in mine], LONDON)
    assert after[0].all_people == kept.people(2, START, END) == before[0].all_people - 1
    cell = "0:all:null"
    definition = read_report(
        kind="trend", definition={"period": PERIOD, "time_zone": "Europe/London", "steps": steps(2)}, user=root
    )
    people = people_behind(definition=definition, cell=cell, segment=None, user=root, at=NOW)
    assert customer.pk not in people.customers


@pytest.fixture
def segment(ann: User) -> Segment:
    named = {"fact": "name", "op": "is", "value": "No 3"}
    return create_segment(name="Thirds", definition={"groups": [{"conditions": [named]}]}, owner=ann, at=NOW)


def test_of_a_segment_only_its_customers_are_counted(log: list[Happened], ann: User, segment: Segment) -> None:
    report = asked(ann, "trend", steps=steps(2), segments=[segment.pk])
    assert [one.segment for one in report.found] == [segment]
    series = only(report).series or []
    assert (series[0].all_people, series[0].all_events) == (
        1,
        sum(e.person == 3 and e.name == 2 and START <= e.at < END for e in log),
    )


def test_a_segment_that_is_gone_is_said(log: list[Happened], ann: User, otto: User, segment: Segment) -> None:
    definition = read_report(kind="trend", definition={"steps": steps(2), "segments": [segment.pk]}, user=ann)
    Segment.objects.filter(pk=segment.pk).update(is_shared=False)
    with pytest.raises(ReportFailed, match="segment is gone"):
        run_report(definition=definition, user=otto, at=NOW)
    with pytest.raises(ReportFailed, match="segment is gone"):
        people_behind(definition=definition, cell="0:all:null", segment=segment.pk, user=otto, at=NOW)


def test_a_segment_that_is_not_counted_has_nobody_behind_it(log: list[Happened], ann: User, segment: Segment) -> None:
    definition = read_report(kind="trend", definition={"steps": steps(2)}, user=ann)
    with pytest.raises(NoSuchCell):
        people_behind(definition=definition, cell="0:all:null", segment=segment.pk, user=ann, at=NOW)


def test_without_events_all_is_zero_and_names_that_never_came_are_told(root: User) -> None:
    for kind, (_cell, question) in CELLS.items():
        report = asked(root, kind, **question)
        assert only(report).is_empty, kind
        assert report.unknown == sorted({step["event"] for step in question.get("steps", [])})


def test_the_last_days_end_today_in_the_zone_of_the_report(root: User) -> None:
    late = datetime(2026, 5, 1, 23, 30, tzinfo=UTC)  # the second of May in London
    definition = read_report(
        kind="sessions", definition={"period": {"days": 2}, "time_zone": "Europe/London"}, user=root
    )
    report = run_report(definition=definition, user=root, at=late)
    assert (report.first.isoformat(), report.last.isoformat()) == ("2026-05-01", "2026-05-02")


def test_a_device_that_is_linked_later_brings_its_earlier_events(root: User, acme: Customer) -> None:
    device = make_identity("device")
    at = int((BEGIN + timedelta(days=1)).timestamp()) * 1_000_000
    make_events([Happened(1, at, 0, 1), Happened(1, at + MINUTE, 1, 3)], {1: device})
    definition = read_report(
        kind="funnel", definition={"period": PERIOD, "time_zone": "Europe/London", "steps": steps(1, 3)}, user=root
    )
    before = people_behind(definition=definition, cell="reached:1", segment=None, user=root, at=NOW)
    assert (list(before.customers), before.unknown) == ([], 1)
    type(device).objects.filter(pk=device.pk).update(customer=acme)
    after = people_behind(definition=definition, cell="reached:1", segment=None, user=root, at=NOW)
    assert (list(after.customers), after.unknown) == ([acme.pk], 0)
    assert moment_of(at) == BEGIN + timedelta(days=1)
