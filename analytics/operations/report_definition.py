"""What a behaviour report is asked for: read from JSON, with an error for whatever is wrong in it."""

import zoneinfo
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.utils.timezone import get_current_timezone_name
from django.utils.translation import gettext as _

from analytics.behaviour.calendar import TooManySteps, steps_between
from analytics.behaviour.definition import ASKED, STEPS, UNITS, Definition, Span, Step, Window
from analytics.behaviour.matching import OPERATORS, WITH_NUMBER, WITHOUT_VALUE, Condition, number_of
from analytics.choices import Granularity, ReportKind
from customers.models import Segment, User

LONGEST_NAME, LONGEST_VALUE = 200, 200
MOST_SEGMENTS, MOST_CONDITIONS = 5, 10
MOST_DAYS, MOST_WINDOW = 3660, 400
LIMITS = {"columns": (1, 60), "depth": (1, 10), "top": (1, 20)}
USUAL: dict[str, Any] = {
    "by": Granularity.DAY.value,
    "breakdown": "",
    "window": Window(7, "days"),
    "columns": 8,
    "is_backwards": False,
    "skips_repeats": True,
    "depth": 4,
    "top": 5,
}
FIRST_YEAR, LAST_YEAR = 1970, 2200
SLACK = {Granularity.DAY: 0, Granularity.WEEK: 6, Granularity.MONTH: 30}


class DefinitionInvalid(Exception):
    """What a report is asked for cannot be asked. `errors`: sentences by the part that is wrong; parts of steps are
    named as `steps.0` and `steps.0.where.1`."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        self.errors = errors
        super().__init__(" ".join(text for texts in errors.values() for text in texts))


class _Wrong(Exception):
    """One part is wrong; the message says why."""


def read_report(*, kind: str, definition: Any, user: User | None) -> Definition:
    """The question behind a definition. Segments must be in the user's sight (None: the system's).

    Raises DefinitionInvalid with all that is wrong."""
    if kind not in ReportKind.values:
        raise DefinitionInvalid({"kind": [_("There is no such kind of report.")]})
    if not isinstance(definition, Mapping):
        raise DefinitionInvalid({"definition": [_("This is no object.")]})
    errors: dict[str, list[str]] = {}
    known = {"steps", "period", "time_zone", "segments", *ASKED[kind]}
    for name in sorted(str(name) for name in definition if name not in known):
        errors[name] = [_("A report of this kind does not ask for this.")]

    def part(name: str, read: Callable[[Any], Any], usual: Any) -> Any:
        value = definition.get(name)
        if value is None:
            return usual
        try:
            return read(value)
        except _Wrong as wrong:
            errors[name] = [str(wrong)]
        except DefinitionInvalid as wrong:
            errors.update(wrong.errors)
        return usual

    steps = part("steps", lambda value: _steps(value, kind), ())
    period = part("period", _period, Span(days=30))
    zone = part("time_zone", _zone, get_current_timezone_name())
    segments = part("segments", lambda value: _segments(value, user), ())
    asked = {name: part(name, READERS[name], USUAL[name]) for name in ASKED[kind]}
    if not errors and len(steps) < STEPS[kind][0]:
        errors["steps"] = [_too_few(kind)]
    read = Definition(kind, steps, period, zone, segments=segments, **{**USUAL, **asked})
    if not errors:
        _check_length(read, errors)
    if errors:
        raise DefinitionInvalid(errors)
    return read


def _too_few(kind: str) -> str:
    if kind == ReportKind.FUNNEL:
        return _("A funnel has two steps or more.")
    if kind == ReportKind.RETENTION:
        return _("Choose the first event and the one that people come back with.")
    return _("Choose an event.")


def _check_length(read: Definition, errors: dict[str, list[str]]) -> None:
    """Of the last days, whatever the day: they may touch one week or month more."""
    if "by" not in ASKED[read.kind]:
        return
    first, last = read.period.ends(date(2000, 1, 1))
    if read.period.days is not None:
        first -= timedelta(days=SLACK[Granularity(read.by)])
    further = read.columns if read.kind == ReportKind.RETENTION else 0
    try:
        steps_between(first, last, read.by, read.zone, further=further)
    except TooManySteps:
        errors["period"] = [_("These are more than 400 steps: choose a shorter period, or weeks or months.")]


def _text(value: Any, longest: int) -> str:
    if not isinstance(value, str) or "\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
        raise _Wrong(_("Give a text."))
    if len(value) > longest:
        raise _Wrong(_("Give at most %(most)d signs.") % {"most": longest})
    return value


def _whole(value: Any, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise _Wrong(_("Give a whole number from %(least)d to %(most)d.") % {"least": least, "most": most})
    return value


def _yes_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _Wrong(_("Give true or false."))
    return value


def _known(value: Any, names: set[str]) -> None:
    if not isinstance(value, Mapping):
        raise _Wrong(_("This is no object."))
    if not {*value} <= names:
        raise _Wrong(_("There are parts here that nobody knows."))


def _list(value: Any, most: int) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise _Wrong(_("This is no list."))
    if len(value) > most:
        raise _Wrong(_("These are more than %(most)d.") % {"most": most})
    return [*value]


def _period(value: Any) -> Span:
    _known(value, {"days", "first", "last"})
    if value.get("days") is not None:
        if value.get("first") is not None or value.get("last") is not None:
            raise _Wrong(_("Give the last days, or from when to when: not both."))
        return Span(days=_whole(value["days"], 1, MOST_DAYS))
    first, last = (_day(value.get(name)) for name in ("first", "last"))
    if last < first:
        raise _Wrong(_("The period ends before it begins."))
    if (last - first) > timedelta(days=MOST_DAYS):
        raise _Wrong(_("Give at most ten years."))
    return Span(first=first, last=last)


def _day(value: Any) -> date:
    try:
        day = date.fromisoformat(_text(value, 10))
    except (ValueError, _Wrong):
        raise _Wrong(_("Give the days as 2026-01-31.")) from None
    if not FIRST_YEAR <= day.year < LAST_YEAR:
        raise _Wrong(_("This period is out of range."))
    return day


def _zone(value: Any) -> str:
    if _text(value, 64) not in zoneinfo.available_timezones():
        raise _Wrong(_("There is no such time zone. Write it like Asia/Shanghai."))
    return str(value)


def _segments(value: Any, user: User | None) -> tuple[int, ...]:
    keys = [_whole(key, 1, 2**63 - 1) for key in _list(value, MOST_SEGMENTS)]
    rows = Segment.objects.all() if user is None else Segment.objects.visible_to(user)
    seen = {*rows.filter(pk__in=keys).values_list("pk", flat=True)} if keys else set()
    if not seen.issuperset(keys):
        raise _Wrong(_("The segment is gone, or you may not see it. Choose another."))
    return tuple(dict.fromkeys(keys))


def _window(value: Any) -> Window:
    _known(value, {"count", "unit"})
    if value.get("unit") not in UNITS:
        raise _Wrong(_("Give the window in hours or days."))
    return Window(_whole(value.get("count"), 1, MOST_WINDOW), value["unit"])


def _by(value: Any) -> str:
    if value not in Granularity.values:
        raise _Wrong(_("Choose days, weeks or months."))
    return str(value)


def _steps(value: Any, kind: str) -> tuple[Step, ...]:
    steps, errors = list[Step](), dict[str, list[str]]()
    for number, row in enumerate(_list(value, STEPS[kind][1])):
        try:
            _known(row, {"event", "where"})
            event = row.get("event")
            if event is not None:
                event = _text(event, LONGEST_NAME)
                if not event.strip():
                    raise _Wrong(_("Choose an event."))
            steps.append(Step(event, _conditions(row.get("where") or (), number, errors)))
        except _Wrong as wrong:
            errors[f"steps.{number}"] = [str(wrong)]
    if errors:
        raise DefinitionInvalid(errors)
    return tuple(steps)


def _conditions(rows: Any, step: int, errors: dict[str, list[str]]) -> tuple[Condition, ...]:
    conditions = []
    for number, row in enumerate(_list(rows, MOST_CONDITIONS)):
        try:
            conditions.append(_condition(row))
        except _Wrong as wrong:
            errors[f"steps.{step}.where.{number}"] = [str(wrong)]
    return tuple(conditions)


def _condition(row: Any) -> Condition:
    _known(row, {"property", "op", "value"})
    name, op = _text(row.get("property"), LONGEST_NAME), row.get("op")
    if not name.strip():
        raise _Wrong(_("Name the property."))
    if op not in OPERATORS:
        raise _Wrong(_("Choose how it is asked."))
    if op in WITHOUT_VALUE:
        return Condition(name, op)
    value = _text("" if row.get("value") is None else row["value"], LONGEST_VALUE)
    if op in WITH_NUMBER and number_of(value) is None:
        raise _Wrong(_("Give a number."))
    return Condition(name, op, value)


READERS: dict[str, Callable[[Any], Any]] = {
    "by": _by,
    "breakdown": lambda value: _text(value, LONGEST_NAME).strip(),
    "window": _window,
    "is_backwards": _yes_no,
    "skips_repeats": _yes_no,
    **{name: partial(_whole, least=least, most=most) for name, (least, most) in LIMITS.items()},
}
