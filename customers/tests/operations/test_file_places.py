"""A rotation puts files of imports and exports under the newest key, and encrypts those from before files were."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from customers.encryption.files import key_id_of
from customers.encryption.keyring import current_key, forget_keys
from customers.importers.draft import Draft
from customers.importers.draft_import import draft_import
from customers.importers.jobs import start_check
from customers.models import Customer, DataKey, Export, ImportBatch, Team, User
from customers.operations.forget_exports import export_file, open_export
from customers.operations.settle_rotation import settle_rotation, values_by_key
from customers.operations.start_export import start_export
from customers.operations.start_rotation import start_rotation
from customers.operations.uploads import keep_file, new_upload, open_report, open_upload, upload_of
from customers.operations.work_jobs import work_jobs
from tests.cast import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_keys")]


@pytest.fixture(autouse=True)
def var_dir(settings: Any, tmp_path: Path) -> Path:
    settings.VAR_DIR, settings.KEY_MEMORY_SECONDS = tmp_path, 0
    return tmp_path


@pytest.fixture
def batch(bob: User, north: Team) -> ImportBatch:
    """A file that was checked; its second row is refused."""
    folder = new_upload()
    keep_file(folder, "a.csv", [f"id,name\n1,Ana\n2,{'x' * 300}\n".encode()])
    batch = draft_import(folder=folder, by=bob, team=north, at=NOW)
    start_check(batch=batch, by=bob, at=NOW)
    list(work_jobs(clock=lambda: NOW))
    batch.refresh_from_db()
    assert batch.report_path
    return batch


@pytest.fixture
def export(bob: User, wang: Customer) -> Export:
    export = start_export(model=Customer, query="", format="xlsx", by=bob, at=NOW)
    list(work_jobs(clock=lambda: NOW))
    export.refresh_from_db()
    return export


def rotate() -> DataKey:
    key = start_rotation(at=timezone.now())
    forget_keys()
    list(work_jobs(clock=timezone.now))
    return key


def files_of(batch: ImportBatch) -> list[Path]:
    folder = upload_of(batch)
    assert folder is not None
    return [folder / "a.csv", folder / ".seen.json", Path(batch.report_path)]


def test_they_go_under_the_new_key(batch: ImportBatch, export: Export) -> None:
    before, _key = current_key("data")
    lost = export_file(export)
    assert lost is not None
    files = [*files_of(batch), lost]
    assert [key_id_of(path) for path in files] == [before] * 4
    key = rotate()
    assert [key_id_of(path) for path in files] == [key.pk] * 4
    with open_upload(files[0]) as file, open_report(files[2]) as report, open_export(export) as written:
        assert file.read().startswith(b"id,name\n1,Ana") and b"line" in report.read()
        assert written.read(2) == b"PK"
    assert Draft(batch).seen[0].header == ["id", "name"]
    assert settle_rotation(at=timezone.now() + timedelta(seconds=1))


def test_files_from_before_are_encrypted_and_reports_of_commands_stay_as_they_are(
    batch: ImportBatch, export: Export
) -> None:
    upload, _seen, report = files_of(batch)
    stored = export_file(export)
    assert stored is not None
    for path in (upload, stored, report):
        path.write_bytes(b"id,name\n1,Ana\n")
    with open_export(export) as file:
        assert file.read() == b"id,name\n1,Ana\n"
    assert values_by_key()[0] == 2
    key = rotate()
    assert [key_id_of(path) for path in (upload, stored, report)] == [key.pk, key.pk, None]
    with open_export(export) as file, open_upload(upload) as uploaded:
        assert file.read() == uploaded.read() == b"id,name\n1,Ana\n"


def test_one_that_was_spoilt_is_counted_and_the_old_key_stays(batch: ImportBatch) -> None:
    upload = files_of(batch)[0]
    head = bytearray(upload.read_bytes())
    head[60] ^= 1
    upload.write_bytes(bytes(head))
    rotate()
    assert not settle_rotation(at=timezone.now() + timedelta(seconds=1))


def test_a_file_that_was_changed_on_the_disk_is_not_imported(batch: ImportBatch, bob: User) -> None:
    upload = files_of(batch)[0]
    stored = bytearray(upload.read_bytes())
    stored[-1] ^= 1
    upload.write_bytes(bytes(stored))
    start_check(batch=batch, by=bob, at=NOW)
    list(work_jobs(clock=lambda: NOW))
    batch.refresh_from_db()
    assert batch.job is not None
    assert (batch.job.state, "Upload it again." in batch.job.error) == ("failed", True)
    assert not Customer.objects.exists()
