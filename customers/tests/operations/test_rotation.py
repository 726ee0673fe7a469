"""New keys for old ones, while everybody goes on working."""

import time
import uuid
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from customers.audit.record import values_of
from customers.choices import KeyPurpose, LeaseState
from customers.encryption import keyring
from customers.encryption.fields import Sealed, seal_text
from customers.encryption.keyring import current_key, forget_keys
from customers.models import (
    AuditEntry,
    ContactPoint,
    Customer,
    DataKey,
    IdempotencyKey,
    ImportStep,
    Job,
    Merge,
    Segment,
    User,
)
from customers.operations import encrypted_places
from customers.operations import start_rotation as module
from customers.operations.add_contact_point import add_contact_point
from customers.operations.create_segment import create_segment
from customers.operations.encrypted_places import TOKEN, places
from customers.operations.merge_customers import merge_customers
from customers.operations.settle_rotation import settle_rotation, values_by_key
from customers.operations.start_rotation import RotationGoesOn, start_rotation
from customers.operations.undo_merge import undo_merge
from customers.operations.work_jobs import work_jobs
from customers.segments.sealing import opened_definition
from tests.cast import NOW
from tests.imports import new_batch

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_keys")]


@pytest.fixture(autouse=True)
def everybody_knows_at_once(settings: Any, tmp_path: Path) -> None:
    settings.KEY_MEMORY_SECONDS = 0
    settings.VAR_DIR = tmp_path


@pytest.fixture
def points(acme: Customer, wang: Customer) -> list[ContactPoint]:
    numbers = [(acme, f"{number}@example.com") for number in range(5)] + [(wang, "+86 10 1234 5678")]
    return [
        add_contact_point(customer=who, kind="email" if "@" in value else "phone", value=value, at=NOW)
        for who, value in numbers
    ]


def start(**given: Any) -> DataKey:
    key = start_rotation(at=timezone.now(), **given)
    forget_keys()  # the commit does it
    return key


def work() -> list[Job]:
    return list(work_jobs(clock=timezone.now))


def settle() -> bool:
    return settle_rotation(at=timezone.now() + timedelta(seconds=1))


def values() -> dict[uuid.UUID, str]:
    return {point.pk: point.value for point in ContactPoint.objects.all()}


def test_everything_is_put_under_the_new_key_and_the_old_one_is_retired(points: list[ContactPoint]) -> None:
    old, before = current_key(KeyPurpose.DATA)[0], values()
    key = start()
    assert current_key(KeyPurpose.DATA)[0] == key.pk
    assert values() == before  # while the old ones stand
    assert {job.state for job in work()} == {LeaseState.DONE}
    assert set(values_by_key()) == {key.pk}
    assert values() == before
    assert settle()
    assert DataKey.objects.get(pk=old).retired_at is not None
    assert DataKey.objects.get(pk=key.pk).retired_at is None


def test_new_values_are_under_the_new_key_at_once(points: list[ContactPoint], acme: Customer) -> None:
    key = start()
    point = add_contact_point(customer=acme, kind="email", value="new@example.com", at=NOW)
    row: Any = ContactPoint.objects.filter(pk=point.pk).values_list("value", flat=True).get()
    assert row.token.startswith(f"{key.pk}.")


def test_a_process_that_knows_the_old_key_asks_again(points: list[ContactPoint], settings: Any) -> None:
    settings.KEY_MEMORY_SECONDS = 30
    old, _key = current_key(KeyPurpose.DATA)
    key = start_rotation(at=timezone.now())
    keyring._current[KeyPurpose.DATA] = old, time.monotonic()  # a process that has not heard of it
    assert current_key(KeyPurpose.DATA)[0] == old
    keyring._current[KeyPurpose.DATA] = old, time.monotonic() - 31
    assert current_key(KeyPurpose.DATA)[0] == key.pk


def test_what_was_written_late_under_the_old_key_gets_another_round(points: list[ContactPoint]) -> None:
    old, _key = current_key(KeyPurpose.DATA)
    late = ContactPoint.objects.filter(pk=points[0].pk).values_list("value", flat=True).get()
    start()
    work()
    ContactPoint._base_manager.filter(pk=points[0].pk).update(value=late)
    assert not settle() and DataKey.objects.get(pk=old).retired_at is None
    work()
    assert settle() and ContactPoint.objects.get(pk=points[0].pk).value == "0@example.com"


def test_it_waits_until_every_process_knows(points: list[ContactPoint], settings: Any) -> None:
    start()
    work()
    settings.KEY_MEMORY_SECONDS = 30
    assert not settle_rotation(at=timezone.now() + timedelta(seconds=59))
    assert settle_rotation(at=timezone.now() + timedelta(seconds=61))


def test_a_worker_that_is_killed_leaves_the_rest_to_the_next(
    points: list[ContactPoint], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encrypted_places, "ROWS_AT_ONCE", 2)
    key = start()
    real, calls = encrypted_places.ColumnPlace.reseal, []

    def die(self: Any, **given: Any) -> Any:
        if self.code == "customers.contactpoint.value":
            calls.append(1)
            if len(calls) == 2:
                raise KeyboardInterrupt
        return real(self, **given)

    with monkeypatch.context() as patch:
        patch.setattr(encrypted_places.ColumnPlace, "reseal", die)
        with pytest.raises(KeyboardInterrupt):
            work()
    place = places()["customers.contactpoint.value"]
    assert place.by_key()[key.pk] == 2
    Job.objects.update(state=LeaseState.TODO)
    work()
    assert place.by_key() == Counter({key.pk: 6})
    assert settle() and len(values()) == 6


def test_several_workers_share_a_large_column(points: list[ContactPoint], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGE", 5)
    start()
    jobs = Job.objects.filter(key__contains="contactpoint.value")
    assert len({job.key for job in jobs}) == module.HANDS
    work()
    assert settle()


def test_one_rotation_at_a_time(points: list[ContactPoint]) -> None:
    start()
    with pytest.raises(RotationGoesOn):
        start()
    work()
    settle()
    start()


def test_who_started_it_is_on_record(points: list[ContactPoint], bob: User) -> None:
    from customers.audit.origin import Origin, acting

    with acting(Origin("admin", "rotate", bob.pk)):
        key = start(by=bob)
    entry = AuditEntry.objects.get(model="customers.datakey", object_id=str(key.pk))
    assert (entry.actor, entry.kind, entry.verb) == (bob, "added", "rotate-keys")


def test_the_values_of_the_audit_record_stay_readable(points: list[ContactPoint]) -> None:
    entry = AuditEntry.objects.filter(model="customers.contactpoint").order_by("pk")[0]
    before, signed = values_of(entry), (entry.values, entry.mac)
    key = start()
    work()
    entry.refresh_from_db()
    assert entry.key.startswith(f"{key.pk}.") and values_of(entry) == before
    assert (entry.values, entry.mac) == signed


def test_values_within_json_go_along(acme: Customer, north: Any, bob: User) -> None:
    twin = Customer.objects.create(kind="organisation", name="ACME", team=north)
    for who in (acme, twin):
        add_contact_point(customer=who, kind="email", value="same@example.com", at=NOW)
    merge = merge_customers(kept=acme, gone=twin, by=bob, at=NOW)
    asked = {"fact": "email", "op": "is", "value": "seek@example.com"}
    segment = create_segment(name="S", definition={"groups": [{"conditions": [asked]}]}, owner=bob, at=NOW)
    point = acme.contact_points.get()
    held = seal_text("was@example.com", bound_to=f"customers.ContactPoint.value:{point.pk}").token
    changed = {str(point.pk): {"version": 2, "before": {"value": held, "price": "1.50"}}}
    step = ImportStep.objects.create(batch=new_batch(north), model="customers.ContactPoint", changed=changed)
    assert merge.dropped  # what could not go over
    old, _key = current_key(KeyPurpose.DATA)
    key = start()
    work()
    found = values_by_key()
    assert found[old] == 0 and found[key.pk] > 0
    segment.refresh_from_db()
    shown = opened_definition(segment.definition)["groups"][0]["conditions"][0]["value"]
    assert shown in ("seek@example.com", ["seek@example.com"])
    step.refresh_from_db()
    before = step.changed[str(point.pk)]["before"]
    assert before["price"] == "1.50" and TOKEN.match(before["value"])["key"] == str(key.pk)  # type: ignore[index]
    assert settle()
    DataKey.objects.filter(pk=old).delete()
    forget_keys()
    undo_merge(merge=Merge.objects.get(pk=merge.pk), by=bob, at=NOW)
    assert twin.contact_points.get().value == "same@example.com"


def test_what_cannot_be_opened_stays_and_is_counted(points: list[ContactPoint]) -> None:
    old, _key = current_key(KeyPurpose.DATA)
    ContactPoint._base_manager.filter(pk=points[0].pk).update(value=Sealed(f"{old}.AAAA"))
    start()
    jobs = {job.key.split(":")[3]: job.result for job in work() if job.key}
    assert jobs["customers.contactpoint.value"] == {"values": 6, "unreadable": 1}
    assert not settle()


def test_every_encrypted_column_is_a_place() -> None:
    assert {"customers.contactpoint.value", "customers.idempotencykey.body", "customers.export.query"} <= set(places())


def test_a_value_that_stands_nowhere_is_no_value(points: list[ContactPoint], root: User) -> None:
    IdempotencyKey.objects.create(user=root, key="k", fingerprint="f", token=uuid.uuid4(), claimed_at=NOW)
    start()
    work()
    assert settle()


def test_the_columns_hold_nothing_of_the_old_key(points: list[ContactPoint]) -> None:
    old, _key = current_key(KeyPurpose.DATA)
    start()
    work()
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM customers_contactpoint")
        assert not [row for row in cursor.fetchall() if str(row[0]).startswith(f"{old}.")]


def test_a_filter_is_kept_as_it_was(bob: User) -> None:
    asked = {"fact": "email", "op": "is", "value": "seek@example.com"}
    create_segment(name="S", definition={"groups": [{"conditions": [asked]}]}, owner=bob, at=NOW)
    version = Segment.objects.get().version
    start()
    work()
    assert Segment.objects.get().version == version
