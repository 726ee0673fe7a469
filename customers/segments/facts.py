"""What can be asked of a customer. Higher rooms add facts of their own, and are never heard of here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from customers.models import User
from customers.querysets import OfCustomerQuerySet, OrderLineQuerySet
from customers.segments.choices import Choices
from customers.segments.clauses import Clause
from customers.segments.operators import NEGATIONS, OPERATORS, WITHOUT_VALUE, Op

Row = TypeVar("Row", bound=Model)
Text = Any  # a text, or one that is translated when it is shown

WHO = _("Who they are")
REACHED = _("How they are reached")
LABELS = _("Tags, relations and consent")
OWN = _("Custom attributes")
BOUGHT = _("Orders")
TOUCHED = _("Interactions")


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks (None: the system, which sees everything), and as of when."""

    user: User | None
    at: datetime

    def rows(self, model: type[Row]) -> QuerySet[Row]:
        """The rows of a model that count. Rows seen by whoever sees the customer need no look of their own: the
        customers are looked at anyway."""
        rows: Any = model._default_manager.order_by()
        is_seen_with_customer = isinstance(rows, OfCustomerQuerySet | OrderLineQuerySet)
        if self.user is None or is_seen_with_customer or not hasattr(rows, "visible_to"):
            return rows  # type: ignore[no-any-return]
        return rows.visible_to(self.user)  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Asked:
    """What one condition asks of its fact: an operator that is no negation, its value, and which rows count."""

    op: Op
    value: Any = None
    days: int | None = None
    where: Mapping[str, list[Any]] = field(default_factory=dict)


class Measure(Protocol):
    """How a fact is looked up."""

    def clause(self, fact: Fact, asked: Asked, asking: Asking) -> Clause:
        """The customers of whom it holds."""
        ...


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Which rows behind a fact count: tickets of a queue, orders with a product. Several values mean any of them.
    `otherwise` narrows where nothing is said: cancelled orders do not count unless they are asked for."""

    code: str
    label: Text
    choices: Choices
    narrow: Callable[[QuerySet[Any], list[Any]], QuerySet[Any]]
    otherwise: Callable[[QuerySet[Any]], QuerySet[Any]] | None = None
    is_required: bool = False
    is_single: bool = False


def by(path: str) -> Callable[[QuerySet[Any], list[Any]], QuerySet[Any]]:
    """Narrows rows down to those with one of the values in a column."""
    return lambda rows, values: rows.filter(**{f"{path}__in": values})


@dataclass(frozen=True, slots=True)
class Words:
    """How a fact reads in a sentence. `counted`: “3 orders” (an ngettext_lazy with `number`). `noun`: “a score”.
    `happened`: “last ordered %(when)s”, with `once` and `never` for not empty and empty. `phrases`: whole phrases by
    operator, with %(value)s. Without any of them: “whose <label> is ...”."""

    counted: Text = None
    noun: Text = None
    happened: Text = None
    once: Text = None
    never: Text = None
    phrases: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that is known of customers. `code` stands in saved definitions and never changes."""

    code: str
    group: Text
    label: Text
    type: str
    measure: Measure
    choices: Choices | None = None
    ops: tuple[Op, ...] = ()
    narrowings: tuple[Narrowing, ...] = ()
    has_period: bool = False
    always_has_value: bool = False
    # The permission without which nobody may ask, as "app.codename".
    needs: str = ""
    # The values are personal data: encrypted in saved definitions.
    is_personal: bool = False
    # A number of rows: whole, and not below zero.
    is_count: bool = False
    largest: int | None = None
    max_length: int = 255
    unit: Text = ""
    words: Words = Words()

    def operators(self) -> tuple[Op, ...]:
        """What can be asked of it."""
        usual = self.ops or OPERATORS[self.type]
        return tuple(op for op in usual if not (self.always_has_value and op in WITHOUT_VALUE))

    def narrowing(self, code: str) -> Narrowing | None:
        """One of its narrowings by its code."""
        return next((one for one in self.narrowings if one.code == code), None)

    def clause(self, op: Op, value: Any, days: int | None, where: Mapping[str, list[Any]], asking: Asking) -> Clause:
        """The customers of whom it holds. A negation is the rest of all customers."""
        if op in NEGATIONS:
            return self.measure.clause(self, Asked(NEGATIONS[op], value, days, where), asking).negated()
        return self.measure.clause(self, Asked(op, value, days, where), asking)


FactSource = Callable[[], Iterable[Fact]]

_sources: list[FactSource] = []


def register_facts(source: FactSource) -> FactSource:
    """Have the facts of `source()` offered; asked for anew each time. Usable as a decorator, once a process."""
    if source not in _sources:
        _sources.append(source)
    return source


class Catalogue:
    """The facts as they stand now, for one user (None: the system). Names of choices are looked up once."""

    def __init__(self, user: User | None) -> None:
        self.user = user
        self.all = {fact.code: fact for source in _sources for fact in source()}
        self._labels: dict[int, dict[Any, str | None]] = {}

    def offered(self) -> list[Fact]:
        """Those that the user may ask for."""
        return [fact for fact in self.all.values() if self.may_ask(fact)]

    def may_ask(self, fact: Fact) -> bool:
        """Whether the user has the permission that the fact needs."""
        return self.user is None or not fact.needs or self.user.has_perm(fact.needs)

    def labels(self, choices: Choices, values: Sequence[Any]) -> dict[Any, str]:
        """Names of these values; what does not exist is left out."""
        known = self._labels.setdefault(id(choices), {})
        missing = [value for value in values if value not in known]
        if missing:
            found = choices.labels(missing)
            known.update({value: found.get(value) for value in missing})
        return {value: name for value in values if (name := known[value]) is not None}
