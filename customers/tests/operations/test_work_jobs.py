import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from django.utils.translation import get_language, override

from customers.models import Job, LeaseLost
from customers.operations import job_kinds
from customers.operations.job_kinds import JobFailed, JobKind, Progress, register_job
from customers.operations.start_job import start_job
from customers.operations.stop_job import stop_job
from customers.operations.work_jobs import give_up_worn_out_jobs, work_jobs
from tests.cast import NOW

pytestmark = pytest.mark.django_db

Kinds = dict[str, Any]


@pytest.fixture
def kinds(monkeypatch: pytest.MonkeyPatch) -> Iterator[Kinds]:
    """The registry, put back afterwards."""
    monkeypatch.setattr(job_kinds, "_kinds", {})
    yield job_kinds._kinds


def work() -> list[Job]:
    return list(work_jobs(clock=timezone.now))


def counting(job: Job, progress: Progress, clock: Any) -> dict[str, Any]:
    progress(1, 2, "counting")
    return {"counted": 2}


def test_a_job_is_done_once_and_keeps_what_came_of_it(kinds: Kinds) -> None:
    register_job(JobKind("count", "Count", counting))
    job = start_job(kind="count", at=NOW)
    assert [done.pk for done in work()] == [job.pk]
    job.refresh_from_db()
    assert (job.state, job.result, job.attempts, job.error) == ("done", {"counted": 2}, 1, "")
    assert job.started_at and job.finished_at
    assert work() == []


def test_of_a_key_there_is_one_job(kinds: Kinds) -> None:
    first = start_job(kind="count", at=NOW, key="duplicates:2026-06-03")
    assert start_job(kind="count", at=NOW, key="duplicates:2026-06-03") == first


def test_what_cannot_be_done_fails_with_its_reason_and_is_not_tried_again(kinds: Kinds) -> None:
    told: list[tuple[int, datetime]] = []

    def fail(job: Job, progress: Progress, clock: Any) -> dict[str, Any]:
        raise JobFailed("the file is gone")

    register_job(JobKind("fail", "Fail", fail, ended_badly=lambda job, at: told.append((job.pk, at))))
    job = start_job(kind="fail", at=NOW)
    work()
    job.refresh_from_db()
    assert (job.state, job.error, job.attempts) == ("failed", "the file is gone", 1)
    assert [pk for pk, _ in told] == [job.pk]


def test_a_fault_frees_the_job_until_it_is_given_up(kinds: Kinds) -> None:
    def stumble(job: Job, progress: Progress, clock: Any) -> dict[str, Any]:
        raise ZeroDivisionError

    register_job(JobKind("stumble", "Stumble", stumble))
    job = start_job(kind="stumble", at=NOW)
    for _ in range(Job.most_attempts):
        with pytest.raises(ZeroDivisionError):
            work()
    assert work() == []
    assert give_up_worn_out_jobs(at=NOW) == 1
    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", "ZeroDivisionError")


def test_a_job_whose_worker_died_is_taken_over(kinds: Kinds) -> None:
    register_job(JobKind("count", "Count", counting))
    job = start_job(kind="count", at=NOW)
    assert job.lease(timedelta(seconds=60))
    assert work() == []
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    work()
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 2)


def test_whoever_lost_the_lease_writes_nothing_more(kinds: Kinds) -> None:
    job = start_job(kind="count", at=NOW)
    assert job.lease(timedelta(seconds=60))
    other = Job.objects.get()
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    other.refresh_from_db()
    assert other.lease(timedelta(seconds=60))
    with pytest.raises(LeaseLost):
        job.write_if_mine(done=7)
    assert Job.objects.get().done == 0


def test_a_stopped_job_ends_at_its_next_word(kinds: Kinds) -> None:
    ended: list[int] = []

    def long(job: Job, progress: Progress, clock: Any) -> dict[str, Any]:
        progress(1, 10, "first")
        stop_job(job=Job.objects.get(pk=job.pk), at=NOW)
        progress(2, 10, "second")
        raise AssertionError("it went on")

    register_job(JobKind("long", "Long", long, ended_badly=lambda job, _at: ended.append(job.pk)))
    job = start_job(kind="long", at=NOW)
    work()
    job.refresh_from_db()
    assert (job.state, job.done, job.finished_at) == ("stopped", 1, NOW)
    assert ended == [job.pk]
    assert not stop_job(job=job, at=NOW)


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_takes_the_job(kinds: Kinds) -> None:
    done: list[int] = []

    def note(job: Job, progress: Progress, clock: Any) -> dict[str, Any]:
        done.append(job.pk)
        return {}

    register_job(JobKind("note", "Note", note))
    jobs = [start_job(kind="note", at=NOW).pk for _ in range(6)]

    def worker() -> None:
        try:
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=worker) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == jobs


def test_a_job_tells_things_in_the_language_of_whoever_started_it(kinds: Kinds) -> None:
    def speaking(job: Job, progress: Progress, clock: Any) -> dict[str, Any]:
        return {"language": get_language()}

    register_job(JobKind("speak", "Speak", speaking))
    with override("zh-hans"):
        start_job(kind="speak", at=NOW)
    with override("en"):
        [job] = work()
    assert job.result == {"language": "zh-hans"}
