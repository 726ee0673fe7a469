from django.db import migrations

import customers.models.customer


class Migration(migrations.Migration):
    dependencies = [("customers", "0004_segments_tag_folded")]

    operations = [
        migrations.AlterField(
            model_name="tag",
            name="folded",
            field=customers.models.customer.FoldedNameField(
                blank=True, default="", editable=False, max_length=100, unique=True
            ),
        ),
    ]
