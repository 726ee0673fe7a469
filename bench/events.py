"""A million behaviour events into PostgreSQL, in the form of a Mixpanel export, by the import that staff use; against a
bare COPY of the very rows that it made into the same table with the same partitions and indexes. At last the same file
once more, which is to change nothing.

CRM_BENCH_EVENTS says how many; with CRM_BENCH_EVENTS_LARGE the table is then filled up to so many by copies of the rows
in the years before, and read once more.

One process and one core: what the server does meanwhile is in the seconds, but not in the processor time."""

import json
import logging
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django

EVENTS = int(os.environ.get("CRM_BENCH_EVENTS", "1000000"))
LARGE = int(os.environ.get("CRM_BENCH_EVENTS_LARGE", "0"))
# So many events a user, over so many months.
OF_A_USER, MONTHS = 20, 12
NAMES = (
    "Page viewed",
    "Search",
    "Product viewed",
    "Added to cart",
    "Checkout begun",
    "Paid",
    "Signed up",
    "Opened app",
)
BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
TABLE = "analytics_event"


def main() -> int:
    """Print one line a figure: `name value unit`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    django.setup()
    from django.db import connection

    logging.disable(logging.INFO)
    if connection.vendor != "postgresql":
        sys.stderr.write("this benchmark is about PostgreSQL: unset DATABASE_URL, or point it to one\n")
        return 1
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "export.jsonl"
        with path.open("w") as file:
            file.writelines(_lines())
        seconds, cpu, counts = _import(path)
        _say("events_import", seconds, "s")
        _say("events_import_rate", EVENTS / seconds, "events/s")
        _say("events_import_cpu", cpu, "s")
        _say("events_import_created", counts["created"], "events")
        total, heap = _size()
        _say("events_size", total / EVENTS, "bytes/event")
        _say("events_size_without_indexes", heap / EVENTS, "bytes/event")
        bare = _bare_copy(Path(temporary) / "rows")
        _say("events_bare_copy", bare, "s")
        _say("events_import_to_bare_copy_ratio", seconds / bare, "")
        seconds, _cpu, counts = _import(path)
        _say("events_again", seconds, "s")
        _say("events_again_created", counts["created"], "events")
        _say("events_again_unchanged", counts["unchanged"], "events")
        for name, milliseconds in _reads():
            _say(f"events_read_{name}", milliseconds, "ms")
        if LARGE > EVENTS:
            _say("events_large", _fill_up(), "events")
            for name, milliseconds in _reads():
                _say(f"events_large_read_{name}", milliseconds, "ms")
    return 0


def _say(name: str, value: float, unit: str) -> None:
    print(f"{name} {value:.2f} {unit}".rstrip() if isinstance(value, float) else f"{name} {value} {unit}", flush=True)


def _lines() -> Iterator[str]:
    """Users whose first event comes from a device that is not known yet, one after the other in time."""
    chance = random.Random(7)
    users = max(1, EVENTS // OF_A_USER)
    span = MONTHS * 30 * 86400
    for number in range(EVENTS):
        user = chance.randrange(users)
        properties: dict[str, Any] = {
            "time": int(BEGIN.timestamp()) + number * span // EVENTS,
            "$insert_id": f"{number:x}",
            "$device_id": f"device-{user}",
            "$session_id": f"{user}-{number * 400 // EVENTS}",
            "$browser": "Chrome",
            "$os": "Windows",
            "page": f"/products/{chance.randrange(5000)}",
            "price": chance.randrange(100, 99999) / 100,
            "plan": chance.choice(("free", "pro", "team")),
        }
        if chance.random() < 0.5:
            properties |= {"distinct_id": f"user-{user}", "$user_id": f"user-{user}"}
        else:
            properties["distinct_id"] = f"$device:device-{user}"
        yield json.dumps({"event": NAMES[chance.randrange(len(NAMES))], "properties": properties}) + "\n"


def _import(path: Path) -> tuple[float, float, dict[str, int]]:
    from django.conf import settings
    from django.utils import timezone

    from analytics.importers.events.read_events import read_mixpanel
    from customers.importers.run import run_import
    from customers.models import Team

    began, cpu = time.perf_counter(), time.process_time()
    team = Team.objects.order_by("pk").first() or Team.objects.create(name="Bench")
    batch = run_import(
        format="mixpanel",
        reader=read_mixpanel,
        path=path,
        team=team,
        now=timezone.now,
        reports=settings.VAR_DIR / "reports",
    )
    return time.perf_counter() - began, time.process_time() - cpu, batch.counts["events"]


def _size() -> tuple[int, int]:
    """Bytes of all partitions with their indexes, and without."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(pg_total_relation_size(inhrelid)), sum(pg_relation_size(inhrelid)) FROM pg_inherits"
            " WHERE inhparent = %s::regclass",
            [TABLE],
        )
        total, heap = cursor.fetchone()
    return int(total), int(heap)


def _bare_copy(path: Path) -> float:
    """Seconds that a COPY of the same rows takes, into the emptied table."""
    from django.db import connection

    connection.ensure_connection()
    raw: Any = connection.connection
    with raw.cursor() as cursor:
        rows = f"COPY (SELECT * FROM {TABLE} ORDER BY id) TO STDOUT"  # noqa: S608 - the name of a table
        with cursor.copy(rows) as copy, path.open("wb") as file:
            for part in copy:
                file.write(part)
        cursor.execute(f"TRUNCATE {TABLE}")
        began = time.perf_counter()
        with cursor.copy(f"COPY {TABLE} FROM STDIN") as copy, path.open("rb") as file:
            while part := file.read(1 << 20):
                copy.write(part)
        raw.commit()
        return time.perf_counter() - began


def _fill_up() -> int:
    """Copy all rows into the years before, keys with them, until there are enough."""
    from django.db import connection, transaction

    from analytics.sql.partitions import ensure_partitions

    copies = LARGE // EVENTS - 1
    columns = "identity_id, session, name_id, source_id, recorded_at, properties"
    time_of_key = "lpad(to_hex((extract(epoch FROM moved) * 1000)::bigint), 12, '0')"
    with connection.cursor() as cursor:
        for years in range(1, copies + 1):
            with transaction.atomic():
                ensure_partitions(BEGIN.replace(year=BEGIN.year - years, month=month) for month in range(1, 13))
                cursor.execute(
                    f"INSERT INTO {TABLE} (id, {columns}, at)"  # noqa: S608 - names of columns
                    f" SELECT ({time_of_key} || substr(replace(id::text, '-', ''), 13))::uuid, {columns}, moved"
                    f" FROM (SELECT *, at - %s * interval '1 year' AS moved FROM {TABLE} WHERE at >= %s) rows"
                    " ON CONFLICT DO NOTHING",
                    [years, BEGIN],
                )
        cursor.execute(f"SELECT count(*) FROM {TABLE}")  # noqa: S608
        return int(cursor.fetchone()[0])


def _reads() -> Iterator[tuple[str, float]]:
    """What lists and reports ask for, the quickest of five times."""
    from django.db import connection

    from analytics.models import Event, EventIdentity

    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {TABLE}")
    person = EventIdentity.objects.order_by("-pk").values_list("person", flat=True)[0]
    middle = BEGIN.replace(month=6)
    asked: dict[str, Callable[[], object]] = {
        "newest_50": lambda: list(Event.objects.select_related("name", "source", "identity").order_by("-id")[:50]),
        "one_person": lambda: list(Event.objects.filter(identity__person=person).order_by("at")),
        "count_of_a_name_in_a_month": lambda: (
            Event.objects.filter(name__name="Paid").between(middle, middle.replace(month=7)).count()
        ),
        "persons_in_a_month": lambda: (
            Event.objects.between(middle, middle.replace(month=7)).values("identity__person").distinct().count()
        ),
    }
    for name, ask in asked.items():
        times = []
        for _turn in range(5):
            began = time.perf_counter()
            ask()
            times.append(time.perf_counter() - began)
        yield name, 1000 * min(times)


if __name__ == "__main__":
    sys.exit(main())
