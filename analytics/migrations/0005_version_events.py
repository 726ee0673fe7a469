# What is known of versions from before there was a record of them.

from django.db import migrations


def note(apps, schema_editor):
    Event = apps.get_model("analytics", "VersionEvent")
    for of, name in (("score", "ScoreModelVersion"), ("preference", "PreferenceModelVersion")):
        events = []
        for version in apps.get_model("analytics", name).objects.order_by("number"):
            if version.number > 1:  # the first is the system's own
                events.append(("drafted", version.created_at, version.created_by_id, version.number))
            if version.activated_at is not None:
                events.append(("activated", version.activated_at, None, version.number))
        for kind, at, by, number in sorted(events, key=lambda event: event[1]):
            Event.objects.create(of=of, number=number, kind=kind, at=at, by_id=by)


class Migration(migrations.Migration):

    dependencies = [
        ('analytics', '0004_versions'),
    ]

    operations = [
        migrations.RunPython(note, migrations.RunPython.noop),
    ]
