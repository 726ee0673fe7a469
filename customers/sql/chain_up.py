from collections.abc import Collection
from datetime import date

from django.db import connection
from django.db.models.expressions import RawSQL

from customers.models import Relation


def chain_up(*, customer_id: int, type_ids: Collection[int], from_is_above: bool, on: date) -> RawSQL:
    """Keys of the relations by which one comes from a customer up to the top of a hierarchy, on a day; for `pk__in`.

    SQL, because the ORM has no recursion: level by level a page would ask one query for each. It ends even where the
    relations go in a circle, since no relation is followed twice.
    """
    table = connection.ops.quote_name(Relation._meta.db_table)
    here, above = ("to_customer_id", "from_customer_id") if from_is_above else ("from_customer_id", "to_customer_id")
    marks = ", ".join(["%s"] * len(type_ids))
    holds = f"r.type_id IN ({marks}) AND (r.since IS NULL OR r.since <= %s) AND (r.until IS NULL OR r.until >= %s)"
    statement = f"""
        WITH RECURSIVE up (relation, reached) AS (
            SELECT r.id, r.{above} FROM {table} r WHERE r.{here} = %s AND {holds}
            UNION
            SELECT r.id, r.{above} FROM up JOIN {table} r ON r.{here} = up.reached WHERE {holds}
        )
        SELECT relation FROM up
    """  # noqa: S608 - the names of a model's table and columns
    day = connection.ops.adapt_datefield_value(on)
    held = [*type_ids, day, day]
    return RawSQL(statement, [customer_id, *held, *held])  # noqa: S611 - see above
