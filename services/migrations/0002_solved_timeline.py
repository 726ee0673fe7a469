from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("services", "0001_foundation")]

    operations = [
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(fields=["customer", "-solved_at"], name="ticket_solved_timeline"),
        ),
    ]
