"""Everything on record of one person, as the register of personal data declares it (GDPR art. 15 and 20, PIPL art. 45):
the rows that are about them and those of whoever was merged into them, without what is about staff and without what is
computed for searching alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from customers.models import Customer
from customers.operations.person_files import PersonFile, file_of, has_files
from customers.operations.plain_rows import plain
from customers.operations.rows_about import by_keys, keys_about, model_of, person_ids
from customers.registry import Entry, register_entries
from customers.registry.terms import OnErasure, Pii

TOLD = (Pii.DIRECT, Pii.INDIRECT, Pii.FREE)
# Made for searching: they say nothing that the values do not say.
INDEXES = ("blind_index", "domain_index", "key_index", "email_index", "path")


@dataclass(frozen=True, slots=True)
class Told:
    """One column that is told of."""

    name: str
    title: str
    field: Any


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One row: its key, its values for programs and as people read them, and its file."""

    pk: Any
    values: dict[str, Any]
    shown: list[str]
    file: PersonFile | None


@dataclass(frozen=True, slots=True)
class Section:
    """All rows of one model."""

    entry: Entry
    title: str
    columns: list[Told]
    rows: list[PersonRow]


def person_data(*, customer: Customer) -> Iterator[Section]:
    """Section by section; models without a row about the person are left out. A query for 500 rows, and one for each
    many-to-many column."""
    ids = person_ids(customer=customer)
    for entry in register_entries():
        columns = _told(entry)
        keys = keys_about(entry, ids) if columns and entry.about else []
        if keys:
            model: Any = model_of(entry)
            title = str(model._meta.verbose_name_plural)
            yield Section(entry, f"{title[:1].upper()}{title[1:]}", columns, list(_rows(entry, columns, keys)))


def _told(entry: Entry) -> list[Told]:
    model: Any = model_of(entry)
    columns = []
    for column in entry.each():
        if column.pii in TOLD and column.on_erasure != OnErasure.DERIVED and column.name not in INDEXES:
            field = model._meta.get_field(column.name)
            title = str(field.verbose_name)
            columns.append(Told(column.name, f"{title[:1].upper()}{title[1:]}", field))
    return columns


def _rows(entry: Entry, columns: Sequence[Told], keys: Sequence[Any]) -> Iterator[PersonRow]:
    joined = [told.name for told in columns if told.field.many_to_one or told.field.one_to_one]
    many = [told.name for told in columns if told.field.many_to_many]
    for some in by_keys(entry, keys):
        rows = some.order_by("pk").prefetch_related(*many)
        for row in rows.select_related(*joined) if joined else rows:
            values = {told.name: _value(row, told) for told in columns}
            shown = [_shown(row, told, values[told.name]) for told in columns]
            yield PersonRow(plain(row.pk), values, shown, file_of(row) if has_files(entry.model) else None)


def _value(row: Model, told: Told) -> Any:
    """As JSON takes it. Of another party only the key is told: they have rights of their own (GDPR art. 15(4))."""
    if told.field.many_to_many:
        return [str(other) for other in getattr(row, told.name).all()]
    if told.field.is_relation:
        if told.field.related_model is Customer:
            return getattr(row, told.field.attname)
        other = getattr(row, told.name)
        return None if other is None else str(other)
    return plain(getattr(row, told.name))


def _shown(row: Any, told: Told, value: Any) -> str:
    if told.field.choices:
        return str(getattr(row, f"get_{told.name}_display")())
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    if isinstance(value, dict):
        return "; ".join(f"{name}: {one}" for name, one in value.items())
    return "" if value is None else str(value)
