"""Backups of the real database: made, tried, restored; and what goes wrong on the way."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from customers.backup.archive import read_manifest
from customers.backup.engine import engine_of, own
from customers.backup.files import all_files
from customers.backup.manifest import Contents
from customers.backup.place import NoSuchBackup, Place
from customers.backup.tools import BackupFailed, environment, output_of
from customers.encryption.keyring import forget_keys, new_wrapped_key
from customers.models import Backup, ContactPoint, Customer, DataKey, User
from customers.operations.add_contact_point import add_contact_point
from customers.operations.approve_erasure import approve_erasure
from customers.operations.ask_for_erasure import ask_for_erasure
from customers.operations.make_backup import make_backup
from customers.operations.note_erasures import note_erasures
from customers.operations.reapply_erasures import reapply_erasures
from customers.operations.restore_backup import BackupDamaged, NotEmpty, restore_backup
from customers.operations.verify_backup import verify_backup
from customers.tests.backup.world import write
from tests.cast import NOW

pytestmark = pytest.mark.usefixtures("fresh_keys")
clock = timezone.now


@contextmanager
def another_database(tmp_path: Path) -> Iterator[None]:
    """DATABASE_URL names a new and empty database meanwhile."""
    with own() as server:
        engine = engine_of(server)
        with engine.snapshot(server, tmp_path, lambda: None) as snapshot:
            about = snapshot.about
    ours = connection.settings_dict["NAME"]
    with own() as server, engine.scratch(server, f"candid_test_{os.getpid()}_a", about, tmp_path) as scratch:
        connection.close()
        connection.settings_dict["NAME"] = scratch.settings_dict["NAME"]
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = ours


@pytest.mark.django_db(transaction=True)
def test_what_is_restored_is_what_was_and_who_was_erased_since_is_erased_again(
    place: Place,
    settings: Any,
    tmp_path: Path,
    acme: Customer,
    wang: Customer,
) -> None:
    add_contact_point(customer=wang, kind="email", value="wang@example.com", at=NOW)
    odd = {"text": "é\n'\\\"%s\t😀", "float": 0.1 + 0.2, "none": None}
    Customer.objects.filter(pk=acme.pk).update(attributes=odd, name="O'Quagga\\ \r\n 王 😀")
    acme.refresh_from_db()
    write(settings, "attachments/ab/one", b"Quagga" * 1000)
    backup = make_backup(clock=clock, place=place)
    found = verify_backup(clock=clock, place=place)
    assert found.findings == [] and found.rows == backup.rows > 100 and found.files == 1
    backup.refresh_from_db()
    assert backup.verified_at and backup.tables > 100
    assert all(b"Quagga" not in path.read_bytes() for path in place.folder.rglob("*") if path.is_file())
    assert not [*(settings.VAR_DIR / "backup-work").iterdir()], "nothing is left in clear"

    approve_erasure(erasure=ask_for_erasure(customer=wang, reason="Letter", by=None, at=NOW), by=None, at=clock())
    assert (note_erasures(at=clock(), place=place), note_erasures(at=clock(), place=place)) == (1, 0)
    with pytest.raises(NotEmpty, match="not empty"):
        restore_backup(place=place)

    settings.VAR_DIR = tmp_path / "new"
    with another_database(tmp_path):
        manifest = restore_backup(place=place)
        forget_keys()
        assert manifest.name == backup.name
        assert (settings.VAR_DIR / "attachments/ab/one").read_bytes() == b"Quagga" * 1000
        again = Customer.objects.get(pk=acme.pk)
        assert (again.name, again.attributes, again.created_at) == (acme.name, odd, acme.created_at)
        assert ContactPoint.objects.get(customer=wang).value == "wang@example.com"
        assert not Customer.objects.filter(erased_at__isnull=False).exists()
        done = reapply_erasures(at=clock(), place=place)
        assert (done.noted, done.erased, done.refused) == (1, [wang.pk], {})
        assert Customer.objects.get(pk=wang.pk).erased_at and not ContactPoint.objects.exists()
        assert reapply_erasures(at=clock(), place=place).erased == []
        with pytest.raises(NotEmpty):
            restore_backup(place=place)
        Customer.objects.create(kind="person", name="New", team=acme.team, created_at=NOW)
    forget_keys()


@pytest.mark.django_db
def test_a_table_that_came_back_otherwise_is_found(place: Place, monkeypatch: Any) -> None:
    engine = engine_of(connection)
    real = type(engine).contents

    def otherwise(self: Any, database: Any) -> Contents:
        found = real(self, database)
        rows, total = found.tables["customers_datakey"]
        tables = {**found.tables, "customers_datakey": (rows, str(int(total) + 1)), "auth_group": (99, "0")}
        objects = {**found.objects, "index": [*found.objects["index"], "index_of_nothing"]}
        return Contents({**tables, "gone": (1, "1")}, objects)

    monkeypatch.setattr(type(engine), "contents", otherwise)
    make_backup(clock=clock, place=place)
    monkeypatch.undo()
    found = verify_backup(clock=clock, place=place)
    assert "table gone is missing" in found.findings
    assert "table customers_datakey has other contents" in found.findings
    assert any(text.startswith("table auth_group has") and "not 99" in text for text in found.findings)
    assert "missing, index: index_of_nothing" in found.findings
    backup = Backup.objects.get()
    assert backup.is_good is False and "gone is missing" in backup.problem


@pytest.mark.django_db
@pytest.mark.once("sqlite", reason="what is done to files is the same whatever the database")
def test_damage_is_refused_by_verify_and_restore(place: Place, settings: Any) -> None:
    write(settings, "attachments/one", b"one" * 1000)
    name = make_backup(clock=clock, place=place).name
    database, stored = place.backup(name) / "database", next(place.files.glob("*/*"))
    whole, file = database.read_bytes(), stored.read_bytes()

    def findings() -> str:
        with pytest.raises((BackupDamaged, NotEmpty)):
            restore_backup(place=place)
        return "; ".join(verify_backup(clock=clock, place=place).findings)

    database.write_bytes(whole[:-100])
    assert "database: the file was changed, cut off or moved" in findings()
    assert "cut off" in Backup.objects.get().problem
    database.unlink()
    assert "a file of the backup is missing" in findings()
    database.write_bytes(whole)
    stored.write_bytes(file[:-1])
    assert "file attachments/0: the file was changed" in findings()
    assert "file attachments/0: is missing" in findings()
    write(settings, "attachments/one", b"one" * 1000)
    stored.write_bytes(file)
    assert findings() == "" and Backup.objects.get().is_good


@pytest.mark.django_db(transaction=True)
def test_a_key_that_was_made_meanwhile_is_in_the_backup(place: Place, settings: Any) -> None:
    """The file would be under a key that the copy of the database does not hold."""
    write(settings, "attachments/one", b"one")
    made: list[DataKey] = []

    def tell(_done: int, step: str) -> None:
        if step == "Copies files" and not made:
            made.append(DataKey.objects.create(purpose="data", wrapped=new_wrapped_key(purpose="data")))

    name = make_backup(clock=clock, tell=tell, place=place).name
    assert read_manifest(place.backup(name)).key_id == made[0].pk
    assert place.names() == [name], "the first try is gone"


@pytest.mark.django_db
def test_whoever_is_told_may_end_it_and_nothing_is_left(place: Place) -> None:
    class Stopped(Exception):
        pass

    def stop(_done: int, step: str) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        make_backup(clock=clock, tell=stop, place=place)
    assert place.names() == [] and not Backup.objects.exists()
    assert [path.name for path in (place.folder / "backups").iterdir()] == []


@pytest.mark.django_db
def test_rows_tell_what_is_in_the_folder(place: Place, settings: Any) -> None:
    first = make_backup(clock=clock, place=place).name
    Backup.objects.all().delete()
    Backup.objects.create(name="20200101T000000Z-00000000", taken_at=NOW, server="gone")
    second = make_backup(clock=clock, place=place).name
    assert list(Backup.objects.values_list("name", flat=True)) == sorted([first, second], reverse=True)
    with pytest.raises(NoSuchBackup):
        verify_backup(name="20200101T000000Z-00000000", clock=clock, place=place)


@pytest.mark.django_db
def test_a_copy_elsewhere_can_be_tried_and_changes_no_row(place: Place, settings: Any, tmp_path: Path) -> None:
    make_backup(clock=clock, place=place)
    copy = Place(tmp_path / "copy")
    shutil.copytree(place.folder, copy.folder)
    assert verify_backup(clock=clock, place=copy).findings == []
    assert Backup.objects.get().verified_at is None


@pytest.mark.django_db
def test_files_that_are_being_written_are_no_files(place: Place, settings: Any) -> None:
    write(settings, "imports/.draft/one", b"x")
    write(settings, "imports/two", b"x")
    (settings.VAR_DIR / "imports" / "link").symlink_to("/etc/passwd")
    assert [path.name for path in all_files()] == ["two"]


@pytest.mark.django_db
def test_an_organisation_or_another_person_under_the_key_is_not_erased(
    place: Place,
    acme: Customer,
    wang: Customer,
    ann: User,
) -> None:
    make_backup(clock=clock, place=place)
    approve_erasure(erasure=ask_for_erasure(customer=wang, reason="Letter", by=None, at=NOW), by=None, at=clock())
    note_erasures(at=clock(), place=place)
    Customer.objects.filter(pk=wang.pk).update(erased_at=None, created_at=clock())
    assert reapply_erasures(at=clock(), place=place).erased == [], "somebody else got the key after the restore"
    Customer.objects.filter(pk=wang.pk).update(created_at=NOW)
    lines = place.erasures.read_text().replace(f'"{wang.pk}"', f'"{acme.pk}"')
    place.erasures.write_text(lines)
    assert reapply_erasures(at=clock(), place=place).noted == 0, "nobody of us signed that"


def test_a_tool_gets_no_key_of_ours_and_its_failure_no_row(monkeypatch: Any) -> None:
    monkeypatch.setenv("CRM_ENCRYPTION_KEY", "quagga")
    assert "quagga" not in environment(PGPASSWORD="x").values()
    script = "echo 'error: duplicate key' >&2; echo 'DETAIL: Key (name)=(Quagga)' >&2; exit 3"
    told = pytest.raises(BackupFailed, match="sh failed: error: duplicate key")
    with told as failed, output_of(["/bin/sh", "-c", script], environment()) as chunks:
        assert [*chunks] == []
    assert "Quagga" not in str(failed.value)
