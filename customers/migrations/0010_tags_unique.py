from django.db import migrations

import customers.models.derived_names


class Migration(migrations.Migration):
    dependencies = [("customers", "0009_tags_folded")]

    operations = [
        migrations.AlterField(
            model_name="tag",
            name="folded",
            field=customers.models.derived_names.FoldedNameField(
                blank=True, default="", editable=False, max_length=100, unique=True
            ),
        ),
    ]
