"""Writers, sealers and a rotation at the same time: nobody waits for the chain, and nothing is lost."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from customers.audit.record import record
from customers.encryption.keyring import forget_keys
from customers.models import AuditEntry, AuditSeal, ContactPoint, Customer, DataKey, Team
from customers.operations import encrypted_places
from customers.operations import start_rotation as module
from customers.operations.add_contact_point import add_contact_point
from customers.operations.seal_audit import seal_audit
from customers.operations.settle_rotation import settle_rotation, values_by_key
from customers.operations.start_rotation import start_rotation
from customers.operations.verify_audit import verify_audit
from customers.operations.work_jobs import work_jobs
from tests.cast import NOW
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)

WRITES = 40


@pytest.fixture(autouse=True)
def at_once_known(settings: Any, tmp_path: Path) -> None:
    settings.KEY_MEMORY_SECONDS = 0
    settings.VAR_DIR = tmp_path


@pytest.fixture
def customer(transactional_db: None) -> Customer:
    return Customer.objects.create(name="Acme", team=Team.objects.create(name="North"))


def test_entries_are_sealed_while_others_are_written(customer: Customer) -> None:
    def write() -> int:
        for number in range(WRITES):
            record("done", customer, number=number)
        return WRITES

    def seal() -> int:
        return sum(seal_audit(at=timezone.now()) for _ in range(WRITES))

    before = AuditEntry.objects.count()
    results = at_once(write, write, seal, seal)
    assert results[:2] == [WRITES, WRITES] and all(isinstance(found, int) for found in results), results
    seal_audit(at=timezone.now())
    found = verify_audit()
    assert (found.entries, found.waiting, found.tampering) == (before + 2 * WRITES, 0, 0), found.findings
    numbers = list(AuditSeal.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_rotation_by_several_workers_beside_people_who_write(
    customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LARGE", 10)
    monkeypatch.setattr(encrypted_places, "ROWS_AT_ONCE", 7)
    points = [
        add_contact_point(customer=customer, kind="email", value=f"{number}@example.com", at=NOW)
        for number in range(60)
    ]
    key = start_rotation(at=timezone.now())
    forget_keys()

    def work() -> int:
        return len(list(work_jobs(clock=timezone.now)))

    def change() -> int:
        for point in points[::3]:
            row = ContactPoint.objects.get(pk=point.pk)
            row.value = f"new-{row.value}"
            row.save_checked()
        return len(points[::3])

    results = at_once(work, work, change)
    assert all(isinstance(found, int) for found in results), results
    for _ in range(3):  # what was locked by one and left by the other gets another round
        list(work_jobs(clock=timezone.now))
        if settle_rotation(at=timezone.now() + timedelta(seconds=1)):
            break
    assert set(values_by_key()) == {key.pk}
    assert DataKey.objects.get(purpose="data", retired_at=None).pk == key.pk
    expected = {f"{'new-' if number % 3 == 0 else ''}{number}@example.com" for number in range(60)}
    assert {point.value for point in ContactPoint.objects.all()} == expected
