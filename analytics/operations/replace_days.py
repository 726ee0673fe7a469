from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from django.db import transaction

from analytics.models import Event, EventSource


def bounds_of(source: EventSource, day: date) -> tuple[datetime, datetime]:
    """When a day of a source begins, and when the next one does."""
    begin = datetime.combine(day, time(), source.zone)
    return begin, datetime.combine(day + timedelta(days=1), time(), source.zone)


@transaction.atomic
def replace_days(*, source: EventSource, days: Mapping[date, int], recorded_at: datetime) -> tuple[int, list[date]]:
    """End an import of whole days that are written anew: what stood there before and came no more is deleted. `days`
    tells how many events of each day came again; those of this import were recorded at `recorded_at`.

    A day of which less than half came again is a part of it (an export in several files, one at a time): there nothing
    is deleted. Returns how many events were deleted, and those days."""
    deleted, parts = 0, []
    for day, again in sorted(days.items()):
        begin, end = bounds_of(source, day)
        left = Event.objects.filter(source=source).between(begin, end).filter(recorded_at__lt=recorded_at)
        number = left.count()
        if number and again < number:
            parts.append(day)
        elif number:
            deleted += left.delete()[0]
    return deleted, parts
