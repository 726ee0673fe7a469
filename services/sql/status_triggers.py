"""Triggers that keep every other way to the database from moving a ticket where the table has no step.

SQL, because only the database sees all writers: bulk updates, scripts and psql as well as the verbs. Written from
services/transitions.py, and compared with what stands after each migrate, so that a table that changes, or SQLite's
habit of building tables anew (which loses their triggers), leaves no gap. An INSERT is free. A step that another
system took is let through while services_irregularstep holds it (operations/take_irregular_steps.py).
"""

from typing import Any

from django.db import connections

from services.transitions import TRANSITIONS, steps_from

TICKET, PASSES, NAME = "services_ticket", "services_irregularstep", "services_ticket_status_step"
REFUSED = "the table of transitions has no such step"
NUMBER_OF_A_CONSTRAINT = 4025  # MariaDB's, so that Django raises IntegrityError


def keep_status_triggers(*, using: str, **signal: Any) -> None:
    """After each migrate."""
    ensure_status_triggers(using=using)


def ensure_status_triggers(*, using: str = "default") -> bool:
    """Have this database refuse what the table has not; returns whether anything had to be written. Idempotent."""
    connection = connections[using]
    tables = connection.introspection.table_names()
    if TICKET not in tables or PASSES not in tables:  # not migrated so far, or back to zero
        return False
    wanted, standing = {
        "sqlite": (_sqlite, "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = %s"),
        "postgresql": (_postgresql, _POSTGRESQL_STANDING),
        "mysql": (_mariadb, "SELECT action_statement FROM information_schema.triggers "
                            "WHERE trigger_schema = DATABASE() AND trigger_name = %s"),
    }[connection.vendor]  # fmt: skip
    *statements, mark = wanted()
    with connection.cursor() as cursor:
        cursor.execute(standing, [NAME])
        found = cursor.fetchone()
        if found is not None and found[0].strip() == mark.strip():
            return False
        for statement in statements:
            cursor.execute(statement)
    return True


def _no_step() -> str:
    """True where the step from OLD to NEW is neither in the table nor passed."""
    lawful = " OR ".join(
        f"(OLD.status = '{before}' AND NEW.status IN ({', '.join(repr(str(after)) for after in sorted(steps))}))"
        for before in TRANSITIONS
        if (steps := steps_from(before))
    )
    same = "pass.ticket_id = NEW.id AND pass.status_from = OLD.status AND pass.status_to = NEW.status"
    passed = f"EXISTS (SELECT 1 FROM {PASSES} AS pass WHERE {same})"  # noqa: S608 - constants of this file
    return f"OLD.status <> NEW.status AND NOT ({lawful}) AND NOT {passed}"


def _sqlite() -> list[str]:
    create = (
        f"CREATE TRIGGER {NAME} BEFORE UPDATE OF status ON {TICKET} FOR EACH ROW WHEN {_no_step()} "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
    )
    return [f"DROP TRIGGER IF EXISTS {NAME}", create, create]


_POSTGRESQL_STANDING = (
    "SELECT prosrc FROM pg_trigger JOIN pg_proc ON pg_proc.oid = pg_trigger.tgfoid "
    "WHERE tgname = %s AND tgrelid = 'services_ticket'::regclass AND tgenabled = 'O'"
)


def _postgresql() -> list[str]:
    body = (
        f"BEGIN IF {_no_step()} THEN RAISE EXCEPTION '{REFUSED}' USING ERRCODE = 'check_violation'; END IF; "
        "RETURN NEW; END"
    )
    return [
        f"CREATE OR REPLACE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$",
        f"DROP TRIGGER IF EXISTS {NAME} ON {TICKET}",
        f"CREATE TRIGGER {NAME} BEFORE UPDATE OF status ON {TICKET} FOR EACH ROW EXECUTE FUNCTION {NAME}()",
        body,
    ]


def _mariadb() -> list[str]:
    body = (
        f"BEGIN IF {_no_step()} THEN SIGNAL SQLSTATE '23000' "
        f"SET MYSQL_ERRNO = {NUMBER_OF_A_CONSTRAINT}, MESSAGE_TEXT = '{REFUSED}'; END IF; END"
    )
    return [
        f"DROP TRIGGER IF EXISTS {NAME}",
        f"CREATE TRIGGER {NAME} BEFORE UPDATE ON {TICKET} FOR EACH ROW {body}",
        body,
    ]
