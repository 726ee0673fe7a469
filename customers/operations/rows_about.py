"""The rows that are about a person, model by model, as the register of personal data declares it."""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.db.models import Model, Q, QuerySet

from customers.models import Customer
from customers.registry import Entry

KEYS_AT_ONCE = 500


def person_ids(*, customer: Customer) -> list[int]:
    """The key of a customer and of everybody who was merged into them, however often; theirs first."""
    found, layer = [customer.pk], [customer.pk]
    while layer:
        merged = Customer.objects.filter(merged_into__in=layer).exclude(pk__in=found)
        layer = list(merged.order_by("pk").values_list("pk", flat=True))
        found += layer
    return found


def model_of(entry: Entry) -> type[Model]:
    """The model that an entry is about."""
    return apps.get_model(entry.model)


def all_rows(entry: Entry) -> "QuerySet[Any]":
    """All rows of its model, whoever may see them: by the manager that keeps what follows from them in step."""
    return model_of(entry)._default_manager.all()


def rows_about(entry: Entry, ids: Sequence[int]) -> "QuerySet[Any]":
    """Its rows that are about one of these customers; none where the register names no way from a row to a customer."""
    if not entry.about:
        return all_rows(entry).none()
    return all_rows(entry).filter(reduce(or_, (Q(**{f"{path}__in": ids}) for path in entry.about)))


def keys_about(entry: Entry, ids: Sequence[int]) -> list[Any]:
    """Their keys, in order, each once."""
    return sorted(set(rows_about(entry, ids).order_by().values_list("pk", flat=True)))


def by_keys(entry: Entry, keys: Iterable[Any]) -> "Iterable[QuerySet[Any]]":
    """The rows with these keys, some at a time: SQLite and MariaDB refuse long lists."""
    listed = list(keys)
    for start in range(0, len(listed), KEYS_AT_ONCE):
        yield all_rows(entry).filter(pk__in=listed[start : start + KEYS_AT_ONCE])
