from datetime import datetime

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from analytics.models import FACTORS, ScoreSnapshot
from analytics.sql.arrays import MOMENT, Array, fetch_arrays, fetch_columns
from analytics.sql.whose import Whose

_CONTRIBUTIONS = tuple(f"{name}_contribution" for name in FACTORS)
_TYPES = {"customer_id": "i8", "score": "f8", **dict.fromkeys(_CONTRIBUTIONS, "f8")}


def newest_snapshots(customer_ids: Array, *, whose: Whose, by: datetime) -> NDArray[np.float64]:
    """The newest snapshot with as_of <= `by` of each of these customers, who are those of `whose` in the order of
    their keys: one row each, (n, 5), its score and the contributions to z in the order of FACTORS; NaN where there is
    none.

    SQL, because a history grows with every month: a join with its own newest dates reads one row a customer along
    the unique index (customer, as_of), where the ORM would fetch the whole history or ask customer by customer.
    """
    moment = connection.ops.adapt_datetimefield_value(by)
    table = connection.ops.quote_name(ScoreSnapshot._meta.db_table)
    of_these, keys = whose.sql("customer_id")
    # Also said of the history itself, or the database may well read everybody's.
    of_history, _same = whose.sql("s.customer_id")
    statement = f"""
        SELECT {", ".join(f"s.{name}" for name in _TYPES)}
        FROM {table} s
        JOIN (SELECT customer_id, MAX(as_of) AS as_of FROM {table}
              WHERE {of_these} AND as_of <= %s
              GROUP BY customer_id) newest
          ON newest.customer_id = s.customer_id AND newest.as_of = s.as_of
        WHERE {of_history}
    """  # noqa: S608 - the name of a model's table, and a condition
    found = fetch_arrays(statement, [*keys, moment, *keys], _TYPES)
    return _by_position(customer_ids, found, ("score", *_CONTRIBUTIONS))


def newest_scores(customer_ids: Array, *, whose: Whose, after: datetime, by: datetime) -> NDArray[np.float64]:
    """The score of the newest snapshot with `after` < as_of <= `by` of each of these customers, by position; NaN where
    there is none.

    All that lies between is read, and the newest taken here: in a month that is a row or two a customer, and their
    place in the index is looked for once, where a join with the newest dates does so twice.
    """
    rows = ScoreSnapshot.objects.filter(whose.at("customer_id"), as_of__gt=after, as_of__lte=by)
    found = fetch_columns(
        rows.values_list("customer_id", "as_of", "score"), {"customer_id": "i8", "as_of": MOMENT, "score": "f8"}
    )
    order = np.argsort(found["as_of"], kind="stable")  # of several, what is written last stands
    return _by_position(customer_ids, {name: column[order] for name, column in found.items()}, ("score",))[:, 0]


def _by_position(customer_ids: Array, found: dict[str, Array], names: tuple[str, ...]) -> NDArray[np.float64]:
    result = np.full((len(customer_ids), len(names)), np.nan)
    known = np.isin(found["customer_id"], customer_ids)  # who was merged meanwhile has a history, too
    places = np.searchsorted(customer_ids, found["customer_id"][known])
    result[places] = np.column_stack([found[name][known] for name in names])
    return result
