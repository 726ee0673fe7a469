from django.db import migrations

from customers.matching.keys import name_key

ROWS_AT_ONCE = 2000


def fill_name_keys(apps, schema_editor):
    """Give the customers who are here already the keys by which namesakes are found."""
    customers = apps.get_model("customers", "Customer").objects.using(schema_editor.connection.alias)
    after = 0
    while rows := list(customers.filter(pk__gt=after).order_by("pk").only("kind", "name")[:ROWS_AT_ONCE]):
        for row in rows:
            row.name_key = name_key(row.kind, row.name)
        customers.bulk_update(rows, ["name_key"], batch_size=200)
        after = rows[-1].pk


class Migration(migrations.Migration):
    dependencies = [("customers", "0007_matching_keys")]

    operations = [migrations.RunPython(fill_name_keys, migrations.RunPython.noop)]
