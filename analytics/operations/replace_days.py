from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from analytics.models import Event, EventSource


@dataclass(slots=True)
class DayAnew:
    """A day that came anew: from its first to its last event, and how many of them had been here before."""

    day: date
    first: datetime
    last: datetime
    again: int = 0

    def take(self, moments: Iterable[datetime]) -> None:
        """Widen it to these moments."""
        listed = [self.first, self.last, *moments]
        self.first, self.last = min(listed), max(listed)


@transaction.atomic
def replace_days(*, source: EventSource, days: Iterable[DayAnew], recorded_at: datetime) -> tuple[int, list[date]]:
    """End an import of whole days that are written anew: what stood there before and came no more is deleted; what came
    was recorded at `recorded_at`. A day reaches from its first event to its last, so that it does not matter in which
    time zone days begin.

    A day of which less than half came again is a part of it (an export in several files, one at a time): there nothing
    is deleted. Returns how many events were deleted, and those days."""
    deleted, parts = 0, []
    for one in sorted(days, key=lambda one: one.day):
        stood = Event.objects.filter(source=source).between(one.first, one.last + timedelta(microseconds=1))
        left = stood.filter(recorded_at__lt=recorded_at)
        number = left.count()
        if number and one.again < number:
            parts.append(one.day)
        elif number:
            deleted += left.delete()[0]
    return deleted, parts
