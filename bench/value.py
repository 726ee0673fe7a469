"""Relationship value: the fit of BG/NBD in memory, then the nightly run over customers with orders on PostgreSQL.

CRM_BENCH_HISTORIES made-up histories in whole days (1,000,000 where it is not said) are counted and fitted; beside it
the same fit without counting equal ones together. Then CRM_BENCH_CUSTOMERS customers (20,000) who order by the process
of the model for two years: the run of one night, the next one, and the bare read and write of the same rows by the
server."""

import logging
import os
import resource
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import django
import numpy as np

HISTORIES = int(os.environ.get("CRM_BENCH_HISTORIES", "1000000"))
CUSTOMERS = int(os.environ.get("CRM_BENCH_CUSTOMERS", "20000"))
NOW = datetime(2026, 6, 3, 2, tzinfo=UTC)
DAYS, MOST_ORDERS = 730, 60
# A gamma of rates a day and a beta of leaving: some four orders a customer.
RATE, SCALE, LEAVES, STAYS = 0.8, 0.02, 0.8, 2.5
Array = np.ndarray[tuple[int], np.dtype[np.int64]]
BARE = (
    "CREATE TEMPORARY TABLE bare AS SELECT customer_id, min(ordered_at) AS first, max(ordered_at) AS last,"
    " count(*) AS orders, sum(total) AS total FROM customers_order GROUP BY customer_id",
    "CREATE TEMPORARY TABLE bare_value AS SELECT * FROM analytics_customervalue",
)


def main() -> int:
    """Print one line a figure: `name value unit`."""
    _fit()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    django.setup()
    from django.db import connection

    logging.disable(logging.INFO)
    if connection.vendor != "postgresql":
        sys.stderr.write("the run is measured on PostgreSQL: unset DATABASE_URL, or point it to one\n")
        return 1
    from analytics.operations.value_customers import value_customers

    _say("value_orders", _fill(), "orders")
    walls = []
    for turn, at in enumerate((NOW, NOW + timedelta(days=1))):
        began, cpu = time.perf_counter(), time.process_time()
        model = value_customers(logical_at=at, clock=lambda at=at: at)  # type: ignore[misc]
        walls.append(time.perf_counter() - began)
        name = ("value_run", "value_run_next_night")[turn]
        _say(name, walls[-1], "s")
        _say(f"{name}_cpu", time.process_time() - cpu, "cpu_s")
    _say("value_customers", model.customers, "customers")
    _say("value_peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MiB")
    began = time.perf_counter()
    with connection.cursor() as cursor:
        for statement in BARE:
            cursor.execute(statement)
    bare = time.perf_counter() - began
    _say("value_bare", bare, "s")
    _say("value_run_to_bare_ratio", walls[0] / bare, "")
    return 0


def _say(name: str, value: float, unit: str) -> None:
    print(f"{name} {value:.2f} {unit}".rstrip() if isinstance(value, float) else f"{name} {value} {unit}", flush=True)


def _fit() -> None:
    from analytics.value.orders_to_come import DAYS_PER_UNIT, Histories, fit_orders

    who, day = _made_up(HISTORIES)
    first, last, number = _by_customer(who, day, HISTORIES)
    x, until, age = (number - 1).astype(np.float64), (last - first) / DAYS_PER_UNIT, (DAYS - first) / DAYS_PER_UNIT
    began = time.process_time()
    given = Histories.of(x, until, age)
    counted = time.process_time() - began
    began = time.process_time()
    fit_orders(given)
    fitted = time.process_time() - began
    began = time.process_time()
    fit_orders(Histories(x, until, age, np.ones(HISTORIES)))
    plain = time.process_time() - began
    _say("value_histories", HISTORIES, "customers")
    _say("value_histories_that_differ", len(given.x), "histories")
    _say("value_count_cpu", counted, "cpu_s")
    _say("value_fit_cpu", fitted, "cpu_s")
    _say("value_fit_one_by_one_cpu", plain, "cpu_s")
    _say("value_count_and_fit_to_one_by_one_ratio", (counted + fitted) / plain, "")


def _made_up(customers: int) -> tuple[Array, Array]:
    """Whose each order is, and its day, from 0 to before DAYS: by the process of BG/NBD."""
    chance = np.random.default_rng(1)
    active = np.arange(customers)
    rate = chance.gamma(RATE, SCALE, customers)
    leaves = chance.beta(LEAVES, STAYS, customers)
    at = chance.uniform(0, DAYS - 1, customers)
    who, day = [], []
    for _order in range(MOST_ORDERS):
        who.append(active)
        day.append(at.astype(np.int64))
        at = at + 1 + chance.exponential(1.0, len(active)) / np.maximum(rate[active], 1e-9)
        stays = (chance.random(len(active)) >= leaves[active]) & (at < DAYS)
        active, at = active[stays], at[stays]
    return np.concatenate(who), np.concatenate(day)


def _by_customer(who: Array, day: Array, customers: int) -> tuple[Array, Array, Array]:
    first, last = np.full(customers, DAYS), np.zeros(customers, dtype=np.int64)
    np.minimum.at(first, who, day)
    np.maximum.at(last, who, day)
    return first, last, np.bincount(who, minlength=customers)


def _fill() -> int:
    """Customers, and their orders by COPY: a million of them would take half an hour row by row."""
    from django.db import connection

    from customers.models import Customer, Team

    team = Team.objects.create(name="Bench value")
    begin = NOW - timedelta(days=DAYS)
    keys: list[int] = []
    for start in range(0, CUSTOMERS, 10_000):
        some = range(start, min(CUSTOMERS, start + 10_000))
        made = (Customer(kind="person", name=f"C{n}", team=team, created_at=begin) for n in some)
        keys += [row.pk for row in Customer.objects.bulk_create(made, 2_000)]
    who, day = _made_up(CUSTOMERS)
    columns = "number, customer_id, status, currency, ordered_at, total, created_at, version, source"
    connection.ensure_connection()
    raw: Any = connection.connection
    with raw.cursor() as cursor, cursor.copy(f"COPY customers_order ({columns}) FROM STDIN") as copy:
        for row in _rows(keys, who, day, begin):
            copy.write_row(row)
    raw.commit()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return len(who)


def _rows(keys: list[int], who: Array, day: Array, begin: datetime) -> Iterator[tuple[Any, ...]]:
    totals = np.random.default_rng(2).gamma(6.0, 9.0, len(who)).round(2).tolist()
    for number, (place, on, total) in enumerate(zip(who.tolist(), day.tolist(), totals, strict=True)):
        at = begin + timedelta(days=on, hours=9)
        yield f"V{number}", keys[place], "delivered", "EUR", at, total, at, 1, ""


if __name__ == "__main__":
    sys.exit(main())
