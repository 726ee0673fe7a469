"""How the rows of each model are taken back when an import is undone. Higher rooms register theirs here."""

from collections.abc import Callable, Collection, Container, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import Model
from django.db.models.fields.reverse_related import ForeignObjectRel

from customers.operations.source import Changes

Rows = Sequence[Any]
Restored = Sequence[tuple[Any, Changes]]
"""Rows that have their old values back, each with what was set back: column to old value."""


Row = tuple[type[Model], Any]
"""A model and a key."""


def _none_in_the_way(_keys: Collection[Any], _excused: Container[Row]) -> dict[Any, str]:
    return {}


def _nothing(_rows: Any, _at: datetime) -> None:
    """Most rows need no more than to go, or to have their columns back."""


def _no_frame(_rows: Any) -> AbstractContextManager[None]:
    return nullcontext()


def _nobody(_rows: Rows) -> set[Any]:
    return set()


@dataclass(frozen=True, slots=True)
class UndoRule:
    """What is special about the rows of a model.

    `is_derived`: made from other rows by jobs. They go with the row they are about and never stand in the way.
    `stays_when_used`: of a catalogue. One that others use, or that was edited, simply stays.
    `in_use(rows)`: keys of rows that are used in another way than by a foreign key.
    `in_the_way(keys, excused)`: keys of rows that cannot be taken back, and why, beyond what versions and foreign keys
    tell; `excused` rows are taken back with them.
    `before_removal(rows, at)`: called before rows that the import created are deleted.
    `while_restoring(rows)`: entered before rows that the import changed, as they stand, have their old columns back.
    `after_restoring(rows, at)`: called after rows that the import changed have their old columns back."""

    is_derived: bool = False
    stays_when_used: bool = False
    in_use: Callable[[Rows], set[Any]] = _nobody
    in_the_way: Callable[[Collection[Any], Container[Row]], dict[Any, str]] = _none_in_the_way
    before_removal: Callable[[Rows, datetime], None] = _nothing
    while_restoring: Callable[[Restored], AbstractContextManager[None]] = _no_frame
    after_restoring: Callable[[Restored, datetime], None] = _nothing


_rules: dict[type[Model], UndoRule] = {}
_PLAIN = UndoRule()


def register_undo(model: type[Model], rule: UndoRule) -> None:
    """Say how rows of `model` are taken back. Called once a process, when the app is ready."""
    _rules[model] = rule


def undo_rule(model: type[Model]) -> UndoRule:
    """The rule of a model; the plain one where none was registered."""
    return _rules.get(model, _PLAIN)


@cache
def referrers(model: type[Model]) -> tuple[ForeignObjectRel, ...]:
    """The foreign keys of all rooms that lead to `model`, but those of derived rows."""
    return tuple(
        relation
        for relation in model._meta.get_fields(include_hidden=True)
        if isinstance(relation, ForeignObjectRel)
        and (relation.one_to_many or relation.one_to_one)
        and relation.field.concrete
        and not undo_rule(relation.related_model).is_derived
    )
