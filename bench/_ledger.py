"""A ledger of any size for benchmarks, written by PostgreSQL itself: customers, and the facts of five tickets and eight
order lines each (three lines an order), over two years and in the order of time, as they come in real life: the facts
of one customer lie far apart. Some customers have many, some none. The same rows on every run."""

from typing import Any

from django.db import connection

TICKETS, ORDERS = 5, 8 / 3  # a customer, on average

CUSTOMERS = """
INSERT INTO customers_customer (version, kind, name, search_name, name_key, given_name, family_name, language, country,
    industry, team_id, attributes, created_at, updated_at, last_activity_at, activity_version)
SELECT 1, 'person', 'Customer ' || i, 'customer ' || i, 0, '', '', 'en', 'GB', '', t.id, '{}',
    now(), now(), now() - interval '1 day', 40
FROM generate_series(1, %(customers)s) i, (SELECT min(id) AS id FROM customers_team) t
"""
# u, v, w: chances. Of the facts of a ticket the second is not there for those who rate nothing.
FACTS = """
INSERT INTO customers_observation (customer_id, factor, measure, value, reference, at, recorded_at, recorded_version,
    subject_type, subject_id, due_at, superseded_version, superseded_at, is_exclusion, reason)
SELECT c.low + floor(%(customers)s * u ^ 1.5)::bigint, f.factor, f.measure, f.value, f.reference, at, at, 1 + i %% 40,
    f.subject, i, CASE WHEN f.measure = 7 AND f.value IS NULL THEN at + interval '4 hours' END,
    CASE WHEN f.measure = 1 AND v < 0.02 THEN 40 END, CASE WHEN f.measure = 1 AND v < 0.02 THEN at END, false, ''
FROM (SELECT i, %(now)s::timestamptz - make_interval(secs => (%(rows)s - i + 1) * 63072000.0 / %(rows)s) AS at,
        (hashint4(i + %(seed)s) & 2147483647) / 2147483648.0::float8 AS u,
        (hashint4(i + %(seed)s + 500000000) & 2147483647) / 2147483648.0::float8 AS v,
        (hashint4(i + %(seed)s + 1000000000) & 2147483647) / 2147483648.0::float8 AS w
      FROM generate_series(1, %(rows)s) i) i,
    (SELECT min(id) AS low FROM customers_customer) c,
    LATERAL ({facts}) AS f (factor, measure, value, reference, subject)
WHERE f.measure > 0
"""
OF_A_TICKET = """VALUES
    (2, 6, (CASE WHEN v < 0.8 THEN 2 WHEN v < 0.95 THEN 1 ELSE 0 END)::float8, 2::float8, 'ticket'),
    (3, 7, CASE WHEN i > %(rows)s * 0.998 AND w < 0.5 THEN NULL ELSE 600 + 28800 * w END, 14400, 'ticket'),
    (1, CASE WHEN w < 0.4 THEN 1 ELSE 0 END, 1 + floor(5 * sqrt(v)), NULL, 'rating')"""
OF_AN_ORDER = """VALUES
    (2, 6, (CASE WHEN v < 0.9 THEN 1 ELSE 0 END)::float8, 1::float8, 'order'),
    (4, 8, 80 + 40 * w, 100, 'order')"""


def fill(customers: int) -> int:
    """Fill an empty database; returns the number of facts."""
    from django.utils import timezone

    values: dict[str, Any] = {"customers": customers, "now": timezone.now()}
    with connection.cursor() as cursor:
        cursor.execute(CUSTOMERS, values)
        for facts, rows, seed in ((OF_A_TICKET, TICKETS * customers, 1), (OF_AN_ORDER, int(ORDERS * customers), 7)):
            cursor.execute(FACTS.format(facts=facts), {**values, "rows": rows, "seed": seed})
        cursor.execute("VACUUM ANALYZE customers_observation, customers_customer")
        cursor.execute("SELECT count(*) FROM customers_observation")
        return int(cursor.fetchone()[0])


def empty() -> None:
    """As before `fill`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE customers_observation, customers_customer, analytics_scoringrun, analytics_scoremodelversion,"
            " analytics_preferencemodelversion RESTART IDENTITY CASCADE"
        )
