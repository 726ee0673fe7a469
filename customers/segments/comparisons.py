"""What an operator asks of one value, as Django's look-ups: of a column, of an attribute, of an aggregate."""

import operator
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from customers.segments.operators import FactType, Op

# (lookup, value): all of them must hold
Tests = list[tuple[str, Any]]

TEXT_LOOKUPS = {Op.IS: "exact", Op.CONTAINS: "contains", Op.BEGINS_WITH: "startswith", Op.ONE_OF: "in"}


def tests_of(type: str, op: Op, value: Any, *, at: datetime) -> Tests:
    """The look-ups behind an operator that is no negation and needs a value."""
    if type == FactType.MOMENT:
        return _of_moment(op, value, at)
    if type == FactType.DATE:
        return _of_date(op, value, at)
    if type in (FactType.NUMBER, FactType.MONEY):
        return _of_number(op, [Decimal(str(v)) if type == FactType.MONEY else v for v in _list(value)])
    return [(TEXT_LOOKUPS[op], value)]


def holds_of_nothing(type: str, op: Op, value: Any) -> bool:
    """Whether a number of 0 passes: whoever has no rows at all has a count and a sum of 0."""
    checks: dict[str, Callable[[Any, Any], bool]] = {
        "exact": operator.eq,
        "gte": operator.ge,
        "lte": operator.le,
        "gt": operator.gt,
        "lt": operator.lt,
    }
    return all(checks[lookup](0, bound) for lookup, bound in _of_number(op, _list(value)))


def start_of(day: str | date) -> datetime:
    """The first moment of a day in the server's time zone."""
    plain = date.fromisoformat(day) if isinstance(day, str) else day
    return timezone.make_aware(datetime.combine(plain, time()), timezone.get_default_timezone())


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]


def _of_number(op: Op, values: list[Any]) -> Tests:
    low, high = values[0], values[-1]
    match op:
        case Op.AT_LEAST:
            return [("gte", low)]
        case Op.AT_MOST:
            return [("lte", high)]
        case Op.MORE_THAN:
            return [("gt", low)]
        case Op.LESS_THAN:
            return [("lt", high)]
        case Op.BETWEEN:
            return [("gte", low), ("lte", high)]
    return [("exact", low)]


def _of_moment(op: Op, value: Any, at: datetime) -> Tests:
    match op:
        case Op.IN_LAST:
            return [("gt", at - timedelta(days=value)), ("lte", at)]
        case Op.IN_NEXT:
            return [("gte", at), ("lt", at + timedelta(days=value))]
        case Op.MORE_THAN_AGO:
            return [("lt", at - timedelta(days=value))]
        case Op.BEFORE:
            return [("lt", start_of(value))]
        case Op.AFTER:
            return [("gte", start_of(_next(value)))]
        case Op.BETWEEN:
            return [("gte", start_of(value[0])), ("lt", start_of(_next(value[1])))]
    return [("gte", start_of(value)), ("lt", start_of(_next(value)))]


def _of_date(op: Op, value: Any, at: datetime) -> Tests:
    today = timezone.localdate(at, timezone.get_default_timezone())
    match op:
        case Op.IN_LAST:
            return [("gt", _iso(today, -value)), ("lte", today.isoformat())]
        case Op.IN_NEXT:
            return [("gte", today.isoformat()), ("lt", _iso(today, value))]
        case Op.MORE_THAN_AGO:
            return [("lt", _iso(today, -value))]
        case Op.BEFORE:
            return [("lt", value)]
        case Op.AFTER:
            return [("gt", value)]
        case Op.BETWEEN:
            return [("gte", value[0]), ("lte", value[1])]
    return [("exact", value)]


def _iso(day: date, days: int) -> str:
    return (day + timedelta(days=days)).isoformat()


def _next(day: str) -> date:
    return date.fromisoformat(day) + timedelta(days=1)
