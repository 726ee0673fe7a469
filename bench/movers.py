"""Who fell by 10 or more since a day, and the digest of a day, over a history of a snapshot a month.

On PostgreSQL alone: the server itself makes the rows. CUSTOMERS of them (200,000 where it is not said), 12 snapshots
each; one in 25 fell by ten points or more in 90 days. A small team is one of 5,000 customers.
"""

import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import django

CUSTOMERS = int(os.environ.get("CUSTOMERS", "200000"))
TEAM_CUSTOMERS = 5_000
MONTHS = 12
NOW = datetime(2026, 6, 3, 10, tzinfo=UTC)
USUAL = {"CharField": "''", "TextField": "''", "JSONField": "'{}'", "BooleanField": "false", "DateTimeField": "%(now)s"}


def main() -> int:
    """Print one line a figure: `name value unit`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    django.setup()
    from django.db import connection

    from analytics.models import CustomerScore
    from analytics.operations.movers import movers
    from analytics.operations.write_digests import write_digests

    if connection.vendor != "postgresql":
        sys.stderr.write("this is measured on PostgreSQL: leave DATABASE_URL empty, or name one\n")
        return 1
    _fill()
    since = NOW - timedelta(days=90)
    everybody = CustomerScore.objects.all()
    small = everybody.filter(customer__team__name="Small")
    print(f"movers_customers {CUSTOMERS} customers")
    print(f"movers_found {len(movers(scores=everybody, since=since))} customers")
    print(f"movers_since {_seconds(lambda: movers(scores=everybody, since=since, limit=50)):.3f} s")
    print(f"movers_since_small_team {_seconds(lambda: movers(scores=small, since=since, limit=50)):.3f} s")
    started = time.perf_counter()
    write_digests(day=NOW.date(), at=NOW)
    print(f"movers_digest {time.perf_counter() - started:.3f} s")
    return 0


def _seconds(work: Callable[[], object]) -> float:
    """The best of three."""
    times = []
    for _ in range(3):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


def _fill() -> None:
    from django.db import connection

    from analytics.models import FACTORS, CustomerScore, ScoreModelVersion, ScoreSnapshot
    from customers.models import Customer, Team

    large, small = (Team.objects.create(name=name) for name in ("Large", "Small"))
    version = ScoreModelVersion.objects.create(number=1, parameters={}, created_at=NOW)
    columns = [f"{name}{part}" for name in FACTORS for part in ("", "_n", "_contribution", "_points")]
    given = ", ".join("random() - 0.5" if name.endswith("_contribution") else "0.5" for name in columns)
    figures = f"version_id, computed_at, activity_version, score, raw, low_evidence, {', '.join(columns)}"
    values = f"{version.pk}, %(now)s, 1, random() * 100, 0.5, false, {given}"
    people, scores, history = (model._meta.db_table for model in (Customer, CustomerScore, ScoreSnapshot))
    fields = [field for field in Customer._meta.concrete_fields if not field.null and not field.primary_key]
    special = {"team_id": f"CASE WHEN n <= {TEAM_CUSTOMERS} THEN {small.pk} ELSE {large.pk} END", "name": "'C' || n"}
    row = ", ".join(special.get(str(f.column), USUAL.get(f.get_internal_type(), "1")) for f in fields)
    everybody = f"FROM generate_series(1, {CUSTOMERS}) n"
    statements = (
        f"INSERT INTO {people} (id, {', '.join(str(f.column) for f in fields)}) SELECT n, {row} {everybody}",
        f"INSERT INTO {scores} (customer_id, refresh_at, as_of, {figures})"
        f" SELECT n, %(now)s, %(now)s, {values} {everybody}",
        f"INSERT INTO {history} (customer_id, as_of, {figures})"
        f" SELECT n, %(now)s - m * interval '30 days' - n * interval '2 seconds', {values}"
        f" {everybody}, generate_series(1, {MONTHS}) m",
        f"UPDATE {history} h SET score = LEAST(100, GREATEST(0, s.score + (random() - 0.5) * 22))"  # noqa: S608 - names of our tables
        f" FROM {scores} s WHERE s.customer_id = h.customer_id",
    )
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, {"now": NOW})
        cursor.execute("VACUUM ANALYZE")


if __name__ == "__main__":
    sys.exit(main())
