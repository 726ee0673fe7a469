from collections import defaultdict

import django.db.models.deletion
from django.db import migrations, models

import services.models.search
from services.folding import as_many_as_fit, words_of

TICKETS_AT_ONCE = 1000

# PostgreSQL only. The first finds tickets by their words; new rows wait in a short list, so that a reply need not wait
# for the index, and a search has little to read beside it. With the second a page deep in any list is counted off
# without a look at the rows: by status, queue, team, agent or priority alike.
INDEXES = (
    "CREATE INDEX ticket_words ON services_ticketwords USING gin (words) WITH (gin_pending_list_limit = 512)",
    "ALTER TABLE services_ticketwords ALTER COLUMN words SET STATISTICS 500",
    "CREATE INDEX ticket_list ON services_ticket (id DESC)"
    " INCLUDE (status, queue_id, team_id, assignee_id, priority)",
)


def make_indexes(apps, schema_editor):
    """What the models cannot say of PostgreSQL."""
    if schema_editor.connection.vendor == "postgresql":
        for statement in INDEXES:
            schema_editor.execute(statement, params=None)


def drop_indexes(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in "ticket_words", "ticket_list":
            schema_editor.execute(f"DROP INDEX IF EXISTS {name}", params=None)


def fill(apps, schema_editor):
    """Look through the tickets that are here already."""
    alias = schema_editor.connection.alias
    tickets, messages, words = (
        apps.get_model("services", name).objects.using(alias) for name in ("Ticket", "Message", "TicketWords")
    )
    after = 0
    while rows := list(tickets.filter(pk__gt=after).order_by("pk").values_list("pk", "number", "subject")[:TICKETS_AT_ONCE]):
        texts = defaultdict(set)
        for pk, number, subject in rows:
            texts[pk] |= words_of(f"{number} {subject}")
        for pk, body in messages.filter(ticket__in=texts).order_by().values_list("ticket_id", "body"):
            texts[pk] |= words_of(body)
        words.bulk_create([words.model(pk=pk, words=as_many_as_fit(found)) for pk, found in texts.items()])
        after = rows[-1][0]


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0011_desk'),
        ('services', '0005_transitions'),
    ]

    operations = [
        migrations.CreateModel(
            name='TicketWords',
            fields=[
                ('ticket', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='text', serialize=False, to='services.ticket')),
                ('words', services.models.search.WordsField()),
            ],
            options={
                'verbose_name': 'words of a ticket',
                'verbose_name_plural': 'words of tickets',
            },
        ),
        migrations.AlterModelOptions(
            name='message',
            options={'base_manager_name': 'objects', 'ordering': ['at', 'id'], 'verbose_name': 'message', 'verbose_name_plural': 'messages'},
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(fields=['created_at'], name='ticket_opened'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(fields=['solved_at'], name='ticket_solved'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(fields=['resolution_due_at'], name='ticket_due'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(fields=['first_reply_due_at'], name='ticket_first_due'),
        ),
        migrations.RunPython(make_indexes, drop_indexes),
        # Last: PostgreSQL alters no table whose new rows are still to be checked.
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
