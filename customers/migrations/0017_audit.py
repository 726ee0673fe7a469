import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import customers.encryption.fields


def seal_filters(apps, schema_editor):
    """The filters of exports were kept in clear: encrypt those that stand (exports are kept for three days)."""
    from customers.encryption.fields import seal_text

    exports = apps.get_model("customers", "Export").objects.using(schema_editor.connection.alias)
    for pk, file, query in exports.values_list("pk", "file", "query"):
        exports.filter(pk=pk).update(query=seal_text(query, bound_to=f"customers.Export.query:{file}").token)


def open_filters(apps, schema_editor):
    """Back: the filters are forgotten, the files stay."""
    apps.get_model("customers", "Export").objects.using(schema_editor.connection.alias).update(query="")


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0016_login_locks_sessions_tokens'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditSeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveBigIntegerField(unique=True, verbose_name='number')),
                ('at', models.DateTimeField(verbose_name='sealed at')),
                ('entries', models.JSONField()),
                ('mac', models.CharField(max_length=80)),
            ],
            options={
                'verbose_name': 'audit seal',
                'verbose_name_plural': 'audit seals',
                'ordering': ['number'],
            },
        ),
        migrations.AddField(
            model_name='datakey',
            name='retired_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='retired at'),
        ),
        migrations.AlterField(
            model_name='datakey',
            name='purpose',
            field=models.CharField(choices=[('data', 'Encrypts columns'), ('index', 'Makes blind indexes'), ('audit', 'Signs the audit record')], max_length=8, verbose_name='purpose'),
        ),
        migrations.RunPython(seal_filters, open_filters),
        migrations.AlterField(
            model_name='export',
            name='query',
            field=customers.encryption.fields.EncryptedTextField(blank=True, help_text='The query string of the list.', row_key='file', verbose_name='filters'),
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('kind', models.CharField(choices=[('added', 'Added'), ('changed', 'Changed'), ('removed', 'Removed'), ('exported', 'Exported'), ('done', 'Done'), ('forgotten', 'Values made unreadable')], max_length=9, verbose_name='what')),
                ('verb', models.CharField(blank=True, max_length=60, verbose_name='verb')),
                ('model', models.CharField(max_length=60, verbose_name='kind of row')),
                ('object_id', models.CharField(blank=True, max_length=40, verbose_name='key')),
                ('channel', models.CharField(choices=[('admin', 'Pages'), ('api', 'API'), ('link', 'Link for customers'), ('job', 'Job'), ('command', 'Command'), ('system', 'The system itself')], max_length=8, verbose_name='channel')),
                ('address', models.CharField(blank=True, max_length=45, verbose_name='address')),
                ('via', models.CharField(blank=True, max_length=60, verbose_name='session, token or job')),
                ('customer_id', models.BigIntegerField(null=True)),
                ('other_customer_id', models.BigIntegerField(null=True)),
                ('values', models.TextField()),
                ('key', models.CharField(blank=True, max_length=120)),
                ('mac', models.CharField(max_length=80, unique=True)),
                ('actor', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('seal', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.auditseal')),
            ],
            options={
                'verbose_name': 'audit entry',
                'verbose_name_plural': 'audit entries',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['model', 'object_id', '-id'], name='audit_of_row'), models.Index(fields=['actor', '-id'], name='audit_of_actor'), models.Index(fields=['at'], name='audit_at'), models.Index(fields=['customer_id', '-id'], name='audit_of_customer'), models.Index(fields=['other_customer_id'], name='audit_of_other')],
            },
        ),
    ]
