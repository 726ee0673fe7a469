from array import array
from dataclasses import dataclass
from datetime import datetime

from django.db import router
from django.utils.translation import gettext as _

from analytics.behaviour.definition import Definition
from analytics.behaviour.events import NoSuchCell, by_person
from analytics.models import Event
from analytics.operations.plan_report import planned
from analytics.operations.run_report import (
    SECONDS,
    ReportFailed,
    customers_of,
    event_keys,
    read_all,
    segments_of,
)
from analytics.sql.event_stream import event_stream
from customers.models import User
from customers.sql.time_limit import TookTooLong, at_most


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
        read_all(plan, plan.values, user, customers)
        plan = planned(definition, keys=keys, at=at, values=plan.values.top())
    is_counted = plan.report.who(cell)
    found, unknown = array("q"), 0
    try:
        with at_most(SECONDS, using=router.db_for_read(Event)):
            for person, events in by_person(event_stream(plan.reading, user=user, customers=customers)):
                if is_counted(events):
                    if person % 2:
                        unknown += 1
                    else:
                        found.append(person // 2)
    except TookTooLong as error:
        raise ReportFailed(_("There are too many events to count them in time. Choose a shorter period.")) from error
    return People(found, unknown)
