"""Serializers that refuse what they do not know, and fields that show nothing out of sight."""

import math
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

DEEPEST = 20
FIRST_YEAR, LAST_YEAR = 1900, 2200


class Text(serializers.CharField):
    """Text, kept as it was sent: neither trimmed nor made from numbers. White space alone is blank."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"trim_whitespace": False, **kwargs})

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if isinstance(data, str) and not self.allow_blank and not data.strip():
            self.fail("blank")
        return super().run_validation(data)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Attributes(serializers.DictField):
    """A JSON object that every database can store: no NUL, no lone surrogates, no infinite numbers."""

    def to_internal_value(self, data: Any) -> Any:
        value = super().to_internal_value(data)
        problem = _unstorable(value, DEEPEST)
        if problem:
            raise serializers.ValidationError(problem)
        return value


def _unstorable(value: Any, depth: int) -> Any:
    if depth == 0:
        return _("This is nested too deeply.")
    if isinstance(value, str) and ("\x00" in value or any("\ud800" <= c <= "\udfff" for c in value)):
        return _("NUL characters and lone surrogates cannot be stored.")
    if isinstance(value, float) and not math.isfinite(value):
        return _("Numbers must be finite.")
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return _("Whole numbers must fit into 64 bits.")
    if isinstance(value, dict):
        parts = [*value.keys(), *value.values()]
    elif isinstance(value, list):
        parts = value
    else:
        return None
    return next((problem for part in parts if (problem := _unstorable(part, depth - 1))), None)


class VisibleRow(serializers.PrimaryKeyRelatedField[Any]):
    """A reference to a row that the user may see. What they may not see does not exist."""

    def get_queryset(self) -> Any:
        queryset: Any = super().get_queryset()
        return None if queryset is None else queryset.visible_to(self.context["request"].user)


class VisibleName(serializers.SlugRelatedField[Any]):
    """The same, by a unique name instead of the key."""

    def get_queryset(self) -> Any:
        queryset: Any = super().get_queryset()
        return queryset.visible_to(self.context["request"].user)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or "\x00" in data or any("\ud800" <= c <= "\udfff" for c in data):
            self.fail("invalid")
        return super().to_internal_value(data)


class Strict(serializers.Serializer[Any]):
    """A serializer that names the fields it does not know, or does not let you write, instead of dropping them.

    What stands within another is whole also where that one is changed in part (PATCH), as the schema says; DRF itself
    lets any of its fields be missing then."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            unknown = sorted(str(name) for name in data if name not in self.fields)
            fixed = sorted(name for name, field in self.fields.items() if field.read_only and name in data)
            if unknown or fixed:
                raise serializers.ValidationError(
                    {name: [_("There is no such field.")] for name in unknown}
                    | {name: [_("This field cannot be written.")] for name in fixed}
                )
            if self.parent is not None and getattr(self.root, "partial", False):
                missing = {
                    name: [field.error_messages["required"]]
                    for name, field in self.fields.items()
                    if field.required and not field.read_only and name not in data
                }
                if missing:
                    raise serializers.ValidationError(missing)
        return super().to_internal_value(data)


class Moment(serializers.DateTimeField):
    """A moment within reach: so far from the ends of time that every zone and interval can be reckoned."""

    def to_internal_value(self, value: Any) -> Any:
        moment = super().to_internal_value(value)
        if not FIRST_YEAR <= moment.year < LAST_YEAR:
            self.fail("overflow")
        return moment

    def enforce_timezone(self, value: Any) -> Any:
        try:
            return super().enforce_timezone(value)
        except OverflowError:
            self.fail("overflow")


class Day(serializers.DateField):
    """A day within the same reach."""

    default_error_messages = {"overflow": _("This day is out of range.")}

    def to_internal_value(self, value: Any) -> Any:
        day = super().to_internal_value(value)
        if not FIRST_YEAR <= day.year < LAST_YEAR:
            self.fail("overflow")
        return day


class NothingSerializer(Strict):
    """This verb takes nothing."""


class StrictModel(Strict, serializers.ModelSerializer[Any]):
    """A strict serializer of a model."""

    serializer_related_field = VisibleRow
    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.CharField: Text,
        models.TextField: Text,
        models.DateTimeField: Moment,
        models.DateField: Day,
    }
