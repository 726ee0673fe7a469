"""The conditions of rules, of assignment rules and of SLA policies: read strictly, and asked of a ticket. This is the
one place where a condition is decided; no query repeats it."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from customers.folding import fold
from services.operations.rule_fields import (
    WITH_NUMBER,
    WITHOUT_VALUE,
    Field,
    FieldType,
    Op,
    field_named,
)
from services.operations.rule_known import Known, Subject

PARTS = ("all", "any")
MOST_CONDITIONS = 30
MOST_VALUES = 100
LONGEST_TEXT = 200
LARGEST = 10**15


class RuleInvalid(ValueError):
    """A rule that asks for, or does, what there is not. `problems`: place to sentence, where a place is
    ("all", 0), ("actions", 2) or (name of a field,)."""

    def __init__(self, problems: dict[tuple[Any, ...], str]) -> None:
        self.problems = problems
        super().__init__(" ".join(self.sentences()))

    def sentences(self, part: str = "") -> list[str]:
        """What is wrong, one sentence each with its place; `part`: conditions or actions alone."""
        found = []
        for place, text in self.problems.items():
            if part and part != ("conditions" if place[0] in (*PARTS, "conditions") else place[0]):
                continue
            if len(place) == 2 and place[0] == "actions":
                text = _("Action %(number)d: %(problem)s") % {"number": place[1] + 1, "problem": text}
            elif len(place) == 2:
                which = {"all": _("all of these"), "any": _("any of these")}[place[0]]
                text = _("Condition %(number)d (%(which)s): %(problem)s") % {
                    "number": place[1] + 1,
                    "which": which,
                    "problem": text,
                }
            found.append(text)
        return found


@dataclass(frozen=True, slots=True)
class Condition:
    """One field and what is asked of it. `value`: a list, a number, or None, as the operator has it."""

    field: str
    op: str
    value: Any = None

    def as_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {"field": self.field, "op": self.op, **({} if self.op in WITHOUT_VALUE else {"value": self.value})}


@dataclass(frozen=True, slots=True)
class Conditions:
    """All of the first, and (where there are some) any of the second."""

    all: tuple[Condition, ...] = ()
    any: tuple[Condition, ...] = ()

    def as_json(self) -> dict[str, list[dict[str, Any]]]:
        """As they are stored."""
        return {"all": [one.as_json() for one in self.all], "any": [one.as_json() for one in self.any]}


def conditions_of(data: Any) -> Conditions:
    """Stored conditions. What is no condition any more is kept, and met by nothing."""
    given = {part: rows for part, rows in data.items() if isinstance(rows, list)} if isinstance(data, dict) else {}
    return Conditions(
        *(
            tuple(
                Condition(str(one.get("field", "")), str(one.get("op", "")), one.get("value"))
                for one in given.get(part) or ()
                if isinstance(one, dict)
            )
            for part in PARTS
        )
    )


def column_conditions(row: Any, names: Iterable[str]) -> tuple[Condition, ...]:
    """The conditions of an assignment rule or a policy, whose columns they are; one that is empty is none."""
    values = ((name, getattr(row, f"{name}_id", None) or getattr(row, name, None)) for name in names)
    return tuple(Condition(name, Op.IS, [value]) for name, value in values if value not in (None, ""))


def are_met(conditions: Conditions, subject: Subject, known: Known) -> bool:
    """Whether a ticket meets them."""
    if first_unmet(conditions.all, subject, known) is not None:
        return False
    return not conditions.any or any(is_met(one, subject, known) for one in conditions.any)


def met_of(conditions: Conditions, subject: Subject, known: Known) -> Conditions:
    """Those that a ticket meets: what the log says of a firing."""
    return Conditions(
        tuple(one for one in conditions.all if is_met(one, subject, known)),
        tuple(one for one in conditions.any if is_met(one, subject, known)),
    )


def first_unmet(conditions: Sequence[Condition], subject: Subject, known: Known) -> Condition | None:
    """The first that the ticket does not meet; None: it meets all. They are asked in order."""
    return next((one for one in conditions if not is_met(one, subject, known)), None)


def is_met(condition: Condition, subject: Subject, known: Known) -> bool:
    """Whether a ticket meets one condition. One about a field that is gone is met by none."""
    field = field_named(condition.field)
    if field is None:
        return False
    asked = condition.value
    if field.meet is not None and isinstance(asked, list):
        given = field.meet(known, subject, asked)
        return bool(given) == (condition.op == Op.IS)
    given = field.read(known, subject)
    try:
        return _holds(condition.op, asked, given)
    except TypeError:  # an attribute whose type changed: text where a number is asked for
        return False


def _holds(op: str, asked: Any, given: Any) -> bool:
    match op:
        case Op.IS:
            return any(value in asked for value in given)
        case Op.IS_NOT:
            return not any(value in asked for value in given)
        case Op.AT_LEAST:
            return any(value >= asked for value in given)
        case Op.AT_MOST:
            return any(value <= asked for value in given)
        case Op.CONTAINS:
            return _contains(asked, given)
        case Op.LACKS:
            return not _contains(asked, given)
        case Op.EMPTY:
            return not given
        case Op.NOT_EMPTY:
            return bool(given)
    return False


def _contains(words: Iterable[str], texts: Iterable[Any]) -> bool:
    """Whether one of the words stands in one of the texts, whatever their case, accents and width."""
    folded = [fold(str(text)) for text in texts]
    return any(fold(word) in text for word in words for text in folded)


def read_conditions(data: Any, *, fields: Mapping[str, Field]) -> Conditions:
    """The conditions that somebody sends. Raises RuleInvalid, which names everything that is wrong."""
    if not isinstance(data, dict) or set(data) - {*PARTS}:
        raise RuleInvalid({("conditions",): _("Give an object with the lists “all” and “any”.")})
    problems: dict[tuple[Any, ...], str] = {}
    found: dict[str, list[Condition]] = {part: [] for part in PARTS}
    for part in PARTS:
        rows = data.get(part, [])
        if not isinstance(rows, list) or len(rows) > MOST_CONDITIONS:
            problems[("conditions",)] = _("Give lists of at most %(most)d conditions.") % {"most": MOST_CONDITIONS}
            continue
        for number, row in enumerate(rows):
            try:
                found[part].append(_read(row, fields))
            except ValueError as error:
                problems[part, number] = str(error)
    if problems:
        raise RuleInvalid(problems)
    return Conditions(tuple(found["all"]), tuple(found["any"]))


def _read(row: Any, fields: Mapping[str, Field]) -> Condition:
    if not isinstance(row, dict) or set(row) - {"field", "op", "value"}:
        raise ValueError(_("Give an object with field, op and value."))
    code, op = row.get("field"), row.get("op")
    field = fields.get(code) if isinstance(code, str) else None
    if field is None:
        raise ValueError(_("There is no “%(field)s” (any more) that could be asked for.") % {"field": str(code)[:100]})
    if op not in field.operators():
        raise ValueError(_("“%(field)s” cannot be asked in this way.") % {"field": field.label})
    return Condition(field.code, str(op), _value(field, Op(op), row.get("value")))


def _value(field: Field, op: Op, given: Any) -> Any:
    if op in WITHOUT_VALUE:
        if given is not None:
            raise ValueError(_("This takes no value."))
        return None
    if op in WITH_NUMBER:
        return _day(given) if field.type == FieldType.DATE else _number(given)
    values = given if isinstance(given, list) else [given]
    if not 0 < len(values) <= MOST_VALUES:
        raise ValueError(_("Give between one and %(most)d values.") % {"most": MOST_VALUES})
    return list(dict.fromkeys(_clean(field, values)))


def _clean(field: Field, values: list[Any]) -> list[Any]:
    match field.type:
        case FieldType.TEXT:
            return [_word(value) for value in values]
        case FieldType.NUMBER:
            return [_number(value) for value in values]
        case FieldType.DATE:
            return [_day(value) for value in values]
        case FieldType.YES_NO:
            if not all(isinstance(value, bool) for value in values):
                raise ValueError(_("This is neither yes nor no."))
            return values
    if field.choices is None:
        raise ValueError(_("There is nothing to choose from."))
    try:
        clean = [field.choices.clean(value) for value in values]
    except TypeError as error:
        raise ValueError(_("This is none of the choices.")) from error
    known = field.choices.labels(clean)
    gone = [str(value) for value in clean if value not in known]
    if gone:
        raise ValueError(_("“%(values)s” does not exist (any more).") % {"values": ", ".join(gone[:5])})
    return clean


def _word(value: Any) -> str:
    if not isinstance(value, str) or not fold(value) or len(value) > LONGEST_TEXT or "\x00" in value:
        raise ValueError(_("Give words of at most %(most)d characters.") % {"most": LONGEST_TEXT})
    return value.strip()


def _number(value: Any) -> int | float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value) or abs(value) > LARGEST:
        raise ValueError(_("Give a number."))
    return int(value) if float(value).is_integer() else value


def _day(value: Any) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError) as error:
        raise ValueError(_("This is not a date like 2026-01-31.")) from error
