from datetime import UTC, datetime
from typing import Any

import numpy as np
from django.db import connection

from analytics.sql.arrays import MOMENT, Array, fetch_arrays
from analytics.sql.profiled import is_profiled
from analytics.sql.whose import Whose
from customers.choices import Measure
from customers.models import Customer, Observation

FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
"""When a fact counts again that is left out for good."""

_TYPES: dict[str, str | np.dtype[Any]] = {
    "customer_id": "i8",
    "activity_version": "i8",
    "observation_id": "i8",
    "measure": "i8",
    "value": "f8",
    "reference": "f8",
    "happened_at": MOMENT,
    "held_until": MOMENT,
}


def known_facts(
    *, whose: Whose, as_of: datetime, until: datetime, version: int | None = None, profiled: bool = False
) -> dict[str, Array]:
    """Every customer asked for, each with the facts of `ObservationQuerySet.known_at(as_of, version)`, as columns in no
    order: customer_id, activity_version, observation_id (0: the customer has none), measure, value, reference (NaN
    where there is none), happened_at, and held_until: up to when a fact does not count, since it is left out, or is a
    message that waits and is not overdue (NaT: it counts).

    A range leaves out whoever was merged into another, and whoever may not be profiled. Asked for by key, their past
    can be replayed, unless `profiled` leaves them out as well.

    `version` defaults to each customer's own activity_version. Facts up to `until`, later than `as_of`, come along:
    whoever scores must know when the score will change by itself.

    One statement, for two reasons. A join of two tables read in two statements could pair a version with facts that
    were committed in between, and the score would not replay; here both come from one snapshot. And a query per
    customer costs a round trip each: this one reads 5,000 customers in the time of about twenty of those.
    """
    adapt, quote = connection.ops.adapt_datetimefield_value, connection.ops.quote_name
    bound, given = ("c.activity_version", []) if version is None else ("%s", [version])
    of_these, keys = whose.sql("c.id")
    of_whom = f"AND {is_profiled('c')}" if profiled or whose.keys is None else ""
    # Also said of the facts, or the database reads those of everybody.
    of_facts, fact_keys = whose.sql("o.customer_id")
    statement = f"""
        SELECT c.id AS customer_id, c.activity_version, o.id AS observation_id, o.measure, o.value, o.reference,
               o.at AS happened_at,
               CASE WHEN o.is_exclusion AND o.excluded_until IS NULL THEN %s
                    WHEN o.is_exclusion AND (o.due_at IS NULL OR o.excluded_until > o.due_at) THEN o.excluded_until
                    WHEN o.value IS NULL AND o.measure = {Measure.REPLY:d} THEN o.due_at END AS held_until
        FROM {quote(Customer._meta.db_table)} c
        LEFT JOIN {quote(Observation._meta.db_table)} o
          ON o.customer_id = c.id AND {of_facts} AND o.at <= %s AND o.recorded_version <= {bound}
          AND (o.superseded_version IS NULL OR o.superseded_version > {bound} OR o.superseded_at > %s)
        WHERE {of_these} {of_whom}
    """  # noqa: S608 - names of models' tables, and conditions
    params: list[Any] = [adapt(FOREVER), *fact_keys, adapt(until), *given, *given, adapt(as_of), *keys]
    return fetch_arrays(statement, params, _TYPES)
