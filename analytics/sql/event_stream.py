import json
from collections.abc import Collection, Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from typing import Any

import numpy as np
from django.db import connections
from django.db.models import BigIntegerField, F, Func, JSONField, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce

from analytics.behaviour.blocks import NO_SESSION, Array, Block, whole_people
from analytics.behaviour.events import SECOND
from analytics.models import Event
from analytics.sql.copied_events import copied_events
from analytics.sql.epoch import Epoch, seconds
from customers.models import Customer, User
from customers.querysets import CustomerQuerySet

# Events at once: as columns alone, and where there is an object of Python's for each.
AT_ONCE, AS_OBJECTS = 100_000, 20_000
# How many properties PostgreSQL is asked to pick: its functions take a hundred arguments.
MOST_PICKED = 50
FETCHED = 5000
SESSION = Coalesce("session", Value(NO_SESSION, BigIntegerField()))
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Reading:
    """Which events a report reads: of these names (None: all), from `start` to before `end`, in microseconds; whether
    it needs their sessions, and which of their properties."""

    names: Collection[int] | None
    start: int
    end: int
    sessions: bool = False
    properties: frozenset[str] = frozenset()


def event_stream(
    reading: Reading, *, user: User, customers: CustomerQuerySet[Customer] | None = None
) -> Generator[Block, None, None]:
    """The events that this user may see, of these customers alone where they are given, in blocks of whole people.

    One query that the database sorts, since it may spill to disk; what is counted is numpy's, so that all three
    databases count alike. The process holds one block, or the events of one person, however many there are. (MariaDB's
    driver keeps the packed rows of the whole answer.)

    PostgreSQL hands over columns that numpy reads as they are, and picks the properties that are needed."""
    rows: Any = Event.objects.visible_to(user).between(_moment(reading.start), _moment(reading.end))
    if reading.names is not None:
        rows = rows.filter(name__in=[*reading.names])
    if customers is not None:
        rows = rows.filter(identity__customer__in=customers.order_by().values("pk"))
    rows = rows.filter(identity__person__isnull=False).order_by("identity__person", "at", "pk")
    is_postgres = connections[rows.db].vendor == "postgresql"
    return _copied(rows, reading) if is_postgres else whole_people(_iterated(rows, reading))


def _copied(rows: QuerySet[Any, Any], reading: Reading) -> Generator[Block, None, None]:
    """PostgreSQL. To compile the query takes longer than it saves, the more so the more months there are: not until the
    end of the transaction."""
    with connections[rows.db].cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")
    columns: list[Any] = ["identity__person", "at", "name_id", *([SESSION] if reading.sessions else [])]
    columns += [Cast(_picked(sorted(reading.properties)), TextField())] if reading.properties else []
    given = copied_events(
        rows.values_list(*columns),
        numbers=["name", *(["session"] if reading.sessions else [])],
        texts=bool(reading.properties),
        size=AS_OBJECTS if reading.properties else AT_ONCE,
    )
    for person, numbers, texts in given:
        place: dict[bytes, int] = {}
        kind = [place.setdefault(text, len(place)) for text in texts]
        kinds = [json.loads(text) for text in place]
        yield _block(person, numbers["at"], numbers["name"], numbers.get("session"), kind, kinds)


def _picked(names: Sequence[str]) -> Any:
    """The properties of these names alone, null where there is none."""
    if len(names) > MOST_PICKED:
        return F("properties")
    pairs = ((Cast(Value(name), TextField()), _property(name)) for name in names)
    return Func(*chain.from_iterable(pairs), function="jsonb_build_object", output_field=JSONField())


def _property(name: str) -> Func:
    """Not Django's way, which takes a name like 1 for a place in a list."""
    given = F("properties"), Cast(Value(name), TextField())
    return Func(*given, template="(%(expressions)s)", arg_joiner=" -> ", output_field=JSONField())


def _iterated(rows: QuerySet[Any, Any], reading: Reading) -> Iterator[Block]:
    """Other databases."""
    columns: list[Any] = ["identity__person", Epoch("at"), "name_id", *([SESSION] if reading.sessions else [])]
    columns += ["properties"] if reading.properties else []
    given = rows.values_list(*columns).iterator(chunk_size=FETCHED)
    while some := [*islice(given, AS_OBJECTS)]:
        person, at, name, *more = zip(*some, strict=True)
        kinds = more.pop() if reading.properties else []
        moments = [round(seconds(moment) * SECOND) for moment in at]
        yield _block(person, moments, name, more[0] if more else None, np.arange(len(kinds)), kinds)


def _block(person: Any, at: Any, name: Any, session: Any, kind: Sequence[int] | Array, kinds: Sequence[Any]) -> Block:
    """What a report does not ask for stands there as if there were none of it."""
    nothing = np.zeros(len(person), dtype=np.int64)
    return Block(
        person=np.asarray(person, dtype=np.int64),
        at=np.asarray(at, dtype=np.int64),
        name=np.asarray(name, dtype=np.int64),
        session=nothing + NO_SESSION if session is None else np.asarray(session, dtype=np.int64),
        kind=np.asarray(kind, dtype=np.int64) if kinds else nothing,
        kinds=kinds or ({},),
    )


def _moment(at: int) -> datetime:
    return BEGINNING + timedelta(microseconds=at)
