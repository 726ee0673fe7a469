from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from customers.models import Observation
from services.models import Calendar, Ticket
from services.operations.sla_terms import hours_of

# At most so many ids in one IN (...): SQLite and MariaDB slow down or refuse beyond.
IDS_AT_ONCE = 500


def waiting_times(observation_ids: Iterable[int], *, as_of: datetime) -> list[float]:
    """Seconds of business time that unanswered messages have waited, by the calendars of their tickets' queues; of a
    ticket that is gone, by the clock on the wall. In the order of the keys."""
    keys = list(observation_ids)
    since: dict[int, tuple[int, datetime]] = {}
    for part in _parts(keys):
        rows = Observation.objects.filter(pk__in=part).values_list("pk", "subject_id", "at")
        since.update((pk, (ticket, at)) for pk, ticket, at in rows)
    calendar_of = _calendars({ticket for ticket, _at in since.values()})
    calendars = Calendar.objects.in_bulk(set(calendar_of.values())) if calendar_of else {}
    by_calendar: dict[int | None, list[int]] = defaultdict(list)
    for pk in keys:
        by_calendar[calendar_of.get(since[pk][0])].append(pk)
    waited: dict[int, float] = {}
    for calendar, those in by_calendar.items():
        hours = hours_of(calendars[calendar]) if calendar is not None else None
        for pk in those:
            at = since[pk][1]
            waited[pk] = hours.elapsed(at, as_of) if hours else (as_of - at).total_seconds()
    return [waited[pk] for pk in keys]


def _calendars(ticket_ids: set[int]) -> dict[int, int]:
    """The calendar of each ticket's queue."""
    found: dict[int, int] = {}
    for part in _parts(sorted(ticket_ids)):
        found.update(Ticket.objects.filter(pk__in=part).values_list("pk", "queue__calendar_id"))
    return found


def _parts(keys: list[int]) -> Iterable[list[int]]:
    return (keys[start : start + IDS_AT_ONCE] for start in range(0, len(keys), IDS_AT_ONCE))
