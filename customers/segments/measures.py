"""The usual ways in which a fact is looked up: a column, an expression, rows that exist, rows that are counted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Expression, Model, Q, QuerySet
from django.db.models.lookups import IsNull

from customers.segments.clauses import Among, Clause, Where
from customers.segments.comparisons import Tests, holds_of_nothing, tests_of
from customers.segments.facts import Asked, Asking, Fact
from customers.segments.operators import FactType, Op
from customers.sql.plain_text import PlainText

# Rows whose customer is never null: in SQL, nobody is outside of a set that holds a null.
Narrowed = Callable[[Asking], QuerySet[Any]]

# Of a count: any row at all.
SOME = ((Op.AT_LEAST, 1), (Op.MORE_THAN, 0))
NEWEST, FIRST = ("gt", "gte"), ("lt", "lte")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the customer, or of the one row beside it. `folded`: how a text is made fit for the column, where it
    is not compared without regard to case."""

    path: str
    is_nullable: bool = False
    folded: Callable[[str], str] | None = None

    def clause(self, fact: Fact, asked: Asked, asking: Asking) -> Clause:
        if asked.op == Op.NOT_EMPTY:
            return Where(Q(**{f"{self.path}__isnull": False}) if self.is_nullable else ~Q(**{self.path: ""}))
        # Said outright: Django forgets those without a value where one join serves several conditions under an OR.
        unknown = Q(**{f"{self.path}__isnull": True}) if self.is_nullable else None
        if fact.type in (FactType.CHOICE, FactType.YES_NO):
            lookup = "in" if asked.op == Op.ONE_OF else "exact"
            return Where(Q(**{f"{self.path}__{lookup}": asked.value}), unknown)
        path, value = self.path, asked.value
        if fact.type == FactType.TEXT:
            path, value = (path, _each(value, self.folded)) if self.folded else (f"{path}__plain", lowered(value))
        return Where(_all(path, tests_of(fact.type, asked.op, value, at=asking.at)), unknown)


@dataclass(frozen=True, slots=True)
class Computed:
    """An expression over the customer's own columns, null where there is no value."""

    expression: Expression

    def clause(self, fact: Fact, asked: Asked, asking: Asking) -> Clause:
        unknown = Q(IsNull(self.expression, True))
        if asked.op == Op.NOT_EMPTY:
            return Where(Q(IsNull(self.expression, False)))
        if fact.type in (FactType.CHOICE, FactType.YES_NO):
            tests: Tests = [("in" if asked.op == Op.ONE_OF else "exact", asked.value)]
            return Where(self._q(self.expression, tests), unknown)
        if fact.type == FactType.TEXT:
            tests = tests_of(fact.type, asked.op, lowered(asked.value), at=asking.at)
            return Where(self._q(PlainText(self.expression), tests), unknown)
        return Where(self._q(self.expression, tests_of(fact.type, asked.op, asked.value, at=asking.at)), unknown)

    def _q(self, expression: Any, tests: Tests) -> Q:
        found = Q()
        for lookup, value in tests:
            found &= Q(expression.get_lookup(lookup)(expression, value))
        return found


@dataclass(frozen=True, slots=True)
class Exists:
    """Yes or no: whether there are such rows."""

    rows: Narrowed
    customer: str = "customer_id"

    def clause(self, fact: Fact, asked: Asked, asking: Asking) -> Clause:
        found = Among(self.rows(asking).values(self.customer))
        return found if asked.value else found.negated()


@dataclass(frozen=True, slots=True)
class Members:
    """What a customer may have several of: tags, products bought. “Is” means that it is among them."""

    rows: Narrowed
    value: str
    customer: str = "customer_id"
    time: str = ""

    def clause(self, fact: Fact, asked: Asked, asking: Asking) -> Clause:
        rows = narrowed(self.rows(asking), fact, asked, asking, time=self.time)
        if asked.op != Op.NOT_EMPTY:
            rows = rows.filter(**{f"{self.value}__in": asked.value if asked.op == Op.ONE_OF else [asked.value]})
        return Among(rows.values(self.customer))


@dataclass(frozen=True, slots=True)
class Having:
    """An aggregate of the customer's rows, in one pass over them. `of_nothing`: the aggregate of no rows is 0 (a count,
    a sum); else it is no value (an average, the newest moment)."""

    rows: Narrowed
    aggregate: Any
    customer: str = "customer_id"
    time: str = ""
    of_nothing: bool = False
    # Of the newest or the first: its column, and the look-ups that hold of it where they hold of any row.
    extreme: tuple[str, tuple[str, str]] | None = None

    def clause(self, fact: Fact, asked: Asked, asking: Asking) -> Clause:
        rows = narrowed(self.rows(asking), fact, asked, asking, time=self.time)
        if asked.op == Op.NOT_EMPTY or (fact.is_count and (asked.op, asked.value) in SOME):
            return Among(rows.values(self.customer))
        if fact.is_count and asked.value == 0 and asked.op in (Op.IS, Op.AT_MOST):
            return Among(rows.values(self.customer)).negated()
        tests = tests_of(fact.type, asked.op, asked.value, at=asking.at)
        if not self.of_nothing:
            return self._those(rows, tests, asking)
        if not holds_of_nothing(fact.type, asked.op, asked.value):
            return Among(self._grouped(rows).filter(_all("measured", tests)).values(self.customer))
        others = self._grouped(rows).exclude(_all("measured", tests))
        return Among(others.values(self.customer)).negated()

    def _those(self, rows: QuerySet[Any], tests: Tests, asking: Asking) -> Clause:
        """A bound that one row settles is put to the rows: the newest is after a day where any is. Where nothing else
        is asked, no row is grouped."""
        rest = tests
        if self.extreme:
            column, settling = self.extreme
            rows = rows.filter(_all(column, [test for test in tests if test[0] in settling]))
            passed = ("lte", asking.at) if column == self.time else None  # all rows that count have happened
            rest = [test for test in tests if test[0] not in settling and test != passed]
        return Among((self._grouped(rows).filter(_all("measured", rest)) if rest else rows).values(self.customer))

    def _grouped(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.values(self.customer).annotate(measured=self.aggregate)  # type: ignore[no-any-return]


def narrowed(rows: QuerySet[Any], fact: Fact, asked: Asked, asking: Asking, *, time: str = "") -> QuerySet[Any]:
    """The rows that count: up to the moment of asking, within the period, of the kinds asked for."""
    if time:
        rows = rows.filter(**{f"{time}__lte": asking.at})
    if asked.days is not None:
        rows = rows.filter(**{f"{time}__gt": asking.at - timedelta(days=asked.days)})
    for narrowing in fact.narrowings:
        if narrowing.code in asked.where:
            rows = narrowing.narrow(rows, asked.where[narrowing.code])
        elif narrowing.otherwise:
            rows = narrowing.otherwise(rows)
    return rows


def of(model: type[Model], **filters: Any) -> Narrowed:
    """The rows of a model that count for whoever asks."""
    return lambda asking: asking.rows(model).filter(**filters)


def lowered(value: Any) -> Any:
    """A text, or each of a list, in lower case, as PlainText compares."""
    return _each(value, str.lower)


def _each(value: Any, form: Callable[[str], str]) -> Any:
    return [form(one) for one in value] if isinstance(value, list) else form(value)


def _all(path: str, tests: Tests) -> Q:
    return Q(**{f"{path}__{lookup}": value for lookup, value in tests})
