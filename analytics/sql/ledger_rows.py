from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from analytics.sql.epoch import Epoch, seconds
from customers.choices import Measure
from customers.models import Customer, Observation

# At most so many ids in one IN (...): SQLite and MariaDB slow down or refuse beyond.
IDS_AT_ONCE = 500
RATINGS = (Measure.CSAT, Measure.REVIEW, Measure.NPS, Measure.CES)


class LedgerRow(NamedTuple):
    """A row of the ledger, superseded ones among them. Moments are seconds since 1970 but for `due_at`."""

    customer_id: int
    pk: int
    factor: int
    measure: int
    value: float | None
    reference: float | None
    at: float
    superseded_at: float | None
    due_at: datetime | None
    is_exclusion: bool
    excluded_until: datetime | None
    subject_type: str
    subject_id: int


def rated_customers(*, at_most: int) -> tuple[list[int], int]:
    """Keys, in order, of customers who have said something and may be profiled, and how many there are of them in all.
    Beyond `at_most` it is every second, third ... of them: a sample that is the same each time.

    SQL, because of a million customers only a few thousand are looked at: the keys alone are read."""
    profiled = Customer.objects.profiled()
    rated = Observation.objects.filter(measure__in=RATINGS, customer__in=profiled).order_by("customer_id")
    keys = list(rated.values_list("customer_id", flat=True).distinct().iterator(chunk_size=20_000))
    step = -(-len(keys) // at_most) if keys else 1
    return keys[::step], len(keys)


def ledger_rows(*, customer_ids: list[int], until: datetime) -> Iterator[LedgerRow]:
    """Everything that ever stood on record of these customers up to a moment, by customer and key. A query for each
    500 of them: a query a customer would cost a round trip each."""
    columns = [Epoch(name) if name in ("at", "superseded_at") else name for name in LedgerRow._fields]
    for start in range(0, len(customer_ids), IDS_AT_ONCE):
        some = customer_ids[start : start + IDS_AT_ONCE]
        rows = Observation.objects.filter(customer_id__in=some, at__lte=until).order_by("customer_id", "pk")
        for row in rows.values_list(*columns).iterator(chunk_size=20_000):
            found = LedgerRow._make(row)
            gone = found.superseded_at
            yield found._replace(at=seconds(found.at), superseded_at=None if gone is None else seconds(gone))
