"""Behaviour events come in: whoever sends them, and in whatever form, ends here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from analytics.choices import IdentityKind
from analytics.models import Event, EventName, EventSource
from analytics.operations.find_identities import AT_ONCE, Known, Who, find_identities
from analytics.operations.link_devices import link_devices
from analytics.operations.link_users import link_users
from analytics.operations.new_event import (
    EventRefused,
    NewEvent,
    check_time,
    event_id,
    session_id,
    stored_properties,
)
from analytics.operations.withheld_among import withheld_among
from analytics.sql.partitions import ensure_partitions
from analytics.sql.write_events import EventRow, write_events

NOBODY: Who = (IdentityKind.NOBODY, "")


@dataclass(slots=True)
class RefusedEvent:
    """An event that was not taken: its place, and why."""

    place: int
    reason: str


@dataclass(slots=True)
class Recorded:
    """What became of events. `repeated` were here before, or came twice; `withheld` are of customers whose behaviour is
    not stored."""

    created: int = 0
    repeated: int = 0
    withheld: int = 0
    refused: list[RefusedEvent] = field(default_factory=list)

    def add(self, other: "Recorded") -> None:
        """Add another tally to this one."""
        self.created += other.created
        self.repeated += other.repeated
        self.withheld += other.withheld
        self.refused += other.refused


@transaction.atomic
def record_events(*, source: EventSource, events: Iterable[NewEvent], at: datetime, replace: bool = False) -> Recorded:
    """Store events of a source, some thousands at a time. The same event again changes nothing; with `replace` it takes
    the place of what stands there, for exports that are written anew.

    Users and devices that are not known yet are made, devices are linked to the users that come with them and users to
    customers, which also tells whose their earlier events are. An event that cannot be taken is refused with its
    reason, and the others are kept. Events of customers who objected to profiling, withdrew their consent to it or are
    restricted are not stored."""
    done = Recorded()
    usable = _usable(events, at, done)
    if not usable:
        return done
    known = find_identities(source=source, who=_who_is_there(usable), at=at)
    link_devices(events=[event for event, _text in usable], known=known)
    link_users(source=source, events=[event for event, _text in usable], known=known)
    rows = _rows(source, usable, known, at, done)
    replaced = _take_away(rows) if replace else 0
    ensure_partitions({row.at.replace(day=1, hour=0, minute=0, second=0, microsecond=0) for row in rows})
    done.created = write_events(rows) - replaced
    done.repeated = len(usable) - done.withheld - done.created
    return done


def _usable(events: Iterable[NewEvent], at: datetime, done: Recorded) -> list[tuple[NewEvent, str]]:
    """The events that can be taken, each with its properties as they are stored."""
    usable = []
    for event in events:
        try:
            check_time(event.at, at=at)
            usable.append((event, stored_properties(event.properties)))
        except EventRefused as error:
            done.refused.append(RefusedEvent(event.place, str(error)))
    return usable


def whose(event: NewEvent) -> Who:
    """The identity that an event is of: the user where one is told, else the device, else nobody."""
    if event.user:
        return (IdentityKind.USER, event.user)
    return (IdentityKind.DEVICE, event.device) if event.device else NOBODY


def _who_is_there(usable: Sequence[tuple[NewEvent, str]]) -> set[Who]:
    who: set[Who] = set()
    for event, _text in usable:
        who.add(whose(event))
        if event.device:
            who.add((IdentityKind.DEVICE, event.device))
        who.update((IdentityKind.USER, key) for key in event.also)
    return who


def _rows(
    source: EventSource,
    usable: Sequence[tuple[NewEvent, str]],
    known: dict[Who, Known],
    at: datetime,
    done: Recorded,
) -> list[EventRow]:
    customers = {one.customer_id for one in known.values() if one.customer_id is not None}
    withheld = withheld_among(customer_ids=customers) if customers else set()
    names = _names({event.name for event, _text in usable})
    rows = {}
    for event, text in usable:
        identity = known[whose(event)]
        if identity.customer_id in withheld:
            done.withheld += 1
            continue
        key = event_id(source.pk, event.at, event.key)
        session = session_id(source.pk, event.device or event.user, event.session)
        rows[key, event.at] = EventRow(key, event.at, identity.id, session, at, names[event.name], source.pk, text)
    return list(rows.values())


def _names(names: set[str]) -> dict[str, int]:
    known = dict(EventName.objects.filter(name__in=names).values_list("name", "pk"))
    if missing := sorted(names - known.keys()):
        EventName.objects.bulk_create([EventName(name=name) for name in missing], ignore_conflicts=True)
        known |= dict(EventName.objects.filter(name__in=missing).values_list("name", "pk"))
    for name in names - known.keys():  # MariaDB takes names that differ in case for one
        known[name] = EventName.objects.filter(name=name).values_list("pk", flat=True)[0]
    return known


def _take_away(rows: Sequence[EventRow]) -> int:
    """Delete what stands in the place of events that come anew."""
    taken = 0
    for start in range(0, len(rows), AT_ONCE):
        taken += Event.objects.with_keys([row.id for row in rows[start : start + AT_ONCE]]).delete()[0]
    return taken
