"""The satisfaction scores of everybody by DuckDB, over the same rows in memory: what one can hope for."""

import time
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np

from analytics.scoring.parameters import ScoreParameters

COLUMNS = {
    "id": "i8",
    "customer_id": "i8",
    "measure": "i8",
    "value": "f8",
    "reference": "f8",
    "at": "datetime64[us]",
    "due_at": "datetime64[us]",
    "recorded_version": "i8",
    "superseded_version": "f8",
    "superseded_at": "datetime64[us]",
}
SCORES = """
CREATE OR REPLACE TABLE scores AS
WITH weighed AS (
    SELECT f.customer_id, f.factor, CASE WHEN f.waits THEN 1 ELSE pow(2, -f.age / 86400 / f.half_life) END AS w, CASE
        WHEN f.waits THEN CASE WHEN f.due_at < $as_of THEN pow(2, -f.age / f.reference) END
        WHEN f.measure = 1 THEN (f.value - 1) / 4
        WHEN f.measure = 6 THEN f.value / f.reference
        WHEN f.measure = 7 THEN pow(2, -f.value / f.reference)
        WHEN f.measure = 8 THEN greatest(least(ln(f.value / f.reference), ln(4)), -ln(4)) END AS x
    FROM (SELECT f.*, m.factor, m.half_life, f.measure = 7 AND f.value IS NULL AS waits,
                 epoch($as_of) - epoch(f.at) AS age
          FROM facts f JOIN customers c ON c.id = f.customer_id JOIN measures m ON m.measure = f.measure
          WHERE f.at <= $as_of AND f.recorded_version <= c.version
            AND (f.superseded_version IS NULL OR f.superseded_version > c.version OR f.superseded_at > $as_of)) f),
sums AS (
    SELECT customer_id, factor, sum(w) AS n, sum(w * x) AS total FROM weighed WHERE x IS NOT NULL
    GROUP BY customer_id, factor),
contributions AS (
    SELECT customer_id, sum(p.exponent * CASE WHEN p.factor = 4
        THEN (total - n * ln(p.baseline)) / (p.prior + n)
        ELSE ln((p.prior * p.baseline + total) / ((p.prior + n) * p.baseline)) END) AS z
    FROM sums JOIN parameters p USING (factor) GROUP BY customer_id)
SELECT c.id, 100 / (1 + exp(-coalesce(z, 0))) AS score
FROM customers c LEFT JOIN contributions k ON k.customer_id = c.id
"""
FACTOR_OF = {1: 1, 6: 2, 7: 3, 8: 4}


class Limit(NamedTuple):
    """Seconds on the wall and of CPU, and the scores by key."""

    wall: float
    cpu: float
    ids: Any
    scores: Any


def score_all(parameters: ScoreParameters, as_of: datetime, *, threads: int) -> Limit:
    """Load the rows from PostgreSQL, which is not counted, and compute."""
    import duckdb

    base = duckdb.connect()
    base.execute(f"SET threads = {threads}; SET TimeZone = 'UTC'")
    _load(base, parameters)
    best = None
    for _ in range(2):
        started, cpu = time.perf_counter(), time.process_time()
        base.execute(SCORES, {"as_of": as_of.replace(tzinfo=None)})
        used = time.perf_counter() - started, time.process_time() - cpu
        best = used if best is None or used < best else best
    found = base.execute("SELECT id, score FROM scores ORDER BY id").fetchnumpy()
    return Limit(*(best or (0.0, 0.0)), found["id"], found["score"])


def _load(base: Any, parameters: ScoreParameters) -> None:
    from analytics.sql.arrays import fetch_arrays
    from analytics.sql.customer_ranges import customer_ranges

    for i, part in enumerate(customer_ranges(size=50_000)):
        bounds = [part.lo, part.hi]
        customers = fetch_arrays(
            "SELECT id, activity_version AS version FROM customers_customer WHERE id BETWEEN %s AND %s",
            bounds,
            {"id": "i8", "version": "i8"},
        )
        sql = f"SELECT {', '.join(COLUMNS)} FROM customers_observation WHERE customer_id BETWEEN %s AND %s"  # noqa: S608
        facts = fetch_arrays(sql, bounds, COLUMNS)
        for table, columns in (("customers", customers), ("facts", facts)):
            base.register("part", {name: np.ascontiguousarray(column) for name, column in columns.items()})
            made = "INSERT INTO" if i else "CREATE TABLE"
            base.execute(f"{made} {table} {'' if i else 'AS '}SELECT * FROM part")  # noqa: S608 - ours
    base.execute("UPDATE facts SET value = NULL WHERE isnan(value)")
    base.execute("UPDATE facts SET superseded_version = NULL WHERE isnan(superseded_version)")
    base.execute("CREATE TABLE measures (measure BIGINT, factor BIGINT, half_life DOUBLE)")
    base.execute("CREATE TABLE parameters (factor BIGINT, prior DOUBLE, baseline DOUBLE, exponent DOUBLE)")
    by_code = dict(enumerate((factor for _name, factor in parameters), start=1))
    for code, factor in by_code.items():
        base.execute(
            "INSERT INTO parameters VALUES (?, ?, ?, ?)", [code, factor.prior_weight, factor.baseline, factor.exponent]
        )
    for measure, code in FACTOR_OF.items():
        base.execute("INSERT INTO measures VALUES (?, ?, ?)", [measure, code, by_code[code].half_life_days])
