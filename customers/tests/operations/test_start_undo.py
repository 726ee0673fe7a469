from datetime import timedelta

import pytest

from customers.models import Customer, ImportBatch, Job, Team, User
from customers.operations import start_undo as module
from customers.operations import undo_import as undoing
from customers.operations.import_customers import import_customers
from customers.operations.records import CustomerRecord
from customers.operations.start_undo import start_undo
from customers.operations.stop_job import stop_job
from customers.operations.undo_import import CannotUndo, RowsTouched
from customers.operations.work_jobs import work_jobs
from tests.cast import NOW
from tests.imports import Tables, new_batch, tables, work_for

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def before(bob: User) -> Tables:
    return tables()


@pytest.fixture
def batch(north: Team, before: Tables) -> ImportBatch:
    batch = new_batch(north, counts={"customers": {"created": 2}})
    import_customers(records=[CustomerRecord("c1", "Ana"), CustomerRecord("c2", "Rui")], **work_for(batch))
    return batch


def work() -> None:
    list(work_jobs(clock=lambda: LATER))


def state(batch: ImportBatch) -> tuple[str, str]:
    batch.refresh_from_db()
    return batch.state, batch.error


def without_jobs(found: Tables) -> Tables:
    return {label: rows for label, rows in found.items() if label != "customers.Job"}


def test_a_worker_undoes_it(batch: ImportBatch, bob: User, before: Tables) -> None:
    job = start_undo(batch=batch, by=bob, at=NOW)
    assert state(batch) == ("undoing", "")
    assert batch.job == job
    work()
    assert state(batch) == ("undone", "")
    assert without_jobs(tables()) == without_jobs(before)
    job.refresh_from_db()
    assert (job.state, job.result, job.created_by) == ("done", {"removed": 4, "restored": 0, "kept": 0}, bob)


def test_what_is_in_the_way_is_said_at_once(batch: ImportBatch, bob: User) -> None:
    Customer.objects.filter(name="Ana").update(version=2)
    with pytest.raises(RowsTouched, match="was edited"):
        start_undo(batch=batch, by=bob, at=NOW)
    assert state(batch) == ("done", "")
    assert not Job.objects.exists()


def test_of_a_large_import_the_job_says_it(batch: ImportBatch, bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOKED_AT_FIRST", 0)
    Customer.objects.filter(name="Ana").update(version=2)
    job = start_undo(batch=batch, by=bob, at=NOW)
    work()
    job.refresh_from_db()
    assert job.state == "failed"
    assert "was edited" in job.error
    assert state(batch) == ("done", "")


def test_it_is_started_once(batch: ImportBatch, bob: User) -> None:
    start_undo(batch=batch, by=bob, at=NOW)
    with pytest.raises(CannotUndo):
        start_undo(batch=batch, by=bob, at=NOW)


def test_one_that_is_stopped_before_it_begins_changed_nothing(batch: ImportBatch, bob: User) -> None:
    job = start_undo(batch=batch, by=bob, at=NOW)
    stop_job(job=job, at=NOW)
    assert state(batch) == ("done", "")


def test_one_that_is_stopped_half_way_says_so_and_can_be_started_again(
    batch: ImportBatch, bob: User, before: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undoing, "AT_ONCE", 0)
    job = start_undo(batch=batch, by=bob, at=NOW)
    with monkeypatch.context() as patch:
        patch.setattr(module, "undo_import", _half)
        work()
    assert state(batch) == ("failed", "The undo stopped half-way. Start it again: it goes on where it was.")
    start_undo(batch=batch, by=bob, at=NOW)
    work()
    assert state(batch) == ("undone", "")
    assert without_jobs(tables()) == without_jobs(before)
    assert Job.objects.get(pk=job.pk).state == "stopped"


def _half(**given: object) -> object:
    def stop(done: int, total: int) -> None:
        if done == 1:
            stop_job(job=Job.objects.get(), at=NOW)
            given["tell"](done, total, "a new step is always said")  # type: ignore[operator]

    return undoing.undo_import(**{**given, "tell": stop})  # type: ignore[arg-type]


def test_a_job_whose_worker_died_at_the_very_end_is_done(batch: ImportBatch, bob: User) -> None:
    job = start_undo(batch=batch, by=bob, at=NOW)
    undoing.undo_import(batch=batch, at=NOW)
    work()
    job.refresh_from_db()
    assert job.state == "done"
