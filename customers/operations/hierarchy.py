from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from customers.models import Customer, Relation, User
from customers.operations.relations_of import AT_MOST, relations_of, with_ends
from customers.sql.chain_up import chain_up

MOST_ABOVE = 50
MOST_BELOW = 50


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a customer stands among others. `above`: level by level from the top down to whoever is directly above;
    usually one each. `below`: who is directly below, `more_below` further ones are not told."""

    above: list[list[Customer]]
    below: list[Customer]
    more_below: int

    def __bool__(self) -> bool:
        return bool(self.above or self.below)


def hierarchy(*, customer: Customer, user: User, on: date, known: Iterable[Relation] | None = None) -> Standing:
    """Who stands above a customer, up to the top, and directly below, by relations of hierarchies that hold on a day
    and that a user may see. At most two queries a direction of reading; `known`: the relations of the customer, where
    they were read."""
    rows = relations_of(customer_ids=[customer.pk], user=user, on=on)
    first = rows.filter(type__is_hierarchy=True)[:AT_MOST] if known is None else known
    holding = [row for row in first if row.type.is_hierarchy and row.to_customer_id and row.holds_on(on)]
    up = [row for row in holding if _lower(row).pk == customer.pk]
    below = {_upper_to_lower(row)[1].pk: _lower(row) for row in holding if _lower(row).pk != customer.pk}
    told = sorted(below.values(), key=lambda child: (child.name, child.pk))
    return Standing(
        above=_levels(customer, _chain(customer, up, user, on)),
        below=told[:MOST_BELOW],
        more_below=max(0, len(told) - MOST_BELOW),
    )


def _upper_to_lower(row: Relation) -> tuple[Customer, Customer]:
    end = row.to_customer or row.from_customer
    return (row.from_customer, end) if row.type.from_is_above else (end, row.from_customer)


def _lower(row: Relation) -> Customer:
    return _upper_to_lower(row)[1]


def _chain(customer: Customer, up: list[Relation], user: User, on: date) -> list[Relation]:
    """The relations up to the top; none is asked for where nobody is directly above."""
    found: list[Relation] = []
    for from_is_above in (True, False):
        types = {row.type_id for row in up if row.type.from_is_above == from_is_above}
        if types:
            keys = chain_up(customer_id=customer.pk, type_ids=types, from_is_above=from_is_above, on=on)
            found += with_ends(Relation.objects.visible_to(user).filter(pk__in=keys)).order_by("id")[:AT_MOST]
    return found


def _levels(customer: Customer, chain: list[Relation]) -> list[list[Customer]]:
    """Walk up from the customer on what is visible: whoever stands beyond somebody out of sight is not reached."""
    above: dict[int, list[Customer]] = defaultdict(list)
    for row in chain:
        upper, lower = _upper_to_lower(row)
        above[lower.pk].append(upper)
    seen, level, levels = {customer.pk}, [customer], list[list[Customer]]()
    while level and len(seen) <= MOST_ABOVE:
        following = {upper.pk: upper for lower in level for upper in above[lower.pk] if upper.pk not in seen}
        seen |= following.keys()
        level = list(following.values())
        if level:
            levels.append(level)
    return levels[::-1]
