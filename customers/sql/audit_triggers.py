"""Triggers that keep the audit record append-only for every other way to the database, too.

SQL, because only the database sees scripts and psql. They refuse to delete an entry or a seal and to change one, but
for two columns of an entry: its seal, once, and the key of its values, which is wrapped anew or destroyed. Compared
with what stands after each migrate, as those of services/sql/status_triggers.py are. Whoever owns the database can drop
them: that they were gone shows in `verify_audit`, since the chain needs a key that the database has not.
"""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections

REFUSED = "the audit record is append-only"
ENTRIES, SEALS = "customers_auditentry", "customers_auditseal"
NUMBER_OF_A_CONSTRAINT = 4025  # MariaDB's, so that Django raises IntegrityError

STANDING = {
    "sqlite": "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = %s",
    "postgresql": "SELECT prosrc FROM pg_trigger JOIN pg_proc ON pg_proc.oid = pg_trigger.tgfoid "
    "WHERE tgname = %s AND tgenabled = 'O'",
    "mysql": "SELECT action_statement FROM information_schema.triggers "
    "WHERE trigger_schema = DATABASE() AND trigger_name = %s",
}


@dataclass(frozen=True, slots=True)
class Trigger:
    """One trigger: before which event of which table, and the condition under which it refuses."""

    name: str
    table: str
    event: str
    condition: str = "1 = 1"


def keep_audit_triggers(*, using: str, **signal: Any) -> None:
    """After each migrate."""
    if settings.AUDIT_TRIGGERS:
        ensure_audit_triggers(using=using)


def ensure_audit_triggers(*, using: str = "default") -> int:
    """Have this database refuse changes of the record; returns how many triggers had to be written. Idempotent."""
    connection = connections[using]
    if not {ENTRIES, SEALS} <= {*connection.introspection.table_names()}:
        return 0
    written = 0
    with connection.cursor() as cursor:
        for trigger in _triggers(connection):
            *statements, mark = _statements(connection.vendor, trigger)
            cursor.execute(STANDING[connection.vendor], [trigger.name])
            found = cursor.fetchone()
            if found is None or found[0].strip() != mark.strip():
                for statement in statements:
                    cursor.execute(statement)
                written += 1
    return written


def drop_audit_triggers(*, using: str = "default") -> None:
    """Let the record be changed again: for tests, which empty their tables."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for trigger in _triggers(connection):
            on = f" ON {trigger.table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {trigger.name}{on}")


def _triggers(connection: Any) -> list[Trigger]:
    def changed(column: str | None) -> str:
        name = connection.ops.quote_name(column)
        same = {"sqlite": "{} IS {}", "postgresql": "{} IS NOT DISTINCT FROM {}", "mysql": "{} <=> {}"}
        return f"NOT ({same[connection.vendor].format(f'NEW.{name}', f'OLD.{name}')})"

    entry = apps.get_model("customers", "AuditEntry")
    kept = [field.column for field in entry._meta.concrete_fields if field.name not in ("key", "seal")]
    moved = f"OLD.seal_id IS NOT NULL AND {changed('seal_id')}"
    any_change = " OR ".join([*map(changed, kept), f"({moved})"])
    triggers = [
        Trigger("customers_audit_entry_keep", ENTRIES, "UPDATE", any_change),
        Trigger("customers_audit_entry_stay", ENTRIES, "DELETE"),
        Trigger("customers_audit_seal_keep", SEALS, "UPDATE"),
        Trigger("customers_audit_seal_stay", SEALS, "DELETE"),
    ]
    if connection.vendor == "postgresql":
        triggers += [
            Trigger("customers_audit_entry_whole", ENTRIES, "TRUNCATE"),
            Trigger("customers_audit_seal_whole", SEALS, "TRUNCATE"),
        ]
    return triggers


def _statements(vendor: str, trigger: Trigger) -> list[str]:
    """What makes the trigger, and last what then stands in the catalogue."""
    name, table, event, condition = trigger.name, trigger.table, trigger.event, trigger.condition
    if vendor == "sqlite":
        create = (
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
        )
        return [f"DROP TRIGGER IF EXISTS {name}", create, create]
    if vendor == "mysql":
        body = (
            f"BEGIN IF {condition} THEN SIGNAL SQLSTATE '23000' "
            f"SET MYSQL_ERRNO = {NUMBER_OF_A_CONSTRAINT}, MESSAGE_TEXT = '{REFUSED}'; END IF; END"
        )
        create = f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW {body}"
        return [f"DROP TRIGGER IF EXISTS {name}", create, body]
    going_on = {"UPDATE": "NEW", "DELETE": "OLD", "TRUNCATE": "NULL"}[event]
    each = "STATEMENT" if event == "TRUNCATE" else "ROW"
    body = (
        f"BEGIN IF {condition} THEN RAISE EXCEPTION '{REFUSED}' USING ERRCODE = 'check_violation'; END IF; "
        f"RETURN {going_on}; END"
    )
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$",
        f"DROP TRIGGER IF EXISTS {name} ON {table}",
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH {each} EXECUTE FUNCTION {name}()",
        body,
    ]
