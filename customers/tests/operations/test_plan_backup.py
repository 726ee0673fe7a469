"""When backups are due, what their jobs do, and what is kept."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from customers.backup.place import Place, new_name
from customers.backup.tools import BackupFailed
from customers.models import Backup, Job
from customers.operations.backup_state import backup_state
from customers.operations.forget_backups import forget_backups
from customers.operations.make_backup import make_backup
from customers.operations.plan_backup import plan_backup
from customers.operations.start_backup import start_backup, start_verification
from customers.operations.tick import tick
from customers.operations.work_jobs import work_jobs
from customers.tests.backup.world import write
from tests.cast import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_keys")]


@pytest.fixture
def nightly(settings: Any) -> None:
    settings.BACKUP_AT = time(1, 0)


@pytest.mark.usefixtures("nightly")
def test_every_night_has_one_job_however_often_it_is_asked() -> None:
    one = plan_backup(at=datetime(2026, 6, 3, 0, 59, tzinfo=UTC))
    assert one is not None and one.key == "backup:2026-06-02"
    assert plan_backup(at=datetime(2026, 6, 3, 0, 59, 50, tzinfo=UTC)) is None
    two = plan_backup(at=datetime(2026, 6, 3, 1, 0, tzinfo=UTC))
    assert two is not None and two.key == "backup:2026-06-03"
    one.refresh_from_db()
    assert one.state == "stopped", "no worker took it: of missed nights only the newest is made up for"


def test_off_is_off(settings: Any) -> None:
    assert settings.BACKUP_AT is None
    assert plan_backup(at=NOW) is None and not Job.objects.exists()


@examples(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 20 * 24 * 60), min_size=1, max_size=40), st.sampled_from([0, 1, 13, 23]))
def test_whenever_the_timetable_runs_no_night_has_two_and_the_newest_has_one(minutes: list[int], hour: int) -> None:
    from django.conf import settings
    from django.test import override_settings

    Job.objects.all().delete()
    with override_settings(BACKUP_AT=time(hour, 30)):
        assert time(hour, 30) == settings.BACKUP_AT
        for minute in sorted(minutes):
            at = NOW + timedelta(minutes=minute)
            plan_backup(at=at)
            due = at.replace(hour=hour, minute=30)
            night = due if due <= at else due - timedelta(days=1)
            assert Job.objects.filter(key=f"backup:{night:%Y-%m-%d}").count() == 1
    keys = list(Job.objects.values_list("key", flat=True))
    assert len(keys) == len({*keys})


def test_a_job_makes_one_and_another_verifies_it_and_tidies_up(place: Place, settings: Any) -> None:
    write(settings, "attachments/old", b"old")
    old = make_backup(clock=lambda: timezone.now() - timedelta(days=3), place=place)
    Backup.objects.filter(pk=old.pk).update(verified_at=timezone.now())
    (settings.VAR_DIR / "attachments/old").unlink()
    settings.BACKUP_KEEP = (1, 0, 0)
    job = start_backup(at=timezone.now())
    assert start_backup(at=timezone.now()) == job, "one that waits is enough"
    done = list(work_jobs(clock=timezone.now))
    assert [(one.kind, one.state) for one in done] == [("backup", "done"), ("verify-backup", "done")]
    [kept] = Backup.objects.all()
    assert kept.verified_at and kept.name == done[0].result["backup"] and place.names() == [kept.name]
    assert done[1].result["gone"] == 1 and not [*place.files.glob("*/*")]
    state = backup_state(at=timezone.now())
    assert state.verified == kept and not state.is_late
    assert backup_state(at=timezone.now() + timedelta(hours=27)).is_late


def test_a_backup_that_fails_says_why_in_the_job(place: Place, monkeypatch: Any) -> None:
    def fail(**_: Any) -> Any:
        raise BackupFailed("pg_dump is not installed on this machine: apt install postgresql-client")

    monkeypatch.setattr("customers.operations.backup_jobs.make_backup", fail)
    start_backup(at=NOW)
    [job] = work_jobs(clock=timezone.now)
    assert job.state == "failed" and "apt install" in job.error
    state = backup_state(at=NOW)
    assert state.verified is None and state.is_late


def test_a_damaged_one_fails_its_verification_and_goes_after_a_week(place: Place) -> None:
    backup = make_backup(clock=timezone.now, place=place)
    (place.backup(backup.name) / "manifest").write_bytes(b"")
    start_verification(backup=backup, at=NOW)
    [job] = work_jobs(clock=timezone.now)
    assert (job.state == "failed" and "cut off" in job.error) or "spoilt" in job.error
    assert forget_backups(at=timezone.now(), place=place) == []
    assert forget_backups(at=timezone.now() + timedelta(days=8), place=place) == [backup.name]


def test_stored_files_stay_while_a_backup_cannot_be_read(place: Place, settings: Any) -> None:
    write(settings, "attachments/one", b"one")
    make_backup(clock=timezone.now, place=place)
    stored = next(place.files.glob("*/*"))
    broken = place.folder / "backups" / new_name(NOW)
    broken.mkdir()
    forget_backups(at=NOW, place=place)
    assert stored.exists()


def test_the_timetable_plans_it(settings: Any, place: Place) -> None:
    settings.BACKUP_AT = time(1, 0)
    tick(at=NOW)
    assert Job.objects.filter(kind="backup").count() == 1
