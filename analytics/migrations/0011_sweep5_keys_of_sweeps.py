from typing import Any

from django.db import migrations, models

HISTORY = "ALTER TABLE analytics_scoresnapshot DROP CONSTRAINT score_snapshot_once, ADD CONSTRAINT score_snapshot_once"


def with_the_score(apps: Any, schema_editor: Any) -> None:
    """PostgreSQL: the unique index of the history holds the score beside its date. Where a million customers stood on
    a day is read from it alone, where each would be a page of the table."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"{HISTORY} UNIQUE (customer_id, as_of) INCLUDE (score)")


def without_the_score(apps: Any, schema_editor: Any) -> None:
    """As it was."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"{HISTORY} UNIQUE (customer_id, as_of)")


def forget_open_sweeps(apps: Any, schema_editor: Any) -> None:
    """They were planned without keys. Whom they left stale, the next sweep finds."""
    apps.get_model("analytics", "ScoringRun").objects.filter(kind="sweep", state="running").delete()


class Migration(migrations.Migration):
    dependencies = [("analytics", "0010_preference_preview")]

    operations = [
        migrations.AddField(
            model_name="scoringchunk",
            name="customer_ids",
            field=models.JSONField(editable=False, null=True),
        ),
        migrations.RunPython(with_the_score, without_the_score),
        migrations.RunPython(forget_open_sweeps, migrations.RunPython.noop),
    ]
