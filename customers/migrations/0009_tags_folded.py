from django.db import migrations

import customers.models.derived_names
from customers.folding import fold


def fold_tags(apps, schema_editor):
    """Tags that only case or accents told apart become one: the first of them."""
    Tag = apps.get_model("customers", "Tag")
    through = apps.get_model("customers", "Customer").tags.through
    first = {}
    for tag in Tag.objects.order_by("pk"):
        kept = first.setdefault(fold(tag.name)[:100], tag)
        if kept is tag:
            Tag.objects.filter(pk=tag.pk).update(folded=fold(tag.name)[:100])
            continue
        has_it = through.objects.filter(tag_id=kept.pk).values_list("customer_id", flat=True)
        through.objects.filter(tag_id=tag.pk, customer_id__in=list(has_it)).delete()
        through.objects.filter(tag_id=tag.pk).update(tag_id=kept.pk)
        tag.delete()


class Migration(migrations.Migration):
    dependencies = [("customers", "0008_fill_name_keys")]

    operations = [
        migrations.AddField(
            model_name="tag",
            name="folded",
            field=customers.models.derived_names.FoldedNameField(blank=True, default="", editable=False, max_length=100),
        ),
        migrations.RunPython(fold_tags, migrations.RunPython.noop, elidable=True),
    ]
