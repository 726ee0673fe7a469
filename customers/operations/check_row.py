"""Whether a row can be stored, said in one sentence: quickly for the many rows that can."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cache
from operator import le
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import CharField, DateTimeField, Field, Model, TextField
from django.utils.translation import gettext as _

from customers.encryption.fields import EncryptedTextField
from customers.models.derived_names import FoldedNameField, NameKeyField
from customers.operations.records import Refused

# Text without rules of its own but its length (a slug has some).
PLAIN_TEXTS = (CharField, TextField, EncryptedTextField)

Test = Callable[[Any], bool]


def check_row(row: Model, *, leave_out: tuple[str, ...] = ()) -> None:
    """Raise Refused where a value is missing, too long, not among the choices or not storable.

    Foreign keys are not looked up: leave them out by name."""
    tests = _tests(type(row), leave_out)
    values = row.__dict__
    if tests.pass_all(values):
        return
    doubtful = [field for field, is_fine in tests.each if not is_fine(values.get(field.attname, _ABSENT))]
    if not doubtful:
        return
    for field in doubtful:
        _check_text(field.name, getattr(row, field.attname))
    fine = {field.name for field in row._meta.concrete_fields} - {field.name for field in doubtful}
    try:
        row.clean_fields(exclude=fine)
    except ValidationError as error:
        raise Refused(in_one_line(error)) from error


_ABSENT = object()


class _Tests:
    """Quick tests of the fields of a model that say whether their values need no closer look: Django's own validation
    takes half of an import's time otherwise."""

    def __init__(self, fields: "Iterable[Field[Any, Any]]") -> None:
        self.each = [(field, _test_of(field)) for field in fields]
        texts = [field for field, _ in self.each if _is_plain_text(field)]
        self._texts = [field.attname for field in texts]
        self._longest = [_longest(field) for field in texts]
        self._needed = [field.attname for field in texts if not field.blank]
        self._others = [(field.attname, is_fine) for field, is_fine in self.each if field not in texts]

    def pass_all(self, values: Mapping[str, Any]) -> bool:
        """Whether all values are fine beyond doubt: those of texts are looked at as one."""
        try:
            texts = [values[name] for name in self._texts]
            together = "".join(texts)
        except (KeyError, TypeError):  # not read, or no text
            return False
        return (
            "\0" not in together
            and (together.isascii() or together.isprintable())
            and all(map(le, map(len, texts), self._longest))
            and all(values[name] for name in self._needed)
            and all(is_fine(values.get(name, _ABSENT)) for name, is_fine in self._others)
        )


@cache
def _tests(model: type[Model], leave_out: tuple[str, ...]) -> _Tests:
    return _Tests(field for field in model._meta.concrete_fields if field.name not in leave_out)


def _is_plain_text(field: Any) -> bool:
    return field.choices is None and type(field) in PLAIN_TEXTS


def _longest(field: Any) -> int:
    return field.max_length or 2**31


def _test_of(field: Any) -> Test:
    if isinstance(field, FoldedNameField | NameKeyField):
        return lambda value: True  # follows from the name when the row is written
    may_be_null = bool(field.null)
    if field.choices is not None:
        choices = frozenset(value for value, _ in field.flatchoices)
        return lambda value: value in choices if value is not None else may_be_null
    if _is_plain_text(field):
        longest, may_be_blank = _longest(field), bool(field.blank)
        return lambda value: _is_fine_text(value, longest, may_be_blank) if value is not None else may_be_null
    if isinstance(field, DateTimeField):
        may_be_null |= field.auto_now  # it sets itself
        return lambda value: isinstance(value, datetime) if value is not None else may_be_null
    if isinstance(field, models.BooleanField):
        return lambda value: value is True or value is False
    if isinstance(field, models.JSONField):
        return _is_fine_json
    if isinstance(field, models.IntegerField) and not field._validators:  # type: ignore[attr-defined]
        return _is_small_number
    return lambda value: value is None and may_be_null


def _is_fine_text(value: Any, longest: int, may_be_blank: bool) -> bool:
    if type(value) is not str or len(value) > longest or (value == "" and not may_be_blank) or "\0" in value:
        return False
    return value.isascii() or value.isprintable()


def _is_fine_json(value: Any) -> bool:
    return type(value) is dict and all(
        type(one) in (int, bool) or (type(one) is str and _is_fine_text(one, 2**31, True)) for one in value.values()
    )


def _is_small_number(value: Any) -> bool:
    return type(value) is int and 0 <= value < 2**15


def _check_text(name: str, value: object) -> None:
    if isinstance(value, dict):
        value = json.dumps(value, ensure_ascii=False, default=str).replace("\\u0000", "\0")
    if not isinstance(value, str):
        return
    if "\0" in value:
        raise Refused(_("%(name)s: holds a NUL character") % {"name": name})
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise Refused(_("%(name)s: holds half a character (a lone surrogate)") % {"name": name}) from error


def in_one_line(error: ValidationError) -> str:
    """What a validation found, as one line."""
    if hasattr(error, "error_dict"):
        return "; ".join(f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items())
    return " ".join(error.messages)
