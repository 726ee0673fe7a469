"""Imports by a worker: killed, stopped, taken over, and what they leave."""

import uuid
from pathlib import Path
from typing import Any

import pytest

from customers.choices import ImportState, LeaseState
from customers.importers import jobs as module
from customers.importers.draft import FilesGone
from customers.importers.draft_import import draft_import
from customers.importers.jobs import AtWork, NotPrepared, start_check, start_import
from customers.importers.run import ROWS_KEPT
from customers.models import Customer, ImportBatch, ImportRow, Job, Team, User
from customers.operations.stop_job import stop_job
from customers.operations.undo_import import undo_import
from customers.operations.uploads import forget_upload, keep_file, new_upload
from customers.operations.work_jobs import work_jobs
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def var_dir(settings: Any, tmp_path: Path) -> Path:
    settings.VAR_DIR = tmp_path
    return tmp_path


@pytest.fixture
def batch(bob: User, north: Team) -> ImportBatch:
    """Bob's list of three thousand."""
    folder = new_upload()
    rows = "".join(f"{number},Customer {number}\n" for number in range(3000))
    keep_file(folder, "people.csv", [f"id,name\n{rows}".encode()])
    return draft_import(folder=folder, by=bob, team=north, at=NOW)


def work() -> None:
    list(work_jobs(clock=lambda: NOW))


def state(batch: ImportBatch) -> str:
    batch.refresh_from_db()
    return batch.state


def counts(batch: ImportBatch) -> dict[str, int]:
    found: dict[str, int] = batch.counts["customers"]
    return found


def test_a_check_writes_nothing_and_tells_of_each_row(batch: ImportBatch, bob: User) -> None:
    start_check(batch=batch, by=bob, at=NOW)
    work()
    assert state(batch) == "checked"
    assert counts(batch)["created"] == 3000
    assert not Customer.objects.exists()
    assert ImportRow.objects.filter(batch=batch, outcome="created").count() == ROWS_KEPT


def test_an_import_that_is_killed_goes_on_and_counts_as_one(
    batch: ImportBatch, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    start_import(batch=batch, by=bob, at=NOW)
    with monkeypatch.context() as patch:
        patch.setattr(module, "work_through", dying_after(2))
        with pytest.raises(KeyboardInterrupt):
            work()
    assert Customer.objects.count() == 2000
    Job.objects.update(state=LeaseState.TODO)
    work()
    assert state(batch) == "done"
    assert counts(batch) == {"created": 3000, "updated": 0, "unchanged": 0, "refused": 0}
    undo_import(batch=batch, at=NOW)
    assert not Customer.objects.exists()


def dying_after(steps: int) -> Any:
    """A worker that dies when so many thousand rows are written."""
    from customers.importers import run
    from customers.importers.run import work_through

    def work_and_die(**given: Any) -> Any:
        real, done = run.ImportRun.write_rows, []

        def write_rows(self: Any) -> None:
            real(self)
            done.append(1)
            if len(done) == steps:
                raise KeyboardInterrupt

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(run.ImportRun, "write_rows", write_rows)
            return work_through(**given)

    return work_and_die


def interrupted(what: Any) -> Any:
    """A worker to whom something happens as it begins."""
    from customers.importers.run import work_through

    def work_on(**given: Any) -> Any:
        what()
        given["tell"](0, 1, "a new step is always said")
        return work_through(**given)

    return work_on


@pytest.mark.parametrize(
    ("start", "ended", "said"),
    [
        (start_check, "uploaded", "The check was stopped."),
        (start_import, "failed", "The import was stopped. Go on with it, or undo what it has written."),
    ],
)
def test_one_that_is_stopped_says_so(
    batch: ImportBatch, bob: User, monkeypatch: pytest.MonkeyPatch, start: Any, ended: str, said: str
) -> None:
    job = start(batch=batch, by=bob, at=NOW)
    monkeypatch.setattr(module, "work_through", interrupted(lambda: stop_job(job=job, at=NOW)))
    work()
    assert (state(batch), batch.error) == (ended, said)


def test_one_that_another_worker_took_over_is_left_to_it(
    batch: ImportBatch, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    start_import(batch=batch, by=bob, at=NOW)

    def take_over() -> None:
        Job.objects.update(token=uuid.uuid4())

    monkeypatch.setattr(module, "work_through", interrupted(take_over))
    work()
    assert state(batch) == "running"


def test_a_job_whose_worker_died_at_the_very_end_is_done(batch: ImportBatch, bob: User) -> None:
    job = start_import(batch=batch, by=bob, at=NOW)
    ImportBatch.objects.update(state=ImportState.DONE)
    work()
    job.refresh_from_db()
    assert job.state == "done"


def test_it_is_begun_once_with_its_files(batch: ImportBatch, bob: User) -> None:
    start_import(batch=batch, by=bob, at=NOW)
    with pytest.raises(AtWork):
        start_check(batch=batch, by=bob, at=NOW)
    forget_upload(batch)
    with pytest.raises(FilesGone):
        start_import(batch=batch, by=bob, at=NOW)
    work()
    assert (state(batch), batch.error) == (
        "failed",
        "The files of this import are not there any more: upload them again.",
    )


def test_it_is_not_begun_with_a_mapping_that_does_not_do(batch: ImportBatch, bob: User) -> None:
    batch.tables[0]["columns"] = {"id": "id"}
    batch.save()
    with pytest.raises(NotPrepared, match="No column holds the name"):
        start_import(batch=batch, by=bob, at=NOW)
    assert state(batch) == "uploaded"
    assert not Job.objects.exists()


def test_the_job_of_an_import_that_is_gone_fails(batch: ImportBatch, bob: User) -> None:
    job = start_import(batch=batch, by=bob, at=NOW)
    ImportBatch.objects.all().delete()
    work()
    job.refresh_from_db()
    assert job.state == "failed"
