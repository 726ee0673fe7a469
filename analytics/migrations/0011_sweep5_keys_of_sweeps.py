from django.db import migrations, models


def forget_open_sweeps(apps, schema_editor):
    """They were planned without keys. Whom they left stale, the next sweep finds."""
    apps.get_model("analytics", "ScoringRun").objects.filter(kind="sweep", state="running").delete()


class Migration(migrations.Migration):

    dependencies = [
        ('analytics', '0010_preference_preview'),
    ]

    operations = [
        migrations.AddField(
            model_name='scoringchunk',
            name='customer_ids',
            field=models.JSONField(editable=False, null=True),
        ),
        migrations.RunPython(forget_open_sweeps, migrations.RunPython.noop),
    ]
