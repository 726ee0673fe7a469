"""Months of behaviour events, made by the server itself: twenty a person; half of the people are customers."""

import os
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

EVENTS = int(os.environ.get("CRM_BENCH_EVENTS", "1000000"))
MONTHS = int(os.environ.get("CRM_BENCH_MONTHS", "12"))
OF_A_PERSON, NAMES = 20, 8
NOW = datetime(2026, 1, 1, tzinfo=UTC)
BEGIN = NOW.replace(year=NOW.year - (MONTHS + 11) // 12, month=(-MONTHS) % 12 + 1)
# Events that are made in one transaction.
AT_ONCE = 1_000_000

CUSTOMERS = """
INSERT INTO customers_customer (version, kind, name, given_name, family_name, language, country, industry, attributes,
    created_at, updated_at, last_activity_at, activity_version, team_id, search_name, name_key)
SELECT 1, 'person', 'C' || n, '', '', '', '', '', '{}', %(begin)s, %(begin)s, %(begin)s, 1, %(team)s, '', 0
FROM generate_series(1, %(customers)s) n
"""
# The first of them are the customers.
IDENTITIES = """
INSERT INTO analytics_eventidentity (kind, key_index, key, email_index, link, source_id, customer_id, created_at)
SELECT %(kind)s, lpad(n::text, 32, '0'), '', '', '', %(source)s, c.id, %(begin)s
FROM generate_series(1, %(people)s) n
LEFT JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM customers_customer WHERE team_id = %(team)s) c USING (n)
ORDER BY n
"""
# Keys in the form of those that the product makes: milliseconds first, so that they are in the order of time, and the
# number of the event last, so that none comes twice.
ROWS = """
INSERT INTO analytics_event (id, at, identity_id, session, recorded_at, name_id, source_id, properties)
SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(i %% 4096), 3, '0') || '8'
        || lpad(to_hex(i), 15, '0'))::uuid,
    at, %(identity)s + who, CASE WHEN i %% 2 = 0 THEN who * 10000 + day END, at, %(name)s + a, %(source)s,
    jsonb_build_object('plan', (ARRAY['free', 'pro', 'team'])[1 + b %% 3], 'page', '/products/' || b)
        || CASE WHEN a = 2 THEN jsonb_build_object('product_id', 'P' || b %% 500) ELSE '{}' END
FROM (SELECT i, %(begin)s::timestamptz + make_interval(secs => i * (%(seconds)s::float8 / %(events)s)) AS at,
        (hashint8(i) & 2147483647)::bigint %% %(people)s AS who,
        (hashint8(i + 500000000) & 2147483647) %% %(names)s AS a,
        (hashint8(i + 1000000000) & 2147483647) %% 5000 AS b,
        (i * (%(seconds)s::float8 / 86400 / %(events)s))::bigint AS day
      FROM generate_series(%(lo)s::bigint, %(hi)s::bigint) i) i
"""


def fill() -> None:
    """Make them all."""
    from django.db import connection, transaction

    from analytics.choices import EventFormat, IdentityKind
    from analytics.models import EventIdentity, EventName, EventSource
    from analytics.sql.partitions import ensure_partitions
    from customers.models import Category, Product, Team

    shelf = Category.objects.create(name="Bench")
    Product.objects.bulk_create(Product(sku=f"P{n}", name=f"Product {n}", category=shelf) for n in range(500))
    people = max(2, EVENTS // OF_A_PERSON)
    names = [EventName.objects.get_or_create(name=f"Event {number}")[0].pk for number in range(NAMES)]
    values: dict[str, Any] = {
        "kind": IdentityKind.USER,
        "team": Team.objects.create(name="Bench behaviour").pk,
        "source": EventSource.objects.create(slug="bench-behaviour", name="Bench", kind=EventFormat.API).pk,
        "name": names[0],
        "names": NAMES,
        "people": people,
        "customers": people // 2,
        "events": EVENTS,
        "begin": BEGIN,
        "seconds": (NOW - BEGIN).total_seconds(),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CUSTOMERS, values)
        cursor.execute(IDENTITIES, values)
        cursor.execute("UPDATE analytics_eventidentity SET root = id WHERE root IS NULL")
        ensure_partitions(BEGIN + timedelta(days=day) for day in range((NOW - BEGIN).days + 1))
    values["identity"] = EventIdentity.objects.order_by("pk").values_list("pk", flat=True)[0]
    for lo in range(0, EVENTS, AT_ONCE):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(ROWS, {**values, "lo": lo, "hi": min(lo + AT_ONCE, EVENTS) - 1})
        if lo:
            sys.stderr.write(f"{lo + AT_ONCE:,} events\n")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
