"""Conditions as sets of customers: joined by all or any, and negated, without ever multiplying a row.

A set of keys under an OR has no good plan in PostgreSQL (a hash table that must fit into memory, or a nested loop), so
that alternatives become one UNION of keys; and the negation of a set is an anti join (customers.sql.outside)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any, Protocol

from django.db.models import F, Q, QuerySet

from customers.models import Customer
from customers.sql.outside import Outside


class Clause(Protocol):
    """Some customers. A plain clause asks columns of one row, and may stand under an OR."""

    @property
    def is_plain(self) -> bool: ...

    def q(self) -> Q: ...

    def negated(self) -> Clause: ...


@dataclass(frozen=True, slots=True)
class Where:
    """Customers by their columns. `unknown`: the rows of which the condition is neither true nor false."""

    condition: Q
    unknown: Q | None = None
    is_plain: bool = True

    def q(self) -> Q:
        return self.condition

    def negated(self) -> Clause:
        return Where(~self.condition if self.unknown is None else self.unknown | ~self.condition)


@dataclass(frozen=True, slots=True)
class Among:
    """Customers whose keys a query gives, or all the others."""

    keys: QuerySet[Any, Any]
    is_negated: bool = False
    is_plain: bool = False

    def q(self) -> Q:
        return Q(Outside(F("pk"), self.keys.query)) if self.is_negated else Q(pk__in=self.keys)

    def negated(self) -> Clause:
        return Among(self.keys, not self.is_negated)


@dataclass(frozen=True, slots=True)
class AllOf:
    """Customers of whom each clause holds; of none at all: everybody."""

    clauses: Sequence[Clause]

    @property
    def is_plain(self) -> bool:
        return all(clause.is_plain for clause in self.clauses)

    def q(self) -> Q:
        return reduce(and_, (clause.q() for clause in self.clauses), Q())

    def negated(self) -> Clause:
        return AnyOf([clause.negated() for clause in self.clauses])


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Customers of whom one clause or more holds; of none at all: nobody."""

    clauses: Sequence[Clause]

    @property
    def is_plain(self) -> bool:
        return all(clause.is_plain for clause in self.clauses)

    def q(self) -> Q:
        if not self.clauses:
            return Q(pk__in=[])
        if len(self.clauses) == 1:
            return self.clauses[0].q()
        plain = [clause.q() for clause in self.clauses if clause.is_plain]
        sets = [_keys(clause) for clause in self.clauses if not clause.is_plain]
        if not sets:
            return reduce(or_, plain)
        if plain:
            sets.append(_customers(reduce(or_, plain)))
        return Q(pk__in=sets[0].union(*sets[1:]) if len(sets) > 1 else sets[0])

    def negated(self) -> Clause:
        return AllOf([clause.negated() for clause in self.clauses])


def _keys(clause: Clause) -> QuerySet[Any, Any]:
    if isinstance(clause, Among) and not clause.is_negated:
        return clause.keys.order_by()
    return _customers(clause.q())


def _customers(q: Q) -> QuerySet[Any, Any]:
    return Customer._base_manager.filter(q).order_by().values("pk")


EVERYBODY = AllOf([])
NOBODY = AnyOf([])
