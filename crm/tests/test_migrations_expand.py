"""Expand, then contract: a migration only adds, so that the code of the release before goes on beside it.

What takes something away is a release of its own: such a migration says `contracts = "since 0.4 nobody reads it"`."""

from typing import Any

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader

OURS = ("customers", "services", "analytics")
TAKES_AWAY = (
    migrations.RemoveField,
    migrations.DeleteModel,
    migrations.RenameField,
    migrations.RenameModel,
    migrations.AlterModelTable,
)
# The last migration of each app in the newest release. Before the first release there is no code before: a new column
# needs no default of the database yet. Whoever makes a release writes them here.
RELEASED: dict[str, str] = {}


def faults(migration: Any, *, is_new: bool) -> list[str]:
    """What the code of the release before could not live with."""
    if getattr(migration, "contracts", ""):
        return []
    made = {operation.name_lower for operation in migration.operations if isinstance(operation, migrations.CreateModel)}
    return [
        f"{migration.app_label}.{migration.name}: {operation.describe()}"
        for operation in migration.operations
        if isinstance(operation, TAKES_AWAY) or (is_new and _old_code_cannot_insert(operation, made))
    ]


def _old_code_cannot_insert(operation: Any, made: set[str]) -> bool:
    """A new column that old code does not fill: Django's `default` is no default of the database."""
    if not isinstance(operation, migrations.AddField) or operation.model_name_lower in made:
        return False
    field: Any = operation.field
    return not (field.null or field.has_db_default() or field.many_to_many)


def test_no_migration_takes_away_what_the_release_before_needs() -> None:
    found: list[str] = []
    for (app, name), migration in MigrationLoader(None).disk_migrations.items():
        if app in OURS:
            found += faults(migration, is_new=app in RELEASED and name > RELEASED[app])
    assert found == []


@pytest.mark.parametrize(
    ("operation", "is_fault"),
    [
        (migrations.RemoveField("customer", "name"), True),
        (migrations.RenameField("customer", "name", "title"), True),
        (migrations.DeleteModel("customer"), True),
        (migrations.AddField("customer", "more", models.IntegerField(default=0)), True),
        (migrations.AddField("customer", "more", models.IntegerField(db_default=0)), False),
        (migrations.AddField("customer", "more", models.IntegerField(null=True)), False),
        (migrations.AddIndex("customer", models.Index(fields=["name"], name="x")), False),
    ],
)
def test_the_rule(operation: Any, is_fault: bool) -> None:
    migration: Any = migrations.Migration("0099_more", "customers")
    migration.operations = [operation]
    assert bool(faults(migration, is_new=True)) is is_fault


def test_one_that_says_since_when_nobody_needs_it_may() -> None:
    migration: Any = migrations.Migration("0099_less", "customers")
    migration.operations = [migrations.RemoveField("customer", "name")]
    migration.contracts = "since 0.4 nobody reads it"
    assert faults(migration, is_new=True) == []
