from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connections

from analytics.behaviour.events import SECOND, Row, Seen
from analytics.models import Event
from analytics.sql.epoch import Epoch, seconds
from customers.models import Customer, User
from customers.querysets import CustomerQuerySet

AT_ONCE = 5000
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Reading:
    """Which events a report reads: of these names (None: all), from `start` to before `end`, in microseconds, and
    whether it needs their sessions or properties."""

    names: Collection[int] | None
    start: int
    end: int
    sessions: bool = False
    properties: bool = False


def event_stream(reading: Reading, *, user: User, customers: CustomerQuerySet[Customer] | None = None) -> Iterator[Row]:
    """The events that this user may see, of these customers alone where they are given, one person after another, each
    in the order of time.

    One query that the database sorts, read a few thousand narrow rows at a time: the process holds the events of one
    person, however many there are. (MariaDB's driver keeps the packed rows of the whole answer.) Sorting is the
    database's because it may spill to disk; what is counted is Python's, so that all three databases count alike."""
    rows: Any = Event.objects.visible_to(user).between(_moment(reading.start), _moment(reading.end))
    if reading.names is not None:
        rows = rows.filter(name__in=[*reading.names])
    if customers is not None:
        rows = rows.filter(identity__customer__in=customers.order_by().values("pk"))
    rows = rows.filter(identity__person__isnull=False).order_by("identity__person", "at", "pk")
    _read_all_of_it(rows.db)
    columns = [Epoch("at"), "name_id", *(["session"] if reading.sessions else [])]
    if reading.properties:
        columns.append("properties")
    for person, at, name, *more in rows.values_list("identity__person", *columns).iterator(chunk_size=AT_ONCE):
        session = more.pop(0) if reading.sessions else None
        yield person, Seen(round(seconds(at) * SECOND), name, session, more[0] if more else None)


def _read_all_of_it(using: str) -> None:
    """PostgreSQL plans what is read by a cursor as if a tenth of it were wanted, and would look each person up in each
    month; these rows are all read. Until the end of the transaction."""
    connection = connections[using]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL cursor_tuple_fraction = 1")


def _moment(at: int) -> datetime:
    return BEGINNING + timedelta(microseconds=at)
