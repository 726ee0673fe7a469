from array import array
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from analytics.behaviour.blocks import NOBODY
from analytics.behaviour.definition import Definition
from analytics.behaviour.events import NoSuchCell
from analytics.operations.plan_report import planned
from analytics.operations.run_report import customers_of, event_keys, read_all, segments_of
from customers.models import User


@dataclass(frozen=True, slots=True)
class People:
    """Who stands behind a number of a report: the keys of the customers, in their order, and how many people there are
    of whom no customer is known."""

    customers: "array[int]"
    unknown: int


def people_behind(*, definition: Definition, cell: str, segment: int | None, user: User, at: datetime) -> People:
    """Those whom a number counts, of those whom the user may see: the number is that of customers and unknown people
    together; without a cell: all whom the report counts. `segment` is the key of one that the report counts by itself.

    Raises NoSuchCell, ReportFailed."""
    rows = {row.pk if row else None: row for row in segments_of(definition, user)}
    if segment not in rows:
        raise NoSuchCell(cell)
    customers = customers_of(rows[segment], user, at)
    keys = event_keys(definition)
    plan = planned(definition, keys=keys, at=at)
    if plan.values is not None:
        read_all(plan, plan.values.count, user, customers)
        plan = planned(definition, keys=keys, at=at, values=plan.values.top())
    find, found = plan.report.behind(cell), [NOBODY]
    read_all(plan, lambda block: found.append(find(block)), user, customers)
    people = np.concatenate(found)
    is_unknown = people % 2 == 1
    return People(array("q", (people[~is_unknown] // 2).tobytes()), int(np.count_nonzero(is_unknown)))
