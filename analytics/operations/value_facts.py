"""The columns of the database as the models of value read them: moments become days of TIME_ZONE."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import numpy as np
from django.utils import timezone

from analytics.operations.find_habits import local_days
from analytics.sql.arrays import Array
from analytics.sql.value_facts import contracts_ended, order_columns, ticket_columns
from analytics.sql.whose import Whose
from analytics.value.histories import CHURN_DAYS, Lines, Orders

_EPOCH = date(1970, 1, 1)


def day_of(at: datetime) -> int:
    """The day of TIME_ZONE that a moment falls into, counted from 1970-01-01."""
    return (timezone.localdate(at, timezone.get_default_timezone()) - _EPOCH).days


def date_of(day: int) -> date:
    """That day as a date."""
    return _EPOCH + timedelta(days=day)


def read_orders(*, parts: Iterable[Whose], as_of: datetime, every: int = 1) -> Orders:
    """The orders that count of these customers, or of every n-th of them."""
    zone = timezone.get_default_timezone()
    found = []
    for whose in parts:
        columns = order_columns(whose=whose, until=as_of, every=every)
        days = local_days(columns["at"], zone)
        found.append(Orders(columns["who"], days, columns["value"], columns["currency"]))
    if not found:
        return Orders(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0), np.empty(0, "S3"))
    names = ("who", "day", "value", "currency")
    return Orders(*(np.concatenate([getattr(part, name) for part in found]) for name in names))


def read_tickets(*, parts: Iterable[Whose], days: int, as_of: datetime, every: int = 1) -> tuple[Array, Array]:
    """Who opened a ticket in the last so many days, and on which day."""
    zone, since = timezone.get_default_timezone(), as_of - timedelta(days=days)
    found = [ticket_columns(whose=whose, since=since, until=as_of, every=every) for whose in parts]
    if not found:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    who = np.concatenate([part["who"] for part in found])
    return who, np.concatenate([local_days(part["at"], zone) for part in found])


def tickets_of(lines: Lines, who: Array, day: Array) -> Array:
    """How many tickets each of these customers opened in the CHURN_DAYS days up to theirs."""
    if not len(lines):
        return np.empty(0, np.int64)
    mine = (day > lines.day - CHURN_DAYS) & (day <= lines.day)
    place = np.minimum(np.searchsorted(lines.who, who[mine]), len(lines) - 1)
    place = place[lines.who[place] == who[mine]]
    return np.bincount(place, minlength=len(lines))


def who_left(lines: Lines, orders: Orders, *, parts: Iterable[Whose]) -> Array:
    """1 for each of these customers who left in the CHURN_DAYS days after their day: they ordered nothing, or their
    relation to us ended."""
    until = lines.day + CHURN_DAYS
    stayed = np.isin(lines.who, orders.buyers_between(lines.day, until))
    ended: set[int] = set()
    for whose in parts:
        ended |= contracts_ended(whose=whose, after=date_of(lines.day), until=date_of(until))
    return (~stayed | np.isin(lines.who, sorted(ended))).astype(np.float64)
