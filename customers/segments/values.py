"""The value of a condition, checked against its fact and brought into the form in which it is stored."""

import math
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from customers.segments.facts import Fact
from customers.segments.operators import WITH_DAYS, WITH_LIST, FactType, Op

MOST_VALUES = 200
LONGEST_PERIOD = 36_500  # days
FIRST_YEAR, LAST_YEAR = 1900, 2200
LARGEST_NUMBER = 1e15


def clean_value(fact: Fact, op: Op, value: Any) -> Any:
    """The value of an operator that has one. Raises ValueError with a message for people."""
    if op in WITH_DAYS:
        return clean_days(value)
    if op in WITH_LIST:
        return _clean_list(fact, value)
    if op == Op.BETWEEN:
        if not isinstance(value, list) or len(value) != 2:
            raise ValueError(_("Give two values: from and to."))
        low, high = (_clean_one(fact, bound) for bound in value)
        if low > high:
            raise ValueError(_("The first value is the larger one."))
        return [low, high]
    return _clean_one(fact, value)


def clean_days(value: Any) -> int:
    """A number of days. Raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= LONGEST_PERIOD:
        raise ValueError(_("Give a number of days from 1 to %(most)d.") % {"most": LONGEST_PERIOD})
    return value


def _clean_list(fact: Fact, value: Any) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise ValueError(_("Give one value or more."))
    if len(value) > MOST_VALUES:
        raise ValueError(_("Give at most %(most)d values.") % {"most": MOST_VALUES})
    return list(dict.fromkeys(_clean_one(fact, one) for one in value))


def _clean_one(fact: Fact, value: Any) -> Any:
    match fact.type:
        case FactType.NUMBER:
            return _clean_count(fact, value) if fact.is_count else _clean_number(value)
        case FactType.MONEY:
            return _clean_money(value)
        case FactType.DATE | FactType.MOMENT:
            return _clean_day(value)
        case FactType.YES_NO:
            if not isinstance(value, bool):
                raise ValueError(_("Say yes or no."))
            return value
        case FactType.CHOICE if fact.choices is not None:
            return fact.choices.clean(value)
    return _clean_text(fact, value)


def _clean_text(fact: Fact, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(_("Give a text."))
    if len(value) > fact.max_length:
        raise ValueError(_("Give at most %(most)d characters.") % {"most": fact.max_length})
    if "\x00" in value or any("\ud800" <= c <= "\udfff" for c in value):
        raise ValueError(_("NUL characters and lone surrogates cannot be stored."))
    return value.strip()


def _clean_number(value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(_("Give a number."))
    if abs(value) >= LARGEST_NUMBER:
        raise ValueError(_("This number is too large."))
    return int(value) if float(value).is_integer() else value


def _clean_count(fact: Fact, value: Any) -> int | float:
    number = _clean_number(value)
    if not isinstance(number, int) or number < 0:
        raise ValueError(_("Give a whole number, 0 or more."))
    if fact.largest is not None and number > fact.largest:
        raise ValueError(_("Give at most %(most)d.") % {"most": fact.largest})
    return number


def _clean_money(value: Any) -> int | float:
    number = _clean_number(value)
    try:
        exact = Decimal(str(number)).quantize(Decimal("0.01"))
    except InvalidOperation as error:
        raise ValueError(_("This number is too large.")) from error
    if exact != Decimal(str(number)):
        raise ValueError(_("Give at most two digits after the point."))
    return number


def _clean_day(value: Any) -> str:
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise ValueError(_("Give a date like 2026-01-31.")) from error
    if not FIRST_YEAR <= day.year < LAST_YEAR:
        raise ValueError(_("This day is out of range."))
    return day.isoformat()
