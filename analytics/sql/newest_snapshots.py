from datetime import datetime
from typing import NamedTuple

from django.db import connection

from analytics.models import ScoreSnapshot
from analytics.sql.whose import Whose


class PastScore(NamedTuple):
    """What a later score is compared with: points, and the contributions to z in the order of FACTORS."""

    score: float
    contributions: tuple[float, float, float, float]


def newest_snapshots(*, whose: Whose, by: datetime, after: datetime | None = None) -> dict[int, PastScore]:
    """The newest snapshot of each of these customers with `after` < as_of <= `by`; some have none.

    SQL, because a history grows with every month: a join with its own newest dates reads one row a customer along
    the unique index (customer, as_of), where the ORM would fetch the whole history or ask customer by customer.
    """
    adapt = connection.ops.adapt_datetimefield_value
    table = connection.ops.quote_name(ScoreSnapshot._meta.db_table)
    of_these, keys = whose.sql("customer_id")
    since = "" if after is None else "AND as_of > %s"
    statement = f"""
        SELECT s.customer_id, s.score, s.quality_contribution, s.reliability_contribution,
               s.responsiveness_contribution, s.price_contribution
        FROM {table} s
        JOIN (SELECT customer_id, MAX(as_of) AS as_of FROM {table}
              WHERE {of_these} AND as_of <= %s {since}
              GROUP BY customer_id) newest
          ON newest.customer_id = s.customer_id AND newest.as_of = s.as_of
    """  # noqa: S608 - the name of a model's table, and a condition
    moments = [by] if after is None else [by, after]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*keys, *(adapt(moment) for moment in moments)])
        return {row[0]: PastScore(row[1], row[2:]) for row in cursor.fetchall()}
