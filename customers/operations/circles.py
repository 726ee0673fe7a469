"""Circles in hierarchies: nobody may stand above themselves, not even by way of others, on any day.

What stands in the way is a circle whose relations all hold on one common day: a company may well own today the one
that owned it until last year."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from customers.models import Relation, RelationType
from customers.operations.source import chunks

# First and last day on which something holds.
Period = tuple[date, date]


def period(since: date | None, until: date | None) -> Period:
    """The days from `since` to `until`; None: from ever, for ever."""
    return since or date.min, until or date.max


class Hierarchy:
    """Who stands directly above whom in one relation type, and on which days."""

    def __init__(self) -> None:
        self._above: dict[int, list[tuple[int, Period]]] = defaultdict(list)

    def add(self, type: RelationType, from_id: int, to_id: int, days: Period) -> None:
        """Note a relation."""
        above, below = (from_id, to_id) if type.from_is_above else (to_id, from_id)
        self._above[below].append((above, days))

    def would_close(self, type: RelationType, from_id: int, to_id: int, days: Period) -> bool:
        """Whether a relation of these days would close a circle: whether its lower end stands above its upper one."""
        above, below = (from_id, to_id) if type.from_is_above else (to_id, from_id)
        return self._leads_up(above, below, days)

    def _leads_up(self, start: int, goal: int, days: Period) -> bool:
        """Whether one comes from `start` up to `goal` on relations that all hold on one of the days."""
        seen: dict[int, list[Period]] = defaultdict(list)
        ahead = [(start, days)]
        while ahead:
            here, (first, last) = ahead.pop()
            if here == goal:
                return True
            if any(low <= first and last <= high for low, high in seen[here]):
                continue
            seen[here].append((first, last))
            for above, (since, until) in self._above.get(here, ()):
                common = max(first, since), min(last, until)
                if common[0] <= common[1]:
                    ahead.append((above, common))
        return False


def hierarchy_above(type: RelationType, customer_ids: Iterable[int], *, leave_out: Q | None = None) -> Hierarchy:
    """All that stand above these customers, as far up as it goes: one query a level. `leave_out`: relations that are
    not looked at.

    Upwards, because there are few: a customer has a parent or two, but a parent may have thousands of children. For
    the answer to last until the relation is written, the caller locks the type."""
    found = Hierarchy()
    below, above = ("to_customer", "from_customer") if type.from_is_above else ("from_customer", "to_customer")
    known: set[int] = set()
    level = set(customer_ids)
    while level:
        known |= level
        reached: set[int] = set()
        for ids in chunks(level):
            rows = Relation.objects.filter(Q(**{f"{below}__in": ids}), type=type, to_customer__isnull=False)
            for row in rows.filter(~leave_out if leave_out else Q()).only(
                "from_customer", "to_customer", "since", "until"
            ):
                found.add(type, row.from_customer_id, row.to_customer_id or 0, period(row.since, row.until))
                reached.add(getattr(row, f"{above}_id"))
        level = reached - known
    return found


def count_in_circles(type: RelationType) -> int:
    """How many relations of a type are part of a circle."""
    rows = Relation.objects.filter(type=type, to_customer__isnull=False)
    edges = [
        (start, end or 0, period(since, until))
        for start, end, since, until in rows.values_list("from_customer", "to_customer", "since", "until")
    ]
    everything = Hierarchy()
    for start, end, days in edges:
        everything.add(type, start, end, days)
    going_round = _in_rounds((start, end) for start, end, _ in edges)
    return sum(
        everything.would_close(type, start, end, days)
        for start, end, days in edges
        if start in going_round and end in going_round
    )


def _in_rounds(pairs: Iterable[tuple[int, int]]) -> set[int]:
    """Whoever may stand in a circle, whatever the days: what is left when ends that lead nowhere are cut off, again
    and again. It spares a hierarchy without circles, however large, the walk from each of its relations."""
    forth, back = defaultdict(set), defaultdict(set)
    for start, end in pairs:
        forth[start].add(end)
        back[end].add(start)
    for here, there in (forth, back), (back, forth):
        loose = [node for node in there if not here.get(node)]
        while loose:
            node = loose.pop()
            for other in there.pop(node, ()):
                here[other].discard(node)
                if not here[other]:
                    here.pop(other)
                    loose.append(other)
    return set(forth) & set(back)
