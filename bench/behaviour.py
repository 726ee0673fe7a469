"""Behaviour reports over a million events on PostgreSQL: each kind, and the customers behind a number; with the most
memory that the process ever held, and how many times what the bare sorted read of the same rows takes.

The server itself makes the rows: CRM_BENCH_EVENTS of them (1,000,000 where it is not said) over a year, twenty a
person; half of the people are customers."""

import logging
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import django

EVENTS = int(os.environ.get("CRM_BENCH_EVENTS", "1000000"))
OF_A_PERSON, NAMES, DAYS = 20, 8, 365
BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
NOW = BEGIN + timedelta(days=DAYS)

# Keys in the form of those that the product makes: milliseconds first, so that they are in the order of time.
ROWS = """
INSERT INTO analytics_event (id, at, identity_id, session, recorded_at, name_id, source_id, properties)
SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(i %% 4096), 3, '0') || '8'
        || lpad(to_hex(i), 15, '0'))::uuid,
    at, %(identity)s + who, CASE WHEN i %% 2 = 0 THEN who * 1000 + day END, at, %(name)s + a, %(source)s,
    jsonb_build_object('plan', (ARRAY['free', 'pro', 'team'])[1 + b %% 3], 'page', '/products/' || b)
        || CASE WHEN a = 2 THEN jsonb_build_object('product_id', 'P' || b %% 500) ELSE '{}' END
FROM (SELECT i, %(begin)s::timestamptz + make_interval(secs => i * %(days)s * 86400.0 / %(events)s) AS at,
        (hashint4(i) & 2147483647) %% %(people)s AS who, (hashint4(i + 500000000) & 2147483647) %% %(names)s AS a,
        (hashint4(i + 1000000000) & 2147483647) %% 5000 AS b, i * %(days)s::bigint / %(events)s AS day
      FROM generate_series(0, %(events)s - 1) i) i
"""


def main() -> int:
    """Print one line a figure: `name value unit`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    django.setup()
    from django.db import connection

    from analytics.operations.people_behind import people_behind
    from analytics.operations.report_definition import read_report
    from analytics.operations.run_report import run_report
    from customers.models import User

    logging.disable(logging.INFO)
    if connection.vendor != "postgresql":
        sys.stderr.write("this benchmark is about PostgreSQL: unset DATABASE_URL, or point it to one\n")
        return 1
    user = User.objects.create_superuser("bench-behaviour", password=None)
    _fill()
    print(f"behaviour_events {EVENTS} events", flush=True)
    print(f"behaviour_memory_before {_peak():.0f} MB", flush=True)
    bare = _seconds(_bare_read)
    print(f"behaviour_bare_read {bare:.2f} s", flush=True)
    period = {"first": "2025-01-01", "last": "2025-12-31"}
    steps: Any = [{"event": f"Event {number}"} for number in range(NAMES)]
    questions: dict[str, tuple[str, dict[str, Any]]] = {
        "trend": ("trend", {"steps": steps[:1], "by": "week"}),
        "trend_by_property": ("trend", {"steps": steps[:1], "by": "week", "breakdown": "plan"}),
        "trend_of_all": ("trend", {"steps": [{"event": None}], "by": "week"}),
        "funnel": ("funnel", {"steps": steps[:4], "window": {"count": 90, "unit": "days"}}),
        "retention": ("retention", {"steps": [steps[0], {"event": None}], "by": "week", "columns": 12}),
        "paths": ("paths", {"steps": steps[:1], "window": {"count": 30, "unit": "days"}}),
        "sessions": ("sessions", {"by": "week"}),
    }
    for name, (kind, question) in questions.items():
        read = read_report(kind=kind, definition={"period": period, "time_zone": "UTC", **question}, user=user)
        seconds = _seconds(lambda read=read: run_report(definition=read, user=user, at=NOW))  # type: ignore[misc]
        print(f"behaviour_{name} {seconds:.2f} s", flush=True)
        print(f"behaviour_{name}_to_bare_read_ratio {seconds / bare:.1f}", flush=True)
        if name == "funnel":
            behind = _seconds(
                lambda read=read: people_behind(  # type: ignore[misc]
                    definition=read, cell="reached:1", segment=None, user=user, at=NOW
                )
            )
            print(f"behaviour_people_behind {behind:.2f} s", flush=True)
    for name, seconds in _views():
        print(f"behaviour_{name} {seconds:.2f} s", flush=True)
        print(f"behaviour_{name}_to_bare_read_ratio {seconds / bare:.1f}", flush=True)
    print(f"behaviour_memory_most {_peak():.0f} MB", flush=True)
    return 0


def _views() -> Iterator[tuple[str, float]]:
    """Views of products, of which an eighth of the events are: of all customers in ranges of the nightly run, as
    preferences read them; who looked in the last two weeks; and of everybody by week, as forecasts do."""
    from analytics.demand.calendar import WEEK, offsets
    from analytics.operations.ensure_run import CHUNK_CUSTOMERS
    from analytics.operations.product_interest import product_interest
    from analytics.sql.customer_ranges import customer_ranges
    from analytics.sql.product_views import last_recorded_views, views_by_step
    from analytics.sql.whose import Whose

    parts = [Whose(part.lo, part.hi) for part in customer_ranges(size=CHUNK_CUSTOMERS)]
    lately = NOW - timedelta(days=14)
    yield "views_of_customers", _seconds(lambda: [product_interest(whose=one, as_of=NOW, since=BEGIN) for one in parts])
    yield (
        "views_lately",
        _seconds(lambda: [last_recorded_views(whose=one, since=lately, as_of=NOW) for one in parts]),
    )
    span: Any = {"since": BEGIN, "until": NOW, "zone": offsets(UTC, BEGIN, NOW), "days": WEEK}
    yield "views_by_week", _seconds(lambda: list(views_by_step(**span)))


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _seconds(work: Callable[[], object]) -> float:
    """The best of three."""
    times = []
    for _number in range(3):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


def _bare_read() -> None:
    """All rows in the order that reports need, by the server alone."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT i.person, e.at, e.name_id FROM analytics_event e"
            " JOIN analytics_eventidentity i ON i.id = e.identity_id ORDER BY i.person, e.at, e.id OFFSET 0) x"
        )


def _fill() -> None:
    from django.db import connection, transaction

    from analytics.choices import EventFormat, IdentityKind
    from analytics.models import EventIdentity, EventName, EventSource
    from analytics.sql.partitions import ensure_partitions
    from customers.models import Category, Customer, Product, Team

    shelf = Category.objects.create(name="Bench")
    Product.objects.bulk_create(Product(sku=f"P{n}", name=f"Product {n}", category=shelf) for n in range(500))
    people = max(2, EVENTS // OF_A_PERSON)
    team = Team.objects.create(name="Bench behaviour")
    source = EventSource.objects.create(slug="bench-behaviour", name="Bench", kind=EventFormat.API)
    names = [EventName.objects.get_or_create(name=f"Event {number}")[0].pk for number in range(NAMES)]
    customers = Customer.objects.bulk_create(
        (Customer(kind="person", name=f"C{n}", team=team, created_at=BEGIN) for n in range(people // 2)), 2000
    )
    made = EventIdentity.objects.bulk_create(
        (
            EventIdentity(
                source=source,
                kind=IdentityKind.USER,
                key_index=f"{n:032d}",
                key="",
                customer_id=customers[n].pk if n < len(customers) else None,
                created_at=BEGIN,
            )
            for n in range(people)
        ),
        2000,
    )
    first = made[0].pk
    values = {
        "identity": first,
        "name": names[0],
        "source": source.pk,
        "begin": BEGIN,
        "days": DAYS,
        "events": EVENTS,
        "people": people,
        "names": NAMES,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        ensure_partitions(BEGIN + timedelta(days=day) for day in range(DAYS + 1))
        cursor.execute("UPDATE analytics_eventidentity SET root = id WHERE root IS NULL")
        cursor.execute(ROWS, values)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


if __name__ == "__main__":
    sys.exit(main())
