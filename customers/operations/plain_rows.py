"""Rows as plain JSON values, column by column, and back: what is encrypted stays encrypted."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import F, Field, Model, QuerySet

from customers.encryption.fields import EncryptedTextField, Sealed
from customers.models import Versioned
from customers.operations.source import chunks

Plain = dict[str, Any]


def plain_rows(rows: "QuerySet[Any]") -> list[Plain]:
    """These rows as {column: plain value}, in the order of their keys."""
    names = [field.attname for field in rows.model._meta.concrete_fields]
    return [{name: plain(value) for name, value in row.items()} for row in rows.order_by("pk").values(*names)]


def plain(value: Any) -> Any:
    """One value as JSON takes it, to the last digit."""
    if isinstance(value, Sealed):
        return value.token
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    return value


def column_value(field: "Field[Any, Any]", value: Any) -> Any:
    """What `plain` made plain, as the column takes it."""
    if value is None:
        return None
    return Sealed(value) if isinstance(field, EncryptedTextField) else field.to_python(value)


def put_back(model: type[Model], rows: Iterable[Plain]) -> tuple[list[Model], list[Plain]]:
    """Insert rows under the keys that they had. Returns those that were written, and those that something stands in the
    way of: a row with the same key or the same unique columns, or one that they refer to is gone."""
    rows = list(rows)
    missing = _missing_references(model, rows)
    written: list[Model] = []
    refused: list[Plain] = []
    for row in rows:
        instance = model(**{f.attname: column_value(f, row.get(f.attname)) for f in model._meta.concrete_fields})
        if missing(instance) or not _inserted(model, instance):
            refused.append(row)
        else:
            written.append(instance)
    return written, refused


def _inserted(model: type[Model], instance: Model) -> bool:
    try:
        with transaction.atomic():
            # As it stands: `save` of some models computes columns anew.
            model._base_manager.bulk_create([instance])
    except IntegrityError:
        return False
    return True


def _missing_references(model: type[Model], rows: list[Plain]) -> Any:
    """A test whether a row refers to one that is not there; asked up front, since databases complain at the end."""
    here: dict[str, set[Any]] = {}
    keys: list[Any] = [field for field in model._meta.concrete_fields if field.is_relation]
    for field in keys:
        target: Any = field.related_model
        wanted = {column_value(field.target_field, row.get(field.attname)) for row in rows} - {None}
        here[field.attname] = {
            pk
            for part in chunks(wanted)
            for pk in target._base_manager.filter(pk__in=part).values_list("pk", flat=True)
        }

    def missing(instance: Model) -> bool:
        values = ((getattr(instance, name), found) for name, found in here.items())
        return any(value is not None and value not in found for value, found in values)

    return missing


def next_version(model: type[Model]) -> dict[str, Any]:
    """For an update past `save`: rows that people edit move their version on."""
    return {"version": F("version") + 1} if issubclass(model, Versioned) else {}


Changes = dict[str, dict[str, dict[str, list[Any]]]]
"""{model label: {key: {column: [before, after]}}}"""


class ChangedRows:
    """What changed in rows beside where they belong, in plain values: written at once, and put back where it still
    stands."""

    def __init__(self) -> None:
        self.found: Changes = defaultdict(lambda: defaultdict(dict))

    def write(self, row: Model, **values: Any) -> None:
        """Give the row's columns these values and remember what stood there. An encrypted column is given, and must
        have been left, as Sealed: what is remembered is not to be read."""
        label, key = row._meta.label, str(row.pk)
        for name, value in values.items():
            before = row.__dict__[name]
            if isinstance(row._meta.get_field(name), EncryptedTextField) and not isinstance(before, Sealed):
                raise TypeError(f"{label}.{name} was read, and would be remembered in clear")
            if plain(before) != plain(value):
                self.found[label][key][name] = [plain(before), plain(value)]
        type(row)._base_manager.filter(pk=row.pk).update(**values, **next_version(type(row)))
        row.__dict__.update(values)

    def as_dict(self) -> Changes:
        """For a JSON column."""
        return {label: {key: dict(columns) for key, columns in rows.items()} for label, rows in self.found.items()}


def change_back(changes: Mapping[str, Mapping[str, Mapping[str, list[Any]]]]) -> None:
    """Put back what stood before, column by column, where what was written then still stands. A row that something
    stands in the way of stays as it is."""
    for label, rows in changes.items():
        model: Any = apps.get_model(label)
        fields = {field.attname: field for field in model._meta.concrete_fields}
        for keys in chunks(rows):
            for now in plain_rows(model._base_manager.filter(pk__in=keys)):
                key = str(now[model._meta.pk.attname])
                back = {
                    name: column_value(fields[name], before)
                    for name, (before, after) in rows[key].items()
                    if now[name] == after
                }
                if back:
                    _change(model, key, back)


def _change(model: Any, key: str, values: dict[str, Any]) -> None:
    with suppress(IntegrityError), transaction.atomic():
        model._base_manager.filter(pk=key).update(**values, **next_version(model))
