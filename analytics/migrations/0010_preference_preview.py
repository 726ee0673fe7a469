import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('analytics', '0009_one_index_of_history'),
        ('customers', '0014_overdue_orders'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PreferencePreview',
            fields=[
                ('row_version', models.PositiveIntegerField()),
                ('as_of', models.DateTimeField(verbose_name='as of')),
                ('result', models.JSONField(null=True, verbose_name='result')),
                ('version', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='preview', serialize=False, to='analytics.preferencemodelversion', verbose_name='version')),
                ('against', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='analytics.preferencemodelversion', verbose_name='compared with')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('job', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='customers.job', verbose_name='job')),
            ],
            options={
                'verbose_name': 'preference version preview',
                'verbose_name_plural': 'preference version previews',
            },
        ),
    ]
