from typing import Any

from django.db import migrations


def vacuum_early(apps: Any, schema_editor: Any) -> None:
    """PostgreSQL: vacuum after every hundredth new fact, not every fifth. Scoring reads the covering index alone, but
    for pages that were never vacuumed it looks at the table as well, which takes three times as long."""
    _set(schema_editor, "SET (autovacuum_vacuum_insert_scale_factor = 0.01)")


def as_usual(apps: Any, schema_editor: Any) -> None:
    """The server's own figure."""
    _set(schema_editor, "RESET (autovacuum_vacuum_insert_scale_factor)")


def _set(schema_editor: Any, what: str) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER TABLE customers_observation {what}")


class Migration(migrations.Migration):
    dependencies = [("customers", "0014_overdue_orders")]

    operations = [migrations.RunPython(vacuum_early, as_usual)]
