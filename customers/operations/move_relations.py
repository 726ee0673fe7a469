"""The relations of a customer who is merged into another: which can go over, and which cannot."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Model, Q

from customers.models import Customer, Relation, RelationType
from customers.operations.circles import Hierarchy, hierarchy_above, period
from customers.operations.move_rows import Dropped, Moved
from customers.operations.plain_rows import Plain, plain_rows, put_back
from customers.operations.source import ranges

Span = tuple[date | None, date | None]


@dataclass(slots=True)
class _Ends:
    """A relation with the ends that it would have."""

    pk: int
    type: RelationType
    start: int
    end: int | None
    span: Span


def lock_types(customer_id: int, dropped: Iterable[Plain] = ()) -> None:
    """Lock the relation types that the customer takes part in, and those of relations to be put back, as whoever
    relates two customers does: no two relations that make a circle together can pass each other."""
    types = Q(pk__in=Relation.objects.filter(_of(customer_id)).values("type"))
    types |= Q(pk__in={row["type_id"] for row in dropped})
    list(RelationType.objects.filter(types).select_for_update().order_by("pk").values_list("pk", flat=True))


def move_relations(*, gone: Customer, kept: Customer) -> tuple[Moved, Dropped]:
    """Have the relations of `gone` lead to `kept`. Deleted and returned: one between the two, one that `kept` has too
    for an overlapping time, and one that would close a circle in a hierarchy."""
    rows = _would_be(gone, kept)
    if not rows:
        return {}, {}
    fine = _without_circles(_without_twins(rows, kept.pk), kept.pk, gone.pk)
    stay = {row.pk for row in rows} - {row.pk for row in fine}
    leaving = Relation.objects.filter(pk__in=stay)
    dropped = {Relation._meta.label: plain_rows(leaving)} if stay else {}
    leaving.delete()
    moved: dict[str, list[Any]] = {}
    for field in ("from_customer", "to_customer"):
        of_gone = Relation.objects.filter(**{field: gone.pk})
        keys = list(of_gone.order_by("pk").values_list("pk", flat=True))
        if keys:
            of_gone.update(**{field: kept.pk}, version=F("version") + 1)
            moved[field] = ranges(keys)
    return ({Relation._meta.label: moved} if moved else {}), dropped


def put_relations_back(rows: list[Plain]) -> tuple[list[Model], list[Plain]]:
    """As `put_back`; it also stands in the way of a relation that the same is on record, or that it would close a
    circle by now."""
    written: list[Model] = []
    refused: list[Plain] = []
    types = RelationType.objects.in_bulk({row["type_id"] for row in rows})
    for row in rows:
        if row["type_id"] in types and _stands_in_the_way(types[row["type_id"]], row):
            refused.append(row)
        else:
            done, missing = put_back(Relation, [row])
            written += done
            refused += missing
    return written, refused


def _stands_in_the_way(type: RelationType, row: Plain) -> bool:
    start, end = row["from_customer_id"], row["to_customer_id"]
    span = (_day(row["since"]), _day(row["until"]))
    if any(_overlap(span, other) for other in _spans(start, {type.pk: type})[_key(type, start, end)]):
        return True
    if not type.is_hierarchy or end is None:
        return False
    return hierarchy_above(type, [start, end]).would_close(type, start, end, period(*span))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _of(customer_id: int) -> Q:
    return Q(from_customer=customer_id) | Q(to_customer=customer_id)


def _would_be(gone: Customer, kept: Customer) -> list[_Ends]:
    """The relations of `gone` as those of `kept`."""
    rows = Relation.objects.filter(_of(gone.pk)).select_related("type").order_by("pk")
    into = {gone.pk: kept.pk}
    return [
        _Ends(
            row.pk,
            row.type,
            into.get(row.from_customer_id, row.from_customer_id),
            into.get(row.to_customer_id or 0, row.to_customer_id),
            (row.since, row.until),
        )
        for row in rows
    ]


def _key(type: RelationType, start: int, end: int | None) -> tuple[int, int, int | None]:
    """What two relations share that say the same; one that reads the same from both ends is told either way."""
    if type.is_symmetric and end is not None:
        start, end = min(start, end), max(start, end)
    return type.pk, start, end


def _without_twins(rows: list[_Ends], kept_id: int) -> list[_Ends]:
    here = _spans(kept_id, {row.type.pk: row.type for row in rows})
    fine = []
    for row in rows:
        spans = here[_key(row.type, row.start, row.end)]
        if row.start != row.end and not any(_overlap(row.span, span) for span in spans):
            spans.append(row.span)
            fine.append(row)
    return fine


def _spans(customer_id: int, types: dict[int, RelationType]) -> dict[Any, list[Span]]:
    """When the customer has been related to whom in which of these ways."""
    found: dict[Any, list[Span]] = defaultdict(list)
    rows = Relation.objects.filter(_of(customer_id), type__in=types)
    columns = ("type_id", "from_customer_id", "to_customer_id", "since", "until")
    for type_id, start, end, since, until in rows.values_list(*columns):
        found[_key(types[type_id], start, end)].append((since, until))
    return found


def _overlap(one: Span, other: Span) -> bool:
    return _begins_by(one, other) and _begins_by(other, one)


def _begins_by(one: Span, other: Span) -> bool:
    """Whether `one` begins before, or on the day when, `other` ends."""
    return one[0] is None or other[1] is None or one[0] <= other[1]


def _without_circles(rows: list[_Ends], kept_id: int, gone_id: int) -> list[_Ends]:
    """The relations that can go over one after the other without one that closes a circle."""
    ends = {kept_id, *(end for row in rows for end in (row.start, row.end) if end)}
    hierarchies: dict[int, Hierarchy] = {}
    fine = []
    for row in rows:
        if row.type.is_hierarchy and row.end is not None:
            if row.type.pk not in hierarchies:
                hierarchies[row.type.pk] = hierarchy_above(row.type, ends, leave_out=_of(gone_id))
            relation = row.type, row.start, row.end, period(*row.span)
            if hierarchies[row.type.pk].would_close(*relation):
                continue
            hierarchies[row.type.pk].add(*relation)
        fine.append(row)
    return fine
