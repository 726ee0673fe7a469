"""Exports by a worker: written once, for one, and gone after some days."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from customers.audit.record import values_of
from customers.exporters import job as module
from customers.exporters.write_export import write_rows
from customers.models import AuditEntry, Customer, Export, Job, Team, User
from customers.operations.forget_exports import open_export
from customers.operations.start_export import start_export
from customers.operations.stop_job import stop_job
from customers.operations.tick import tick
from customers.operations.work_jobs import work_jobs
from customers.tests.exporters.reading import read_csv
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.VAR_DIR = tmp_path
    return tmp_path / "exports"


@pytest.fixture
def export(bob: User, acme: Customer, wang: Customer) -> Export:
    """Bob's export of North's persons."""
    return start_export(model=Customer, query="kind__exact=person", format="csv", by=bob, at=NOW)


def work() -> None:
    list(work_jobs(clock=lambda: NOW))


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_a_worker_writes_what_the_list_shows_its_owner(export: Export, folder: Path, south: Team) -> None:
    Customer.objects.create(name="Stranger", team=south)
    work()
    export.refresh_from_db()
    with open_export(export) as file:
        content = file.read()
    assert "王芳".encode() not in (folder / export.file).read_bytes()
    assert [row["name"] for row in read_csv(content)] == ["王芳"]
    assert (export.rows, export.size) == (1, len(content))
    assert (folder / export.file).stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    job = Job.objects.get()
    assert (job.state, job.done, job.total, job.result["rows"]) == ("done", 1, 1, 1)


def test_it_is_logged(export: Export, bob: User) -> None:
    work()
    told = AuditEntry.objects.get(kind="exported")
    assert (told.actor, told.channel, told.via) == (bob, "job", f"job:{Job.objects.get().pk}")
    assert (values_of(told) or {})["facts"]["filter"] == "kind__exact=person"


def test_a_worker_that_dies_leaves_nothing_and_the_next_begins_anew(
    export: Export, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*args: Any, **given: Any) -> int:
        given["tell"](0, 1)
        assert len(files(folder)) == 1
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(module, "write_rows", die)
        with pytest.raises(KeyboardInterrupt):
            work()
    assert files(folder) == []
    Job.objects.update(state="todo")
    work()
    assert files(folder) == [export.file]


def test_one_that_is_stopped_leaves_nothing(export: Export, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:

    def stopped(*args: Any, **given: Any) -> int:
        stop_job(job=Job.objects.get(), at=NOW)
        return write_rows(*args, **given)

    monkeypatch.setattr(module, "write_rows", stopped)
    work()
    assert Job.objects.get().state == "stopped"
    assert files(folder) == []
    export.refresh_from_db()
    assert export.rows is None


def test_whoever_may_not_see_the_list_any_more_gets_nothing(export: Export, bob: User, folder: Path) -> None:
    bob.groups.clear()
    work()
    job = Job.objects.get()
    assert (job.state, job.error) == ("failed", "You may not see this list.")
    assert files(folder) == []


def test_filters_that_the_list_does_not_have_are_refused(bob: User) -> None:
    start_export(model=Customer, query="kind__nonsense=1", format="csv", by=bob, at=NOW)
    work()
    assert Job.objects.get().error == "There are filters that this list does not have."


def test_after_three_days_it_is_gone(export: Export, folder: Path) -> None:
    work()
    tick(at=NOW + timedelta(days=3) - timedelta(seconds=1))
    assert files(folder) == [export.file]
    tick(at=NOW + timedelta(days=3))
    assert files(folder) == []
    assert not Export.objects.exists()
    assert Job.objects.exists()


def test_files_that_nobody_knows_of_go_too(folder: Path, db: None) -> None:
    folder.mkdir()
    for name, age in ("old.csv", 7), ("new.csv", 1):
        (folder / name).touch()
        then = (NOW - timedelta(days=age)).timestamp()
        os.utime(folder / name, (then, then))
    tick(at=NOW)
    assert files(folder) == ["new.csv"]


def test_the_job_of_an_export_that_is_gone_fails(export: Export) -> None:
    export.delete()
    work()
    assert Job.objects.get().state == "failed"
