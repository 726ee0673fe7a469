import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from analytics.scoring.fact_arrays import values
from analytics.scoring.hindsight import Ledger
from analytics.sql.ledger_rows import LedgerRow, ledger_rows, rated_customers
from customers.choices import Measure, SubjectType
from services.models import Calendar, Ticket
from services.operations.sla_terms import hours_of

logger = logging.getLogger(__name__)

# Of more customers a sample is taken: enough for narrow intervals, and some 100 MB.
MOST_CUSTOMERS = 20_000
CUSTOMERS_AT_ONCE = 2_000
IDS_AT_ONCE = 500
_MICROSECOND = 1e-6
SUBJECT_TYPES = SubjectType.values

Told = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Hindsight:
    """The ledger of the customers who are looked at. waiting: of each message that waits, by its place, when it came
    and its ticket. of: how many customers have ever said something; left_out: how many of those looked at have an
    impossible fact."""

    ledger: Ledger
    waiting: dict[int, tuple[float, int]]
    customers: int
    of: int
    left_out: int

    def waited(self) -> Callable[[int, float], float]:
        """How long a message had waited by a moment: by the calendar of its ticket's queue, else by the clock."""
        calendar_of = _calendars(sorted({ticket for _at, ticket in self.waiting.values()}))
        calendars = Calendar.objects.in_bulk(set(calendar_of.values()))
        hours = {pk: hours_of(calendar) for pk, calendar in calendars.items()}

        def waited(place: int, moment: float) -> float:
            at, ticket = self.waiting[place]
            of_queue = hours.get(calendar_of.get(ticket, 0))
            if of_queue is None:
                return moment - at
            since, until = datetime.fromtimestamp(at, UTC), datetime.fromtimestamp(moment, UTC)
            return float(of_queue.elapsed(since, until))

        return waited


def read_hindsight(*, until: datetime, told: Told | None = None) -> Hindsight:
    """Everything on record up to a moment of the customers who have rated something, or of a sample of them. `told`
    hears how many of how many customers have been read. Whoever has an impossible fact is left out."""
    keys, of = rated_customers(at_most=MOST_CUSTOMERS)
    parts: list[Ledger] = []
    waiting: dict[int, tuple[float, int]] = {}
    places = left_out = 0
    for start in range(0, max(len(keys), 1), CUSTOMERS_AT_ONCE):
        found = list(ledger_rows(customer_ids=keys[start : start + CUSTOMERS_AT_ONCE], until=until))
        rows, bad = _sound(found)
        waiting |= {places + i: (row.at, row.subject_id) for i, row in enumerate(rows) if _is_waiting(row)}
        parts.append(_ledger(rows))  # a tenth of what the rows themselves take
        places, left_out = places + len(rows), left_out + bad
        if told is not None:
            told(min(start + CUSTOMERS_AT_ONCE, len(keys)), len(keys))
    whole = Ledger(*(np.concatenate([getattr(part, name) for part in parts]) for name in Ledger.__dataclass_fields__))
    return Hindsight(whole, waiting, len(keys), of, left_out)


def _sound(rows: list[LedgerRow]) -> tuple[list[LedgerRow], int]:
    """The rows of customers whose facts are all possible, and how many others there are."""
    try:
        _x(rows)
    except ValueError as error:
        customers = sorted({row.customer_id for row in rows})
        if len(customers) == 1:
            logger.warning("customer %s is left out of the validation: %s", customers[0], error)
            return [], 1
        middle = customers[len(customers) // 2]
        halves = [row for row in rows if row.customer_id < middle], [row for row in rows if row.customer_id >= middle]
        (first, bad), (second, worse) = (_sound(half) for half in halves)
        return first + second, bad + worse
    return rows, 0


def _is_waiting(row: LedgerRow) -> bool:
    return row.measure == Measure.REPLY and row.value is None


def _x(rows: list[LedgerRow]) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    given = np.array([row.value for row in rows], dtype=np.float64)
    against = np.array([row.reference for row in rows], dtype=np.float64)
    return values([row.measure for row in rows], given, against, np.zeros(len(rows)))


def _ledger(rows: list[LedgerRow]) -> Ledger:
    until = [math.inf if row.superseded_at is None else row.superseded_at for row in rows]
    targets = [row.reference if _is_waiting(row) else None for row in rows]
    subjects = [row.subject_id * len(SubjectType) + SUBJECT_TYPES.index(row.subject_type) for row in rows]
    return Ledger(
        customer=np.array([row.customer_id for row in rows], dtype=np.int64),
        factor=np.array([row.factor for row in rows], dtype=np.int64),
        measure=np.array([row.measure for row in rows], dtype=np.int64),
        x=_x(rows),
        at=np.array([row.at for row in rows], dtype=np.float64),
        counts_from=np.array([_counts_from(row) for row in rows], dtype=np.float64),
        counts_until=np.array(until, dtype=np.float64),
        target=np.array(targets, dtype=np.float64),
        subject=np.array(subjects, dtype=np.int64),
        is_given=np.array([not row.is_exclusion for row in rows], dtype=np.bool_),
    )


def _counts_from(row: LedgerRow) -> float:
    """As in read_facts: when it happened, its exclusion ended or its message fell due; infinite: never."""
    moments = [row.at]
    if row.is_exclusion:
        moments.append(math.inf if row.excluded_until is None else row.excluded_until.timestamp())
    if _is_waiting(row) and row.due_at is not None:
        moments.append(row.due_at.timestamp() + _MICROSECOND)
    return max(moments)


def _calendars(ticket_ids: list[int]) -> dict[int, int]:
    """The calendar of each ticket's queue."""
    found: dict[int, int] = {}
    for start in range(0, len(ticket_ids), IDS_AT_ONCE):
        part = ticket_ids[start : start + IDS_AT_ONCE]
        found.update(Ticket.objects.filter(pk__in=part).values_list("pk", "queue__calendar_id"))
    return found
