"""What a ticket is measured by: its queue's business hours and the targets of its policy at its priority."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from services.models import Calendar, Queue, SLATarget, Ticket
from services.sla.business_time import BusinessHours


@dataclass(frozen=True, slots=True)
class Terms:
    """Targets and the usual time to reply, all in seconds of business time by `hours`. None: nothing is promised."""

    hours: BusinessHours
    typical_reply: int
    first_reply: int | None = None
    next_reply: int | None = None
    resolution: int | None = None


def terms_of(ticket: Ticket) -> Terms:
    """The terms of one ticket as its policy stands now."""
    target = None
    if ticket.policy_id:
        target = SLATarget.objects.filter(policy=ticket.policy_id, priority=ticket.priority).first()
    queue = Queue.objects.select_related("calendar").get(pk=ticket.queue_id)
    return make_terms(hours=hours_of(queue.calendar), queue=queue, target=target)


def make_terms(*, hours: BusinessHours, queue: Queue, target: SLATarget | None) -> Terms:
    """The terms of all tickets of a queue that share a target (None: no policy); asks the database nothing."""
    return Terms(
        hours=hours,
        typical_reply=queue.typical_reply_seconds,
        first_reply=_seconds(target.first_reply_minutes if target else None),
        next_reply=_seconds(target.next_reply_minutes if target else None),
        resolution=_seconds(target.resolution_minutes if target else None),
    )


class TermsBook:
    """The terms of many tickets: targets are read once, each queue when it is first asked for."""

    def __init__(self) -> None:
        self._targets = {(target.policy_id, target.priority): target for target in SLATarget.objects.all()}
        self._queues: dict[int, tuple[Queue, BusinessHours]] = {}
        self._terms: dict[tuple[int, int | None, int], Terms] = {}

    def terms(self, *, queue_id: int, policy_id: int | None, priority: int) -> Terms:
        """What a ticket with these columns is measured by."""
        key = (queue_id, policy_id, priority)
        if key not in self._terms:
            queue, hours = self._queue(queue_id)
            target = self._targets.get((policy_id, priority)) if policy_id else None
            self._terms[key] = make_terms(hours=hours, queue=queue, target=target)
        return self._terms[key]

    def _queue(self, queue_id: int) -> tuple[Queue, BusinessHours]:
        if queue_id not in self._queues:
            queue = Queue.objects.select_related("calendar").get(pk=queue_id)
            self._queues[queue_id] = queue, hours_of(queue.calendar)
        return self._queues[queue_id]


def hours_of(calendar: Calendar, *, holidays: Iterable[date] | None = None) -> BusinessHours:
    """A calendar as exact business time. Equal calendars share one object, which keeps what it has worked out.
    `holidays`: those of the calendar, where they are read already."""
    if holidays is None:
        holidays = calendar.holidays.values_list("date", flat=True)
    return _hours(json.dumps(calendar.hours, sort_keys=True), frozenset(holidays), calendar.time_zone)


@lru_cache(maxsize=256)
def _hours(hours: str, holidays: frozenset[date], time_zone: str) -> BusinessHours:
    return BusinessHours.from_json(json.loads(hours), holidays, time_zone)


def _seconds(minutes: int | None) -> int | None:
    return None if minutes is None else 60 * minutes
