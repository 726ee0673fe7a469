from typing import Any

from django.db import migrations


def scrub(apps: Any, schema_editor: Any) -> None:
    """Take names and messages out of the log of the admin: which row, who and when stay. The audit record holds more,
    encrypted, and nothing of ours writes this log any more."""
    rows = apps.get_model("admin", "LogEntry").objects.using(schema_editor.connection.alias)
    rows.exclude(object_repr="", change_message="").update(object_repr="", change_message="")


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0018_privacy_flags_erasure_retention"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    # Names that are gone do not come back; the log works without them.
    operations = [migrations.RunPython(scrub, migrations.RunPython.noop)]
