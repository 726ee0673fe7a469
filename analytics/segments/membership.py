"""Which of some customers meet a definition: asked chunk by chunk, so it must not cost what all customers cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from analytics.segments.scores import PREFERENCES, SCORES
from analytics.sql.whose import Whose
from customers.models import Customer
from customers.querysets import OfCustomerQuerySet, OrderLineQuerySet
from customers.segments.condition import clause_of
from customers.segments.definition import read_definition
from customers.segments.facts import Asking, Catalogue
from customers.segments.references import conditions_in
from services.models import Ticket

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class AskingOf(Asking):
    """The system asks, about these customers alone: rows of others need not be read."""

    whose: Whose

    def rows(self, model: type[Row]) -> QuerySet[Row]:
        """The rows of these customers, where a row tells whose it is; else all. A subquery that counts the orders of
        everybody would be worked out anew for each chunk."""
        rows = Asking.rows(self, model)
        if model is Ticket:  # a fact counts those of the customer, or those of the requester
            return rows.filter(self.whose.at("customer") | self.whose.at("requester"))
        if isinstance(rows, OfCustomerQuerySet):
            return rows.filter(self.whose.at("customer"))
        if isinstance(rows, OrderLineQuerySet):
            return rows.filter(self.whose.at("order__customer"))
        return rows


def members_among(
    *, definition: Mapping[str, Any], whose: Whose, at: datetime, catalogue: Catalogue | None = None
) -> set[int]:
    """The keys of those of these customers who meet a definition, as the system sees it. Whoever asks for several
    definitions gives one catalogue for all. Raises SegmentInvalid."""
    read = read_definition(definition, catalogue=catalogue or Catalogue(None))
    condition = clause_of(read, AskingOf(None, at, whose)).q()
    rows = Customer.objects.filter(whose.at("pk")).meeting(condition).order_by()
    return set(rows.values_list("pk", flat=True))


def asks_for_scores(definition: Any) -> bool:
    """Whether a definition asks for what a score is, was or moved by: whatever one must be allowed to see scores to
    ask for. Parameters of such a segment would make a score depend on itself."""
    return _asks_for(definition, SCORES)


def asks_for_preferences(definition: Any) -> bool:
    """The same of preferences: weights of such a segment would make a profile depend on itself."""
    return _asks_for(definition, PREFERENCES)


def _asks_for(definition: Any, permission: str) -> bool:
    facts = Catalogue(None).all
    asked = (facts.get(row.get("fact", "")) for row in conditions_in(definition))
    return any(fact is not None and fact.needs == permission for fact in asked)
