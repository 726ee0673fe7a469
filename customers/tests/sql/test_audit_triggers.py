"""The database itself refuses to change the audit record, whoever asks."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from customers.audit.record import record, values_of
from customers.models import AuditEntry, AuditSeal, Customer, Team
from customers.operations.forget_audit_values import forget_audit_values
from customers.operations.seal_audit import seal_audit
from customers.operations.verify_audit import verify_audit
from customers.sql.audit_triggers import drop_audit_triggers, ensure_audit_triggers
from tests.cast import NOW

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def guarded(settings: Any, tmp_path: Path) -> Iterator[Customer]:
    """One entry under one seal, in a database that guards its record as a real one does."""
    settings.VAR_DIR = tmp_path
    customer = Customer.objects.create(name="Acme", team=Team.objects.create(name="North"))
    record("done", customer)
    seal_audit(at=NOW)
    assert ensure_audit_triggers() > 0
    yield customer
    drop_audit_triggers()


def refused(sql: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    except DatabaseError as error:
        return "append-only" in str(error)
    return False


def test_entries_and_seals_are_neither_changed_nor_removed(guarded: Customer) -> None:
    quote = connection.ops.quote_name
    assert refused("DELETE FROM customers_auditentry") and refused("DELETE FROM customers_auditseal")
    for column in ("verb", "model", "object_id", "mac", "channel", "address", "via", "kind", "values"):
        assert refused(f"UPDATE customers_auditentry SET {quote(column)} = 'x'"), column  # noqa: S608 - of ours
    for column in ("actor_id", "customer_id", "other_customer_id"):
        assert refused(f"UPDATE customers_auditentry SET {quote(column)} = 7"), column  # noqa: S608 - of ours
    assert refused("UPDATE customers_auditentry SET seal_id = NULL")
    assert refused("UPDATE customers_auditseal SET mac = 'x'")
    if connection.vendor == "postgresql":
        assert refused("TRUNCATE customers_auditentry")
    assert verify_audit().tampering == 0


def test_what_has_to_be_done_is_done(guarded: Customer) -> None:
    record("done", guarded)
    assert seal_audit(at=NOW) >= 1
    assert forget_audit_values(customer_id=guarded.pk, at=NOW) >= 2
    entry = AuditEntry.objects.about(guarded.pk).order_by("pk")[0]
    assert values_of(entry) is None and AuditSeal.objects.count() == 2
    assert seal_audit(at=NOW) >= 1 and verify_audit().tampering == 0


def test_they_are_written_once(guarded: Customer) -> None:
    assert ensure_audit_triggers() == 0
    drop_audit_triggers()
    assert ensure_audit_triggers() > 0
