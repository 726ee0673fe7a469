"""Logs as rows of the product's own tables, whatever the operations do that record them."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import connection
from django.utils import timezone

from analytics.choices import EventFormat, IdentityKind
from analytics.models import Event, EventIdentity, EventName, EventSource
from analytics.tests.behaviour.oracle import Happened, moment_of
from customers.models import Customer

NAMES = {1: "Sign up", 2: "Open", 3: "Buy"}


def make_source() -> EventSource:
    """The source of all events below."""
    return EventSource.objects.get_or_create(slug="app", defaults={"name": "App", "kind": EventFormat.API})[0]


def make_identity(key: str, customer: Customer | None = None) -> EventIdentity:
    """Somebody whom events are of: of a customer, or unknown."""
    identity = EventIdentity.objects.create(
        source=make_source(),
        kind=IdentityKind.USER,
        key_index=key,
        key=key,
        customer=customer,
        created_at=timezone.now(),
    )
    EventIdentity.objects.filter(pk=identity.pk).update(root=identity.pk)
    return identity


def key_of(at: datetime, number: int) -> uuid.UUID:
    """A key in the order of time, as the product makes them: ties are in the order of the number."""
    millisecond = int(at.timestamp() * 1000)
    return uuid.UUID(int=millisecond << 80 | 7 << 76 | 2 << 62 | number)


def make_events(log: Iterable[Happened], identities: Mapping[int, EventIdentity]) -> None:
    """A log, of the people with these identities."""
    rows = [*log]
    names = {
        number: EventName.objects.get_or_create(name=NAMES.get(number, f"Event {number}"))[0].pk
        for number in {one.name for one in rows}
    }
    source, now = make_source(), timezone.now()
    make_partitions({moment_of(one.at) for one in rows})
    Event.objects.bulk_create(
        Event(
            id=key_of(moment_of(one.at), one.key),
            at=moment_of(one.at),
            identity=identities[one.person],
            session=one.session,
            recorded_at=now,
            name_id=names[one.name],
            source=source,
            properties={"plan": one.plan} if one.plan else {},
        )
        for one in rows
    )


def make_partitions(moments: Iterable[datetime]) -> None:
    """PostgreSQL: the months of these moments."""
    if connection.vendor == "postgresql":
        from analytics.sql.partitions import ensure_partitions

        ensure_partitions(moments)
