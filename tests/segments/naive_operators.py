"""The operators, told once more: one known value against the value of a condition."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from customers.folding import fold
from customers.segments.definition import Condition
from tests.cast import NOW

NEGATIONS = {"is_not": "is", "not_contains": "contains", "none_of": "one_of", "empty": "not_empty"}
TODAY = date(2026, 6, 3)


def passes(op: str, known: Any, condition: Condition) -> bool:
    """Whether a known value passes an operator that is no negation."""
    return COMPARE[op](*_comparable(known, condition))


def within(at: datetime, c: Condition) -> bool:
    return at <= NOW and (c.days is None or at > NOW - timedelta(days=c.days))


def fits(row: Any, c: Condition, *names: str) -> bool:
    return all(getattr(row, name) in c.where[name] for name in names if name in c.where)


def _comparable(known: Any, condition: Condition) -> tuple[Any, Any]:
    """Both sides in one form."""
    value, kind = condition.value, condition.fact.type
    if kind == "text":
        form = fold if condition.fact.code == "name" else str.lower
        return form(known), [form(one) for one in value] if isinstance(value, list) else form(value)
    if kind == "money":
        return known, [Decimal(str(one)) for one in value] if isinstance(value, list) else Decimal(str(value))
    if kind == "moment":
        return Moment(known), value
    if kind == "date":
        return Day(known), value
    return known, value


class Day:
    """A date as the operators of time see it."""

    def __init__(self, iso: str) -> None:
        self.day = iso

    def is_on(self, value: str) -> bool:
        return self.day == value

    def before(self, value: str) -> bool:
        return self.day < value

    def after(self, value: str) -> bool:
        return self.day > value

    def in_last(self, days: int) -> bool:
        return (TODAY - timedelta(days=days)).isoformat() < self.day <= TODAY.isoformat()

    def in_next(self, days: int) -> bool:
        return TODAY.isoformat() <= self.day < (TODAY + timedelta(days=days)).isoformat()

    def more_than_ago(self, days: int) -> bool:
        return self.day < (TODAY - timedelta(days=days)).isoformat()


class Moment(Day):
    """A moment, on its day in the server's time zone."""

    def __init__(self, at: datetime) -> None:
        super().__init__(timezone.localdate(at, timezone.get_default_timezone()).isoformat())
        self.at = at

    def in_last(self, days: int) -> bool:
        return NOW - timedelta(days=days) < self.at <= NOW

    def in_next(self, days: int) -> bool:
        return NOW <= self.at < NOW + timedelta(days=days)

    def more_than_ago(self, days: int) -> bool:
        return self.at < NOW - timedelta(days=days)


def _between(known: Any, value: Any) -> bool:
    if isinstance(known, Day):
        return bool(value[0] <= known.day <= value[1])
    return bool(value[0] <= known <= value[1])


COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "is": lambda known, value: known.is_on(value) if isinstance(known, Day) else known == value,
    "contains": lambda known, value: value in known,
    "begins_with": lambda known, value: known.startswith(value),
    "one_of": lambda known, value: known in value,
    "at_least": lambda known, value: known >= value,
    "at_most": lambda known, value: known <= value,
    "more_than": lambda known, value: known > value,
    "less_than": lambda known, value: known < value,
    "between": _between,
    "before": lambda known, value: known.before(value),
    "after": lambda known, value: known.after(value),
    "in_last": lambda known, value: known.in_last(value),
    "in_next": lambda known, value: known.in_next(value),
    "more_than_ago": lambda known, value: known.more_than_ago(value),
}
