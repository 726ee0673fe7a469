from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from customers.models import Customer, Relation, User
from customers.operations.relations_of import AT_MOST, relations_of

FIRST_RING = 14
SECOND_RING = 24
# Relations of the first ring that are looked at for the second.
LOOKED_AT = 400


@dataclass(frozen=True, slots=True)
class Tie:
    """All relations between two customers. `near` stands nearer to the middle."""

    near: Customer
    far: Customer
    relations: list[Relation]
    on: date

    @property
    def is_past(self) -> bool:
        """Whether none of them holds any more."""
        return all(row.ended_by(self.on) for row in self.relations)

    @property
    def strength(self) -> int:
        """The closest of those that hold; of none, the closest."""
        holding = [row for row in self.relations if not row.ended_by(self.on)]
        return max(row.strength for row in holding or self.relations)

    @property
    def verbs(self) -> list[str]:
        """How they read from the nearer end, those that hold where there are any."""
        rows = [row for row in self.relations if not row.ended_by(self.on)] or self.relations
        return list(dict.fromkeys(row.seen_from(self.near.pk)[0] for row in rows))


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """Who stands around a customer. `first` are related to them, `second` to one of the first. `more_first` and
    `more_second` further ones were seen but are not told."""

    customer: Customer
    first: list[Customer]
    second: list[Customer]
    ties: list[Tie]
    more_first: int
    more_second: int
    # All relations of the customer and of each of the first, by key, where they were read whole.
    read: dict[int, list[Relation]]


def neighbourhood(
    *, customer: Customer, user: User, on: date, known: Sequence[Relation] | None = None
) -> Neighbourhood:
    """The customers within two relations of one, as far as a user may see them and their relations, those that hold on
    a day and close ones first. Two queries; `known`: the relations of the customer, where they were read."""
    own = relations_of(customer_ids=[customer.pk], user=user, on=on)[:AT_MOST] if known is None else known
    around = _others([row for row in own if row.to_customer_id], {customer.pk: customer})
    first = list(around)[:FIRST_RING]
    people = {customer.pk: customer} | {pk: around[pk] for pk in first}
    beyond = list(_beyond(customer.pk, first, user, on)) if first else []
    outer = _others(beyond, people | around)
    second = _in_turn(first, beyond, outer.keys())[:SECOND_RING]
    people |= {pk: outer[pk] for pk in second}
    return Neighbourhood(
        customer=customer,
        first=[people[pk] for pk in first],
        second=[people[pk] for pk in second],
        ties=_ties([*own, *beyond], people, on),
        more_first=len(around) - len(first),
        more_second=len(outer) - len(second),
        read={customer.pk: list(own)} | (_by_end(first, [*own, *beyond]) if len(beyond) < LOOKED_AT else {}),
    )


def _by_end(customer_ids: Iterable[int], relations: list[Relation]) -> dict[int, list[Relation]]:
    found: dict[int, list[Relation]] = {pk: [] for pk in customer_ids}
    for row in relations:
        for end in (row.from_customer_id, row.to_customer_id):
            if end in found:
                found[end].append(row)
    return found


def _beyond(customer_id: int, first: list[int], user: User, on: date) -> Iterable[Relation]:
    rows = relations_of(customer_ids=first, user=user, on=on).filter(to_customer__isnull=False)
    return rows.exclude(from_customer=customer_id).exclude(to_customer=customer_id)[:LOOKED_AT]


def _others(relations: Iterable[Relation], known: dict[int, Customer]) -> dict[int, Customer]:
    """Whoever stands at an end and is not known yet, in the order of the relations."""
    ends = (end for row in relations for end in (row.from_customer, row.to_customer))
    return {end.pk: end for end in ends if end is not None and end.pk not in known}


def _in_turn(first: list[int], beyond: Iterable[Relation], outer: Iterable[int]) -> list[int]:
    """Customers of the second ring, one of each neighbour in turn: nobody with a hundred takes the whole ring."""
    wanted = set(outer)
    of: dict[int, list[int]] = defaultdict(list)
    for row in beyond:
        for near, far in (row.from_customer_id, row.to_customer_id), (row.to_customer_id, row.from_customer_id):
            if far in wanted and near is not None and far is not None:
                of[near].append(far)
    chosen: dict[int, None] = {}
    rounds = max((len(found) for found in of.values()), default=0)
    for number in range(rounds):
        chosen.update(dict.fromkeys(of[near][number] for near in first if number < len(of[near])))
    return list(chosen)


def _ties(relations: Iterable[Relation], people: dict[int, Customer], on: date) -> list[Tie]:
    """One tie for each two who are told, in the order in which they were found: `people` begins in the middle."""
    place = {pk: number for number, pk in enumerate(people)}
    between: dict[tuple[int, int], list[Relation]] = defaultdict(list)
    for row in relations:
        if row.from_customer_id in place and row.to_customer_id in place:
            near, far = sorted((row.from_customer_id, row.to_customer_id or 0), key=place.__getitem__)
            between[near, far].append(row)
    return [Tie(people[near], people[far], rows, on) for (near, far), rows in between.items()]
