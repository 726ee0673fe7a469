from django.db import migrations, models


def who_reports_stands_below(apps, schema_editor):
    """Of the usual types one reads upwards: who reports to somebody stands below them."""
    types = apps.get_model("customers", "RelationType").objects.using(schema_editor.connection.alias)
    types.filter(code="reports-to").update(from_is_above=False)


class Migration(migrations.Migration):
    dependencies = [("customers", "0004_name_grams")]

    operations = [
        migrations.AddField(
            model_name="relationtype",
            name="from_is_above",
            field=models.BooleanField(
                default=True,
                help_text="Of a hierarchy: a parent company stands above its subsidiary, who reports to somebody below.",
                verbose_name="the first stands above",
            ),
        ),
        migrations.RunPython(who_reports_stands_below, migrations.RunPython.noop),
    ]
