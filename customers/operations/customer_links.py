"""Every foreign key to a customer, of all rooms, and what a merge does with its rows: as the models declare it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model, Q, QuerySet, UniqueConstraint

from customers.choices import OnMerge
from customers.models import Customer


@dataclass(frozen=True, slots=True)
class Link:
    """One foreign key to Customer."""

    model: type[Model]
    field: str
    rule: OnMerge | None  # None: the model does not say

    @property
    def label(self) -> str:
        """The name of the model, as `apps.get_model` takes it."""
        return self.model._meta.label

    def rows_of(self, *customer_ids: int) -> "QuerySet[Any]":
        """The rows that refer to one of these customers."""
        return self.model._base_manager.filter(**{f"{self.field}__in": customer_ids})

    def unique_with(self) -> list[list[str]]:
        """For each rule that rows be unique per customer: the other columns that it looks at."""
        options = self.model._meta
        sets: list[Sequence[str]] = [rule.fields for rule in options.constraints if isinstance(rule, UniqueConstraint)]
        sets += [tuple(names) for names in options.unique_together]
        if getattr(options.get_field(self.field), "unique", False):
            sets.append((self.field,))
        return [[name for name in names if name != self.field] for names in sets if self.field in names]


def customer_links(*rules: OnMerge) -> list[Link]:
    """The foreign keys to Customer with one of these rules, in an order that never changes.

    Raises ImproperlyConfigured where a model does not say what becomes of its rows: rather no merge than lost rows."""
    found = _links()
    missing = [f"{link.label}.{link.field}" for link in found if link.rule is None]
    if missing:
        raise ImproperlyConfigured(f"say in `on_merge` what a merge does with the rows of {', '.join(missing)}")
    return [link for link in found if link.rule in rules]


@cache
def _links() -> list[Link]:
    relations = [
        relation
        for relation in Customer._meta.get_fields(include_hidden=True)
        if relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one)
    ]
    links = [_link(relation) for relation in relations]
    return sorted(links, key=lambda link: (link.label, link.field))


def _link(relation: Any) -> Link:
    model, field = relation.related_model, relation.field.name
    if model._meta.auto_created:  # the table of a many-to-many relation, such as tags
        return Link(model, field, OnMerge.MOVE)
    return Link(model, field, getattr(model, "on_merge", {}).get(field))


@dataclass(frozen=True, slots=True)
class Subject:
    """A model that facts are about: `type` stands in the observations, `parties` are the paths to the customers whom a
    row counts for."""

    model: type[Model]
    type: str
    parties: tuple[str, ...]

    def about(self, customer_id: int) -> Q:
        """The condition that a row counts for this customer."""
        condition = Q()
        for path in self.parties:
            condition |= Q(**{path: customer_id})
        return condition


@cache
def fact_subjects() -> list[Subject]:
    """The models that facts are about, as they declare it by `fact_subject` and `fact_parties`."""
    models: dict[type[Any], None] = {link.model: None for link in _links() if hasattr(link.model, "fact_subject")}
    return [Subject(model, str(model.fact_subject), model.fact_parties) for model in models]
