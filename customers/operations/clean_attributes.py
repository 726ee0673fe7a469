"""The values of custom attributes: read from text, checked against their definitions."""

import math
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from customers.choices import AttributeType
from customers.models import AttributeDefinition, CustomAttribute

LONGEST_TEXT = 10_000
GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
YES = {"true", "yes", "y", "1", "on", "t", "是", "对"}
NO = {"false", "no", "n", "0", "off", "f", "否", "不"}


Definitions = Mapping[str, AttributeDefinition]


class BadAttributes(ValueError):
    """Values that custom attributes do not take. `errors` is {code: message}."""

    def __init__(self, errors: dict[str, str]) -> None:
        self.errors = errors
        super().__init__("; ".join(f"{code}: {message}" for code, message in errors.items()))


def attribute_definitions() -> dict[str, CustomAttribute]:
    """All custom attributes by code."""
    return {row.code: row for row in CustomAttribute.objects.all()}


def clean_attributes(
    *,
    kind: Any,
    values: Mapping[str, Any],
    definitions: Definitions | None = None,
    required: bool = False,
    kept: Mapping[str, Any] | None = None,
    unknown: str = "",
) -> dict[str, Any]:
    """The values as they are stored: of known attributes of this kind of customer, of the right type, without empty
    ones. A value that stands already (`kept`) stays as it is, whatever its definition says now. With `required`,
    attributes that must be given are. Raises BadAttributes.

    Rows of other rooms are checked by the same rules: with `definitions` of their own, a `kind` that those understand,
    and what is said of a code that is `unknown`."""
    known: Definitions = attribute_definitions() if definitions is None else definitions
    clean: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for code, value in values.items():
        if kept is not None and code in kept and kept[code] == value and type(kept[code]) is type(value):
            clean[code] = value
            continue
        definition = known.get(code)
        if definition is None or not definition.is_of(kind):
            errors[code] = unknown or _("There is no such attribute of this kind of customer.")
            continue
        try:
            checked = check_value(definition, value)
        except ValueError as error:
            errors[code] = str(error)
            continue
        if checked is not None:
            clean[code] = checked
    if required:
        errors |= {row.code: _("This attribute is required.") for row in _missing(known.values(), kind, clean)}
    if errors:
        raise BadAttributes(errors)
    return clean


def _missing(known: Iterable[AttributeDefinition], kind: Any, given: Mapping[str, Any]) -> list[AttributeDefinition]:
    return [row for row in known if row.is_required and row.is_of(kind) and row.code not in given]


def check_value(definition: AttributeDefinition, value: Any) -> Any:
    """One value as it is stored: text, a number, a date as YYYY-MM-DD, true or false; None for an empty one.
    Raises ValueError with a message for people."""
    if value is None or value == "":
        return None
    check = {
        AttributeType.TEXT: _text,
        AttributeType.NUMBER: _number,
        AttributeType.DATE: _date,
        AttributeType.YES_NO: _yes_no,
        AttributeType.CHOICE: _text,
    }[AttributeType(definition.type)]
    checked = check(value)
    if definition.type == AttributeType.CHOICE and checked not in definition.choices:
        choices = ", ".join(str(choice) for choice in definition.choices)
        raise ValueError(_("“%(value)s” is not one of: %(choices)s.") % {"value": value, "choices": choices})
    return checked


def read_value(definition: AttributeDefinition, text: str) -> Any:
    """One value as a file or a form writes it: numbers with or without thousands separators, yes and no in words.
    None for an empty text. Raises ValueError with a message for people."""
    text = text.strip()
    if not text:
        return None
    kind = AttributeType(definition.type)
    if kind == AttributeType.NUMBER:
        return check_value(definition, _read_number(text))
    if kind == AttributeType.YES_NO:
        return check_value(definition, _read_yes_no(text))
    return check_value(definition, text)


def fit_value(definition: AttributeDefinition, value: Any) -> Any:
    """A value of any type as this definition has it: as it stands, or as its text reads ("7" as 7, 7 as "7").
    Raises ValueError."""
    try:
        return check_value(definition, value)
    except ValueError:
        if not isinstance(value, str | int | float):
            raise
        text = ("yes" if value else "no") if isinstance(value, bool) else str(value)
        return read_value(definition, text)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(_("This is not a text."))
    if len(value) > LONGEST_TEXT:
        raise ValueError(_("This is longer than %(most)d characters.") % {"most": LONGEST_TEXT})
    if "\0" in value:  # which PostgreSQL cannot store
        raise ValueError(_("Null characters are not allowed."))
    return value


def _number(value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(_("This is not a number."))
    if abs(value) >= 1e15:
        raise ValueError(_("This number is too large."))
    return int(value) if float(value).is_integer() else value


def _date(value: Any) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError) as error:
        raise ValueError(_("This is not a date like 2026-01-31.")) from error


def _yes_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(_("This is neither yes nor no."))
    return value


def _read_number(text: str) -> int | float:
    plain = text.replace(",", "") if GROUPED.fullmatch(text) else text
    try:
        return float(plain)
    except ValueError as error:
        raise ValueError(_("This is not a number.")) from error


def _read_yes_no(text: str) -> bool:
    word = text.casefold()
    if word in YES:
        return True
    if word in NO:
        return False
    raise ValueError(_("This is neither yes nor no."))
