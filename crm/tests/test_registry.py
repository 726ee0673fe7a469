"""The register of personal data knows every column of every model, no other, and says nothing that cannot be done."""

from typing import Any

import pytest
from django.apps import apps
from django.db.models import CharField, JSONField, Model, TextField

from customers.choices import RetentionKind
from customers.models import Customer
from customers.operations.retention_kinds import old_rows
from customers.operations.rows_about import model_of, rows_about
from customers.registry import entry_of, register_entries
from customers.registry.terms import OnErasure, Pii, Retention
from tests.cast import NOW


def models() -> list[type[Model]]:
    return [model for model in apps.get_models() if not model._meta.proxy]


def columns(model: Any) -> list[str]:
    return [field.name for field in (*model._meta.concrete_fields, *model._meta.many_to_many)]


def test_every_model_and_every_column_is_declared_once_and_nothing_else_is() -> None:
    declared = {entry.model: sorted(entry.names()) for entry in register_entries()}
    assert declared == {model._meta.label: sorted(columns(model)) for model in models()}


def test_every_way_to_a_customer_is_one(db: None) -> None:
    for entry in register_entries():
        assert list(rows_about(entry, [0])) == [], entry.model


def test_no_row_that_refers_to_a_customer_is_overlooked() -> None:
    for model in models():
        for field in model._meta.concrete_fields:
            if field.related_model is Customer and model is not Customer:
                assert field.name in entry_of(model._meta.label).about, (model, field.name)


def test_what_is_kept_has_a_reason() -> None:
    for entry in register_entries():
        for column in entry.each():
            assert bool(column.because) == (column.on_erasure == OnErasure.KEEP), (entry.model, column.name)


def test_what_an_erasure_does_suits_the_column() -> None:
    for entry in register_entries():
        model: Any = model_of(entry)
        for column in entry.each():
            field = model._meta.get_field(column.name)
            place = (entry.model, column.name)
            if column.on_erasure == OnErasure.DELETE:
                assert entry.is_deleted, place
            elif column.on_erasure == OnErasure.NULL:
                assert field.null, place
            elif column.on_erasure == OnErasure.TOMBSTONE:
                assert isinstance(field, CharField | TextField) and not field.unique, place
            elif column.on_erasure == OnErasure.EMPTY:
                assert field.many_to_many or isinstance(field, CharField | TextField | JSONField), place


def test_whoever_is_named_or_told_of_is_treated_where_the_row_is_about_them() -> None:
    """A direct or free column of a row about a person is never just left."""
    for entry in register_entries():
        for column in entry.each() if entry.about else ():
            if column.pii in (Pii.DIRECT, Pii.FREE):
                assert column.on_erasure not in (OnErasure.NOTHING, OnErasure.KEEP), (entry.model, column.name)


def test_every_retention_rule_is_about_something(db: None) -> None:
    for kind in RetentionKind:
        for part in old_rows(kind):
            assert part.rows(NOW).count() == 0
        assert kind.value in Retention.values
    with pytest.raises(KeyError):
        old_rows("nonsense")
