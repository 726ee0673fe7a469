"""The relations of a customer who is merged into another: which can go over, and which cannot."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q

from customers.models import Customer, Relation, RelationType
from customers.operations.move_rows import Dropped, Moved
from customers.operations.plain_rows import plain_rows
from customers.operations.source import chunks, ranges

Span = tuple[date | None, date | None]


@dataclass(slots=True)
class _Ends:
    """A relation with the ends that it would have."""

    pk: int
    type: RelationType
    start: int
    end: int | None
    span: Span


def lock_types(customer_id: int) -> None:
    """Lock the relation types that the customer takes part in, as whoever relates two customers does: no two relations
    that make a circle together can pass each other."""
    types = Relation.objects.filter(_of(customer_id)).values("type")
    list(RelationType.objects.filter(pk__in=types).select_for_update().order_by("pk").values_list("pk", flat=True))


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
    types = {row.type.pk: row.type for row in rows}
    here: dict[Any, list[Span]] = defaultdict(list)
    theirs = Relation.objects.filter(_of(kept_id), type__in=types).values_list(
        "type_id", "from_customer_id", "to_customer_id", "since", "until"
    )
    for type_id, start, end, since, until in theirs:
        here[_key(types[type_id], start, end)].append((since, until))
    fine = []
    for row in rows:
        spans = here[_key(row.type, row.start, row.end)]
        if row.start != row.end and not any(_overlap(row.span, span) for span in spans):
            spans.append(row.span)
            fine.append(row)
    return fine


def _overlap(one: Span, other: Span) -> bool:
    return _begins_by(one, other) and _begins_by(other, one)


def _begins_by(one: Span, other: Span) -> bool:
    """Whether `one` begins before, or on the day when, `other` ends."""
    return one[0] is None or other[1] is None or one[0] <= other[1]


def _without_circles(rows: list[_Ends], kept_id: int, gone_id: int) -> list[_Ends]:
    """Every circle would lead through `kept`: its new children must not stand above it, nor new parents below."""
    above: dict[int, set[int]] = {}
    below: dict[int, set[int]] = {}
    fine = []
    for row in rows:
        if not row.type.is_hierarchy or row.end is None:
            fine.append(row)
        elif row.start == kept_id:
            if row.type.pk not in above:
                above[row.type.pk] = _reached(row.type, kept_id, gone_id, "to_customer", "from_customer")
            fine += [] if row.end in above[row.type.pk] else [row]
        else:
            if row.type.pk not in below:
                below[row.type.pk] = _reached(row.type, kept_id, gone_id, "from_customer", "to_customer")
            fine += [] if row.start in below[row.type.pk] else [row]
    return fine


def _reached(type: RelationType, kept_id: int, gone_id: int, here: str, there: str) -> set[int]:
    """Who stands above or below `kept` without the help of `gone`: one query a level."""
    seen: set[int] = set()
    level = {kept_id}
    while level:
        reached: set[int] = set()
        for part in chunks(level):
            rows = Relation.objects.filter(type=type, to_customer__isnull=False, **{f"{here}__in": part})
            reached.update(rows.exclude(_of(gone_id)).values_list(f"{there}_id", flat=True))
        level = reached - seen
        seen |= reached
    return seen
