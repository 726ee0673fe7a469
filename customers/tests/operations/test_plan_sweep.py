from datetime import UTC, datetime
from typing import Any

import pytest

from customers.models import DuplicatePair, Job, Team
from customers.operations.plan_sweep import KIND, plan_sweep
from customers.operations.queue_duplicates import queue_duplicates
from customers.operations.tick import tick
from customers.operations.work_jobs import work_jobs
from tests.customers import enter

pytestmark = pytest.mark.django_db


def moment(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 6, day, hour, minute, tzinfo=UTC)


def keys(state: str) -> list[str | None]:
    jobs = Job.objects.filter(kind=KIND, state=state)
    return list(jobs.order_by("pk").values_list("key", flat=True))


def test_it_is_due_once_a_night(settings: Any) -> None:
    settings.TIME_ZONE = "UTC"
    for at in (moment(3, 3), moment(3, 3, 1), moment(3, 23, 59), moment(4, 2, 59)):
        tick(at=at)
    assert keys("todo") == ["duplicates:2026-06-03"]
    assert plan_sweep(at=moment(4, 3)) is not None
    assert "duplicates:2026-06-04" in keys("todo")


def test_the_night_is_that_of_the_installation(settings: Any) -> None:
    settings.TIME_ZONE = "Asia/Shanghai"
    tick(at=moment(3, 18, 59))  # 02:59 on the 4th in Shanghai
    tick(at=moment(3, 19))
    assert Job.objects.filter(kind=KIND).order_by("pk").last().key == "duplicates:2026-06-04"  # type: ignore[union-attr]


def test_of_missed_nights_the_newest_is_made_up_for(settings: Any) -> None:
    settings.TIME_ZONE = "UTC"
    tick(at=moment(3, 4))
    tick(at=moment(7, 12))
    assert keys("todo") == ["duplicates:2026-06-07"]
    assert keys("stopped") == ["duplicates:2026-06-03"]


def test_a_sweep_at_work_is_left_alone(settings: Any) -> None:
    settings.TIME_ZONE = "UTC"
    tick(at=moment(3, 4))
    Job.objects.update(state="leased")
    tick(at=moment(4, 4))
    assert keys("leased") == ["duplicates:2026-06-03"]


def test_the_job_sweeps_and_keeps_the_figures(north: Team, settings: Any) -> None:
    settings.TIME_ZONE = "UTC"
    for _ in range(2):
        enter(north, "Ann Lee", ("phone", "+44 113 496 0001"))
    job = plan_sweep(at=moment(3, 4))
    assert [done.pk for done in work_jobs(clock=lambda: moment(3, 4, 1))] == [job.pk if job else 0]
    done = Job.objects.get()
    assert (done.state, done.result["customers"], done.result["new"]) == ("done", 2, 1)
    assert DuplicatePair.objects.get().found_at == moment(3, 4, 1)


def test_a_sweep_that_was_cut_off_is_done_again(north: Team, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TIME_ZONE = "UTC"
    for number in range(3):
        for _ in range(2):
            enter(north, f"Ann Number{number}", ("phone", f"+44 113 496 000{number}"))
    monkeypatch.setattr("customers.operations.sweep_duplicates.PAIRS_AT_ONCE", 1)
    plan_sweep(at=moment(3, 4))
    queue = "customers.operations.sweep_duplicates.queue_duplicates"

    def dies_afterwards(**call: Any) -> None:
        queue_duplicates(**call)
        raise KeyboardInterrupt

    monkeypatch.setattr(queue, dies_afterwards)
    with pytest.raises(KeyboardInterrupt):
        list(work_jobs(clock=lambda: moment(3, 4)))
    assert DuplicatePair.objects.count() == 1
    monkeypatch.setattr(queue, queue_duplicates)
    Job.objects.update(lease_until=moment(1, 1))
    list(work_jobs(clock=lambda: moment(3, 5)))
    assert Job.objects.get().result["pairs"] == DuplicatePair.objects.count() == 3
