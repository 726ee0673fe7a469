from django.db import migrations

from customers.folding import fold

ROWS_AT_ONCE = 2000


def fold_names(apps, schema_editor):
    """Give the customers who are here already the folded names by which they are found."""
    customers = apps.get_model("customers", "Customer").objects.using(schema_editor.connection.alias)
    after = 0
    while rows := list(customers.filter(pk__gt=after).order_by("pk").only("name")[:ROWS_AT_ONCE]):
        for row in rows:
            row.search_name = fold(row.name)[:255]
        customers.bulk_update(rows, ["search_name"], batch_size=200)
        after = rows[-1].pk


class Migration(migrations.Migration):
    dependencies = [("customers", "0002_customer_data")]

    operations = [migrations.RunPython(fold_names, migrations.RunPython.noop)]
