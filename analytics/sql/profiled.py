"""Of whom scores and preferences may be computed, in SQL, as CustomerQuerySet.profiled says it."""

from collections.abc import Collection

from customers.models import Customer

# At most so many ids in one IN (...): SQLite and MariaDB slow down or refuse beyond.
IDS_AT_ONCE = 500
COLUMNS = ("merged_into_id", "restricted_at", "profiling_objected_at", "erased_at")


def is_profiled(alias: str = "") -> str:
    """The condition on the columns of the customers' table: neither merged into another nor restricted nor erased, and
    no objection to profiling (GDPR art. 18 and 21, PIPL art. 24 and 44).

    SQL, since the statements that read facts and plan runs are: four looks at a row that is read anyway."""
    prefix = f"{alias}." if alias else ""
    return " AND ".join(f"{prefix}{name} IS NULL" for name in COLUMNS)


def unprofiled_among(customer_ids: Collection[int]) -> set[int]:
    """Those of these customers of whom nothing may be computed. Plain keys, an index range a query."""
    ordered = sorted(customer_ids)
    found: set[int] = set()
    for start in range(0, len(ordered), IDS_AT_ONCE):
        some = ordered[start : start + IDS_AT_ONCE]
        profiled = Customer.objects.profiled().filter(pk__in=some).order_by().values_list("pk", flat=True)
        found |= {*some} - {*profiled}
    return found
