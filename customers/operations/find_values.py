"""Which rows hold one of some texts, in any column of text, JSON or bytes, of any model: declared as personal or not,
so that the register is not trusted in this."""

import json
from collections.abc import Iterator, Sequence
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.apps import apps
from django.db.models import BinaryField, CharField, JSONField, Model, Q, TextField
from django.db.models.functions import Cast

from customers.encryption.fields import EncryptedTextField

TEXT = "looked_through"


class TextColumn(NamedTuple):
    """A column that may hold a text."""

    model: type[Model]
    field: Any

    @property
    def name(self) -> str:
        """As it is told: customers.Interaction.subject."""
        return f"{self.model._meta.label}.{self.field.name}"

    @property
    def is_plain(self) -> bool:
        """Whether the database keeps it as a text, and nothing else."""
        return isinstance(self.field, CharField) or type(self.field) is TextField

    @property
    def rows(self) -> Any:
        """All rows of its model."""
        return self.model._default_manager.all()


def text_columns() -> Iterator[TextColumn]:
    """Every column of text, JSON or bytes in which anything may stand. Encrypted ones are looked through apart."""
    for model in apps.get_models():
        if model._meta.proxy or not model._meta.managed:
            continue
        for field in model._meta.concrete_fields:
            is_text = isinstance(field, CharField | TextField | JSONField | BinaryField)
            if is_text and not field.choices and not isinstance(field, EncryptedTextField):
                yield TextColumn(model, field)


def find_values(*, column: TextColumn, values: Sequence[str]) -> list[Any]:
    """The keys, in order, of the rows whose column holds one of these texts, however they are written. One query."""
    if not values:
        return []
    if isinstance(column.field, BinaryField):
        return [pk for pk, held in column.rows.values_list("pk", column.field.name) if _in_bytes(held, values)]
    rows = column.rows.order_by()
    name = column.field.name
    if not column.is_plain:
        rows, name = rows.alias(**{TEXT: Cast(name, TextField())}), TEXT
    held = reduce(or_, (Q(**{f"{name}__icontains": text}) for text in _written(values, column.field)))
    return sorted(rows.filter(held).values_list("pk", flat=True))


def _written(values: Sequence[str], field: Any) -> list[str]:
    """The texts, and, in JSON, as JSON writes them: not every database decodes its escapes."""
    if not isinstance(field, JSONField):
        return list(values)
    plain = {json.dumps(text, ensure_ascii=False)[1:-1] for text in values}
    return sorted(plain | {json.dumps(text)[1:-1] for text in values})


def _in_bytes(held: Any, values: Sequence[str]) -> bool:
    return held is not None and any(text.encode() in bytes(held) for text in values)
