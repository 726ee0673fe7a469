"""Entries of the audit record in words: which fields of which row, what stood there, what stands there now."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, Model
from django.utils.dateparse import parse_datetime
from django.utils.formats import localize
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from customers.admin.scope import visible_rows
from customers.audit.record import values_of
from customers.encryption.cipher import CannotDecrypt
from customers.models import AuditEntry, User

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Line:
    """One field of an entry."""

    label: str
    old: str
    new: str


@dataclass(slots=True)
class Told:
    """An entry as people read it. `problem` says why there are no lines where there should be."""

    entry: AuditEntry
    who: str
    what: str
    model: str
    lines: list[Line] = field(default_factory=list)
    facts: list[tuple[str, str]] = field(default_factory=list)
    problem: str = ""


def tell(entries: Iterable[AuditEntry], user: User) -> list[Told]:
    """The entries in words. A row that one refers to and that `user` may not see shows its key alone. Asks the database
    once for each model that is referred to."""
    opened = [(entry, *_opened(entry)) for entry in entries]
    names = _names([(entry.model, values.get("changes", {})) for entry, values, _problem in opened], user)
    return [_told(entry, values, problem, names) for entry, values, problem in opened]


def model_of(label: str) -> type[Model] | None:
    """The model of an entry; None where this release has it no more."""
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        return None


def model_name(label: str) -> str:
    """What people call the kind of row."""
    model = model_of(label)
    name = str(model._meta.verbose_name) if model else label
    return name[:1].upper() + name[1:]


def who_did(entry: AuditEntry) -> str:
    """The user, by name where they are still there; the system where it was nobody."""
    if entry.actor_id is None:
        return str(entry.get_channel_display())
    return entry.actor.get_username() if entry.actor else f"#{entry.actor_id}"


def _opened(entry: AuditEntry) -> tuple[dict[str, Any], str]:
    try:
        values = values_of(entry)
    except CannotDecrypt:
        return {}, _("These values cannot be decrypted.")
    return ({}, _("These values were made unreadable.")) if values is None else (values, "")


def _told(entry: AuditEntry, values: dict[str, Any], problem: str, names: dict[tuple[Any, str], str]) -> Told:
    model = model_of(entry.model)
    told = Told(entry, who_did(entry), str(entry.get_kind_display()), model_name(entry.model), problem=problem)
    for name, pair in values.get("changes", {}).items():
        column = _field(model, name)
        label = str(column.verbose_name) if column is not None else name.replace("_", " ")
        old, new = (_words(column, value, names) for value in pair)
        told.lines.append(Line(label[:1].upper() + label[1:], old, new))
    told.facts = [
        (name.replace("_", " "), _words(None, value, names)) for name, value in values.get("facts", {}).items()
    ]
    return told


def _field(model: type[Model] | None, name: str) -> "Field[Any, Any] | None":
    try:
        found = model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        return None
    return found if isinstance(found, Field) else None


def _words(column: "Field[Any, Any] | None", value: Any, names: dict[tuple[Any, str], str]) -> str:
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if column is not None and column.is_relation:
        return names.get((column.related_model, str(value)), f"#{value}")
    if column is not None and column.flatchoices:
        return str({str(code): label for code, label in column.flatchoices}.get(str(value), value))
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(value) or NOTHING
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and column is not None and column.get_internal_type() == "DateTimeField":
        moment = parse_datetime(value)
        return str(localize(localtime(moment))) if moment else value
    return str(value)


def _names(changes: Sequence[tuple[str, dict[str, Any]]], user: User) -> dict[tuple[Any, str], str]:
    """(model, key) -> name of the rows that foreign keys lead to, of those that the user may see."""
    wanted: dict[Any, set[Any]] = defaultdict(set)
    for label, columns in changes:
        model = model_of(label)
        for name, pair in columns.items():
            column = _field(model, name)
            if column is not None and column.is_relation:
                wanted[column.related_model].update(value for value in pair if value is not None)
    return {
        (model, str(row.pk)): str(row)
        for model, keys in wanted.items()
        for row in visible_rows(model, user).filter(pk__in=keys)
    }
