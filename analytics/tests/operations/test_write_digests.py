from datetime import timedelta

import pytest

from analytics.choices import RunKind, RunState
from analytics.models import CustomerScore, MoverDigest, ScoringRun
from analytics.operations.digest_lines import digest_lines
from analytics.operations.ensure_nightly_run import ensure_nightly_run
from analytics.operations.ensure_versions import ensure_versions
from analytics.operations.plan_digest import plan_digest
from analytics.operations.tick import tick
from analytics.operations.work_chunks import work_chunks
from analytics.operations.write_digests import NAMED, POINTS, write_digests
from analytics.tests.histories import DAY, HOUR, rating, score_everybody
from customers.choices import LeaseState
from customers.models import Customer, Job, Team, User
from customers.operations.observe import observe
from customers.operations.work_jobs import work_jobs
from tests.cast import NOW

pytestmark = pytest.mark.django_db

TODAY = NOW.date()
YESTERDAY = NOW - DAY


def rate(customer: Customer, value: float, count: int = 9, *, subject: int = 0, days: int = 0) -> None:
    at = NOW - HOUR + days * DAY
    facts = [rating(customer, value, at=at, subject=customer.pk * 1000 + subject + n) for n in range(count)]
    observe(facts=facts, at=at)


@pytest.fixture
def one_day(acme: Customer, wang: Customer) -> None:
    """Scores of yesterday, and of today, after Acme was rated badly."""
    for customer in (acme, wang):
        observe(
            facts=[rating(customer, 4, at=NOW - 9 * DAY, subject=customer.pk * 100 + n) for n in range(5)],
            at=NOW - 9 * DAY,
        )
    score_everybody(at=YESTERDAY)
    rate(acme, 1)
    score_everybody(at=NOW)


def digest(team: Team, day: int = 0) -> MoverDigest:
    return MoverDigest.objects.get(team=team, day=TODAY + timedelta(days=day))


@pytest.mark.usefixtures("one_day")
def test_it_tells_each_team_who_fell_since_the_day_before(north: Team, south: Team, acme: Customer) -> None:
    assert write_digests(day=TODAY, at=NOW) == Team.objects.count()
    told = digest(north)
    assert (told.since, told.until, told.points, told.fell, told.rose) == (YESTERDAY, NOW, POINTS, 1, 0)
    (line,) = told.lines["fell"]
    assert (line["customer"], line["factor"]) == (acme.pk, "quality")
    assert line["score"] == CustomerScore.objects.get(pk=acme.pk).score <= line["before"] - POINTS
    assert (digest(south).fell, digest(south).lines) == (0, {"fell": [], "rose": []})


@pytest.mark.usefixtures("one_day")
def test_done_twice_it_is_there_once() -> None:
    write_digests(day=TODAY, at=NOW)
    before = list(MoverDigest.objects.values())
    assert write_digests(day=TODAY, at=NOW + HOUR) == 0
    assert list(MoverDigest.objects.values()) == before


@pytest.mark.usefixtures("one_day")
def test_a_fall_is_told_once_and_the_next_digest_begins_where_it_ended(north: Team, wang: Customer) -> None:
    write_digests(day=TODAY, at=NOW)
    rate(wang, 1, subject=500, days=3)
    score_everybody(at=NOW + 3 * DAY)
    write_digests(day=TODAY + timedelta(days=3), at=NOW + 3 * DAY)  # two nights without a run
    told = digest(north, 3)
    assert told.since == NOW
    assert [line["customer"] for line in told.lines["fell"]] == [wang.pk]


def test_it_names_those_who_moved_most_and_counts_all(north: Team) -> None:
    people = [Customer.objects.create(name=f"C{n}", team=north, created_at=NOW) for n in range(NAMED + 3)]
    score_everybody(at=YESTERDAY)
    for n, customer in enumerate(people):
        rate(customer, 1, count=n + 3)
    score_everybody(at=NOW)
    write_digests(day=TODAY, at=NOW)
    told = digest(north)
    changes = [line["score"] - line["before"] for line in told.lines["fell"]]
    assert told.fell >= len(changes) == NAMED
    assert changes == sorted(changes)
    assert told.lines["fell"][0]["customer"] == people[-1].pk


@pytest.mark.usefixtures("one_day")
def test_lines_are_those_of_customers_in_sight_now(
    north: Team, ann: User, otto: User, acme: Customer, wang: Customer
) -> None:
    write_digests(day=TODAY, at=NOW)
    told = digest(north)
    (line,) = digest_lines(digests=[told], user=ann, direction="fell")
    assert (line.customer, line.factor, line.change < -POINTS) == (acme, "quality", True)
    assert digest_lines(digests=[told], user=otto, direction="fell") == []
    assert told not in MoverDigest.objects.visible_to(otto)
    Customer.objects.filter(pk=acme.pk).update(merged_into=wang)
    assert digest_lines(digests=[told], user=ann, direction="fell") == []


def nightly(at_days: int = 0) -> ScoringRun:
    at = NOW + at_days * DAY
    ensure_versions(at=at)
    run = ensure_nightly_run(at=at)
    list(work_chunks(run=run, clock=lambda: at))
    return run


def test_after_the_nightly_run_two_beats_make_one_job(acme: Customer, north: Team) -> None:
    rate(acme, 4)
    assert plan_digest(at=NOW) is None  # no run yet
    run = nightly()
    assert plan_digest(at=NOW) is None or run.state == RunState.DONE
    tick(at=NOW)
    tick(at=NOW)
    job = Job.objects.get(kind="digest")
    assert (job.subject_id, job.state) == (run.pk, LeaseState.TODO)
    assert [done.pk for done in work_jobs(clock=lambda: NOW)] == [job.pk]
    tick(at=NOW + HOUR)
    assert Job.objects.filter(kind="digest").count() == 1
    assert digest(north).day == TODAY


def test_a_job_that_was_killed_and_is_done_again_writes_nothing_twice(acme: Customer, north: Team) -> None:
    rate(acme, 4)
    nightly()
    tick(at=NOW)
    list(work_jobs(clock=lambda: NOW))
    Job.objects.update(state=LeaseState.TODO)
    list(work_jobs(clock=lambda: NOW + HOUR))
    assert digest(north).until == NOW
    assert Job.objects.get().result == {"digests": 0, "mails": 0}


def test_sweeps_and_runs_by_hand_tell_nothing(acme: Customer) -> None:
    rate(acme, 4)
    score_everybody(at=NOW)
    assert ScoringRun.objects.get().kind == RunKind.MANUAL
    assert plan_digest(at=NOW) is None
