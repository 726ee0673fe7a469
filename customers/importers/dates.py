"""Dates and times as people and systems write them: ISO, day-first, month-first, in Chinese, with English months."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
YEAR_LAST = re.compile(r"(\d{1,2})\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{4}|\d{2})")
DAY_MONTH = re.compile(r"(\d{1,2})[-. ]+([a-z]{3})[a-z]*[-., ]+(\d{4}|\d{2})", re.IGNORECASE)
MONTH_DAY = re.compile(r"([a-z]{3})[a-z]*[. ]+(\d{1,2})(?:st|nd|rd|th)?[, ]+(\d{4})", re.IGNORECASE)
TIME = re.compile(
    r"(?:\s|T|,)*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(?:([ap])\.?m\.?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
# Years of two digits, as everywhere in computing: 69 is 1969, 68 is 2068.
PIVOT = 69

ReadDate = Callable[[str], date]
ReadMoment = Callable[[str], datetime]


class DateOrder(StrEnum):
    """How the dates of a column are written, as far as their digits do not say so themselves."""

    ISO = "iso"  # the year first: nothing to know
    DAY = "day"
    MONTH = "month"
    UNKNOWN = "unknown"  # 03/04/2024, and no other date of the column tells


class DateEvidence:
    """What the dates of one column say about their order."""

    def __init__(self) -> None:
        self.example = ""  # of a date that could be two
        self._day = self._month = self._dotted = self._slashed = 0

    @property
    def is_settled(self) -> bool:
        """Whether all dates so far began with the year, so that the others will."""
        return not (self._day or self._month or self._dotted or self._slashed)

    def add(self, text: str) -> None:
        """Take one value of the column into account."""
        match = YEAR_LAST.match(text)
        if match is None:
            return
        first, second = int(match[1]), int(match[3])
        if first > 12 >= second:
            self._day += 1
        elif second > 12 >= first:
            self._month += 1
        elif first != second:
            self.example = self.example or text
            if match[2] == ".":
                self._dotted += 1
            else:
                self._slashed += 1

    @property
    def order(self) -> DateOrder:
        """How the column is to be read. Dates with points are day-first wherever such are written."""
        if self._day and self._month:
            return DateOrder.UNKNOWN
        if self._day or self._month:
            return DateOrder.DAY if self._day else DateOrder.MONTH
        if self._slashed:
            return DateOrder.UNKNOWN
        return DateOrder.DAY if self._dotted else DateOrder.ISO


def common_order(seen: Iterable[DateEvidence]) -> str:
    """The order that columns of dates agree on, for those that do not tell themselves: who exports a file has one way
    to write dates. Empty where none tells, or where they differ."""
    told = {evidence.order for evidence in seen} & {DateOrder.DAY, DateOrder.MONTH}
    return told.pop() if len(told) == 1 else ""


def date_reader(order: str) -> ReadDate:
    """A function from text to a date, which raises ValueError with a message for people. A time is left out."""

    def read(text: str) -> date:
        try:
            return date.fromisoformat(text)
        except ValueError:
            found, _rest = _date(text, order)
            return found

    return read


def moment_reader(order: str, zone: ZoneInfo) -> ReadMoment:
    """A function from text to a moment in UTC, which raises ValueError with a message for people. A time without an
    offset is local to `zone`, a date without a time is its midnight."""

    def read(text: str) -> datetime:
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            day, rest = _date(text, order)
            found = datetime.combine(day, _time(rest, text))
        try:
            return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
        except OverflowError as error:
            raise _no_date(text) from error

    return read


def _date(text: str, order: str) -> tuple[date, str]:
    """The date that a text begins with, and what follows it."""
    try:
        if match := YEAR_FIRST.match(text):
            year, month, day = int(match[1]), int(match[2]), int(match[3])
        elif match := YEAR_LAST.match(text):
            first, second, year = int(match[1]), int(match[3]), _year(match[4])
            day, month = (second, first) if _is_month_first(first, second, order) else (first, second)
        elif match := DAY_MONTH.match(text):
            day, month, year = int(match[1]), MONTHS[match[2].lower()], _year(match[3])
        elif match := MONTH_DAY.match(text):
            day, month, year = int(match[2]), MONTHS[match[1].lower()], int(match[3])
        else:
            raise _no_date(text)
        return date(year, month, day), text[match.end() :]
    except (ValueError, KeyError) as error:
        raise _no_date(text) from error


def _is_month_first(first: int, second: int, order: str) -> bool:
    """Raises ValueError for a date that could be two, where nobody expected such."""
    if order in (DateOrder.DAY, DateOrder.MONTH):
        return order == DateOrder.MONTH
    if first <= 12 and second <= 12 and first != second:
        raise ValueError
    return second > 12


def _time(rest: str, text: str) -> time:
    if not rest.strip():
        return time()
    match = TIME.fullmatch(rest)
    if match is None:
        raise _no_date(text)
    hour, half = int(match[1]), (match[4] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            raise _no_date(text)
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        found = time(hour, int(match[2]), int(match[3] or 0))
    except ValueError as error:
        raise _no_date(text) from error
    if not match[5]:
        return found
    offset = "+00:00" if match[5].upper() in ("Z", "UTC") else match[5]
    return found.replace(tzinfo=datetime.fromisoformat(f"2000-01-01T00:00{offset}").tzinfo)


def _year(digits: str) -> int:
    year = int(digits)
    return year if len(digits) == 4 else year + (1900 if year >= PIVOT else 2000)


def _no_date(text: str) -> ValueError:
    return ValueError(_("“%(text)s” is no date that can be read") % {"text": text[:40]})
