from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import F, FilteredRelation, Q, QuerySet

from analytics.sql.epoch import Epoch, seconds
from analytics.sql.whose import Whose
from customers.models import Customer


class KnownFact(NamedTuple):
    """A customer with one fact that is known of them; without any, all columns after the second are None."""

    customer_id: int
    activity_version: int
    observation_id: int | None
    factor: int
    measure: int
    value: float | None
    reference: float | None
    at: float  # seconds since 1970
    subject_type: str
    subject_id: int
    due_at: datetime | None
    is_exclusion: bool
    excluded_until: datetime | None


def known_facts(
    *,
    whose: Whose,
    as_of: datetime,
    until: datetime,
    version: int | None = None,
) -> list[KnownFact]:
    """Every customer asked for, each with the facts of `ObservationQuerySet.known_at(as_of,
    version)`, in the order of customer and observation.

    A range leaves out whoever was merged into another; asked for by key, their past can be replayed.

    `version` defaults to each customer's own activity_version. Facts up to `until`, later than `as_of`, come along:
    whoever scores must know when the score will change by itself.

    One statement, for two reasons. A join of two tables read in two statements could pair a version with facts that
    were committed in between, and the score would not replay; here both come from one snapshot. And a query per
    customer costs a round trip each: this one reads 5,000 customers in the time of about twenty of those.
    """
    bound: Any = F("activity_version") if version is None else version
    known = Q(observations__at__lte=until, observations__recorded_version__lte=bound) & (
        Q(observations__superseded_version=None)
        | Q(observations__superseded_version__gt=bound)
        | Q(observations__superseded_at__gt=as_of)
    )
    asked = Customer.objects.filter(whose.at("pk"))
    rows: QuerySet[Customer, tuple[Any, ...]] = (
        (asked.living() if whose.keys is None else asked)
        .annotate(known=FilteredRelation("observations", condition=known))
        .order_by("pk", "known__pk")
        .values_list("pk", "activity_version", "known__pk", *(_column(name) for name in KnownFact._fields[3:]))
    )
    fetched = rows.iterator(chunk_size=20_000)
    return [KnownFact._make(row) if type(row[_AT]) is float else _row(row) for row in fetched]


_AT = KnownFact._fields.index("at")


def _column(name: str) -> str | Epoch:
    return Epoch("known__at") if name == "at" else f"known__{name}"


def _row(columns: tuple[Any, ...]) -> KnownFact:
    fact = KnownFact._make(columns)
    return fact if fact.observation_id is None else fact._replace(at=seconds(fact.at))
