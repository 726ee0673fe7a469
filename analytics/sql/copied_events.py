"""Events of PostgreSQL as columns of numpy, whole people at a time."""

import struct
from collections.abc import Iterator
from itertools import chain
from typing import Any

import numpy as np
from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet

from analytics.sql.arrays import ARRAY, HEADER, YEAR_2000, Array

LENGTH = struct.Struct(">i")
END = 2  # bytes, behind the last row
PERSON = np.dtype([("columns", ">i2"), ("before", ">i4"), ("person", ">i8"), ("size", ">i4")])
Columns = tuple[Array, dict[str, Array], list[bytes]]


def copied_events(rows: QuerySet[Any, Any], *, numbers: list[str], texts: bool, size: int) -> Iterator[Columns]:
    """Events in their order, so many at a time or, of one person, more: whose each is, its numbers, and, where `texts`,
    a text, in UTF-8. The columns of `rows` are the person, by whom they are ordered first, the moment (given back as
    microseconds since 1970, under "at"), these numbers and the text; nothing is null.

    SQL, because the server can hand over the numbers of a person as bytes that numpy reads as they are. A message a
    person costs a tenth of a message an event, and the server nothing more: rows come sorted, and so they are put
    together. Unlike a cursor COPY may be planned for several processes. Nothing else can be asked of the connection
    before the last row; whoever stops earlier stops the query, and ends the transaction."""
    connection: Any = connections[rows.db]
    try:
        sql, params = rows.query.get_compiler(using=rows.db).as_sql()
    except EmptyResultSet:
        return
    names = ", ".join(["person", "at", *numbers, *(["text"] if texts else [])])
    sent = " || ".join(["timestamptz_send(at)", *(f"int8send({name})" for name in numbers)])
    statement = (
        f"COPY (SELECT person, string_agg({sent}, ''){', array_agg(text)' if texts else ''}"  # noqa: S608 - ours
        f" FROM ({sql}) AS given ({names}) GROUP BY person ORDER BY person) TO STDOUT (FORMAT BINARY)"
    )
    merged = connection.ops.compose_sql(statement, params)  # COPY takes no parameters
    layout = np.dtype([(name, ">i8") for name in ("at", *numbers)])
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(merged) as copy:
        messages: Iterator[bytes] = map(bytes, copy)  # of psycopg's memoryviews many at once are slow
        messages = chain([next(messages)[HEADER:]], messages)
        while people := _some(messages, size * layout.itemsize):
            yield _columns(people, layout, texts=texts)


def _some(messages: Iterator[bytes], size: int) -> list[bytes]:
    """So many bytes, or a little more; of one person each."""
    people, found = list[bytes](), 0
    for message in messages:
        if len(message) > END:
            people.append(message)
            found += len(message)
        if found >= size:
            break
    return people


def _columns(people: list[bytes], layout: np.dtype[Any], *, texts: bool) -> Columns:
    first = PERSON.itemsize
    whose = np.frombuffer(b"".join(message[:first] for message in people), PERSON)
    ends = (first + whose["size"]).tolist()
    events = np.frombuffer(b"".join(message[first:end] for message, end in zip(people, ends, strict=True)), layout)
    numbers = {name: events[name].astype(np.int64) for name in layout.names or ()}
    numbers["at"] += YEAR_2000
    found = [text for message, end in zip(people, ends, strict=True) for text in _texts(message, end)] if texts else []
    return np.repeat(whose["person"].astype(np.int64), whose["size"] // layout.itemsize), numbers, found


def _texts(message: bytes, place: int) -> Iterator[bytes]:
    """The elements of an array, each behind its length."""
    place += 4
    length = ARRAY.unpack_from(message, place)[3]
    place += ARRAY.size
    for _element in range(length):
        (size,) = LENGTH.unpack_from(message, place)
        place += 4 + size
        yield message[place - size : place]
