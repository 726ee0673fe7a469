from datetime import date, datetime, time

from django.utils import timezone


def moment_of(text: str) -> datetime:
    """The moment that an `as of` means: an ISO time as it is (in TIME_ZONE where it names no zone), a date its last
    moment in TIME_ZONE. Raises ValueError."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        moment = datetime.fromisoformat(text)
        return timezone.make_aware(moment) if timezone.is_naive(moment) else moment
    return timezone.make_aware(datetime.combine(day, time.max), timezone.get_default_timezone())
