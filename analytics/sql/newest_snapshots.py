from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from analytics.models import ScoreSnapshot


class PastScore(NamedTuple):
    """What a later score is compared with: points, and the contributions to z in the order of FACTORS."""

    score: float
    contributions: tuple[float, float, float, float]


def newest_snapshots(
    *, customer_ids: Sequence[int], by: datetime, after: datetime | None = None
) -> dict[int, PastScore]:
    """The newest snapshot of each of these customers with `after` < as_of <= `by`; some have none.

    SQL, because a history grows with every month: a join with its own newest dates reads one row a customer along
    the unique index (customer, as_of), where the ORM would fetch the whole history or ask customer by customer.
    """
    if not customer_ids:
        return {}
    table = connection.ops.quote_name(ScoreSnapshot._meta.db_table)
    since = "" if after is None else "AND as_of > %s"
    # A range of keys, not a list: chunks are ranges, and thousands of parameters are slow to plan.
    statement = f"""
        SELECT s.customer_id, s.score, s.quality_contribution, s.reliability_contribution,
               s.responsiveness_contribution, s.price_contribution
        FROM {table} s
        JOIN (SELECT customer_id, MAX(as_of) AS as_of FROM {table}
              WHERE customer_id BETWEEN %s AND %s AND as_of <= %s {since}
              GROUP BY customer_id) newest
          ON newest.customer_id = s.customer_id AND newest.as_of = s.as_of
    """  # noqa: S608 - the name of a model's table
    moments = [by] if after is None else [by, after]
    adapted = [connection.ops.adapt_datetimefield_value(moment) for moment in moments]
    with connection.cursor() as cursor:
        cursor.execute(statement, [min(customer_ids), max(customer_ids), *adapted])
        rows = cursor.fetchall()
    wanted = set(customer_ids)
    return {row[0]: PastScore(row[1], row[2:]) for row in rows if row[0] in wanted}
