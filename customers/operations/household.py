from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from customers.models import Customer, Relation, User
from customers.operations.relations_of import AT_MOST, relations_of

# A walk that finds more found something else than a household: it stops there, and says so.
MOST_MEMBERS = 30


@dataclass(frozen=True, slots=True)
class Household:
    """Who lives together: the customer first, then the others in the order in which they were found. `relations` are
    those that join them; where the walk stopped early the household is not complete."""

    members: list[Customer]
    relations: list[Relation]
    is_complete: bool


def household(
    *, customer: Customer, user: User, on: date, known: Mapping[int, Iterable[Relation]] | None = None
) -> Household:
    """Everybody who is joined to a customer, directly or by way of others, by relations of a household that hold on a
    day and that a user may see. One query a step; `known`: relations of some customers, by key, where they were
    read."""
    known = known or {}
    members, relations = {customer.pk: customer}, dict[int, Relation]()
    reached = [customer.pk]
    while reached:
        step = _joining(_of(reached, user, on, known), on)
        reached = []
        for relation in step:
            relations[relation.pk] = relation
            for end in (relation.from_customer, relation.to_customer):
                if end is None or end.pk in members:
                    continue
                if len(members) == MOST_MEMBERS:
                    return _made(members, relations, is_complete=False)
                members[end.pk] = end
                reached.append(end.pk)
    return _made(members, relations, is_complete=True)


def _of(
    customer_ids: Iterable[int], user: User, on: date, known: Mapping[int, Iterable[Relation]]
) -> Iterator[Relation]:
    for pk in customer_ids:
        yield from known.get(pk, ())
    missing = [pk for pk in customer_ids if pk not in known]
    if missing:
        rows = relations_of(customer_ids=missing, user=user, on=on).on(on).filter(type__is_household=True)
        yield from rows[:AT_MOST]


def _joining(relations: Iterable[Relation], on: date) -> list[Relation]:
    return [row for row in relations if row.type.is_household and row.to_customer_id and row.holds_on(on)]


def _made(members: dict[int, Customer], relations: dict[int, Relation], *, is_complete: bool) -> Household:
    among = [row for row in relations.values() if {row.from_customer_id, row.to_customer_id} <= members.keys()]
    return Household(list(members.values()), among, is_complete)
