"""What the files themselves must be asked before the first row is taken: in which order dates are written, and of which
type the custom attributes are that they bring along. One pass over a file that has such a column, and none without."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from django.utils.translation import gettext as _

from customers.choices import AttributeType
from customers.importers.dates import DateEvidence, DateOrder, common_order
from customers.importers.files.sheet import ImportStopped
from customers.importers.mapping.content import content_of
from customers.importers.mapping.evidence import TypeEvidence
from customers.importers.mapping.sheet_plan import SheetPlan
from customers.operations.source import Source

# A column of dates whose first rows all begin with the year is taken to go on so; a date that could be two is refused
# where it comes after all.
LOOKED_AT = 1000


class _Evidence(Protocol):
    @property
    def is_settled(self) -> bool: ...
    def add(self, text: str) -> object: ...


Watched = tuple[int, _Evidence]
"""A place in the row, and who wants to see what stands there."""


def learn(plans: Sequence[SheetPlan], source: Source, *, order: str = "") -> None:
    """Set the order of the dates in each plan, and make the custom attributes that are missing.

    `order` is what people say of dates that could be day-first as well as month-first; where they say nothing, other
    columns of the import may tell. Raises ImportStopped where nothing does."""
    types: dict[str, TypeEvidence] = {}
    dates: list[tuple[SheetPlan, int, DateEvidence]] = []
    for plan in plans:
        of_plan = {place: DateEvidence() for place in _dated(plan, source)}
        _read(plan, [*of_plan.items(), *_unknown_attributes(plan, source, types)])
        dates += ((plan, place, seen) for place, seen in of_plan.items())
    order = order or common_order([seen for _plan, _place, seen in dates])
    found = {code: evidence.conclusion(order) for code, evidence in types.items()}
    source.ensure_attributes(new for new in found.values() if new is not None)
    for plan in plans:
        for aim, place in plan.aims("attribute"):
            new, evidence = found.get(aim.name), types.get(aim.name)
            if new and evidence and evidence.is_learnt and new.type == AttributeType.DATE:
                dates.append((plan, place, evidence.dates))
    for plan, place, seen in dates:
        plan.orders[place] = _decided(plan, place, seen, order)


def _dated(plan: SheetPlan, source: Source) -> list[int]:
    """The places that hold dates for certain."""
    content = content_of(plan.kind.content)
    places = [place for target, place in plan.placed if content.is_moment(target)]
    for aim, place in plan.aims("attribute"):
        row = source.attributes.get(aim.name)
        if row is not None and row.type == AttributeType.DATE and place not in places:
            places.append(place)
    return places


def _unknown_attributes(plan: SheetPlan, source: Source, types: dict[str, TypeEvidence]) -> list[Watched]:
    """The places of attributes that are not here, or of the other kind of customer only."""
    content = content_of(plan.kind.content)
    kind = plan.constant("kind")
    found: list[Watched] = []
    for target, place in plan.placed:
        new = content.attribute(target, plan.column(place))
        row = source.attributes.get(new.code) if new else None
        if new is None or (row is not None and row.kind in ("", kind)):
            continue
        if row is not None:
            new = replace(new, type=row.type)
        evidence = types.setdefault(new.code, TypeEvidence(new, plan.column(place)))
        found.append((place, evidence.of_kind(kind)))
    return found


def _read(plan: SheetPlan, watched: Sequence[Watched]) -> None:
    """Show the values of a sheet to whoever wants to see them, until all have seen enough."""
    open_ = [(place, seen.add) for place, seen in watched]
    extra = plan.extra
    for number, (_line, cells, problem) in enumerate(plan.sheet.rows(), 1):
        if not open_:
            return
        if problem:
            continue
        cells += extra
        for place, add in open_:
            if text := cells[place].strip(" "):
                add(text)
        if number % LOOKED_AT == 0:
            open_ = [(place, seen.add) for place, seen in watched if not seen.is_settled]


def _decided(plan: SheetPlan, place: int, seen: DateEvidence, order: str) -> str:
    if seen.order != DateOrder.UNKNOWN:
        return seen.order
    if not order:
        text = _(
            "%(file)s: the dates in the column “%(column)s”, like %(example)s, could be day-first or month-first. Say "
            "which: --dates day or --dates month."
        )
        raise ImportStopped(
            text % {"file": plan.sheet.file, "column": plan.column(place), "example": seen.example or "03/04/2026"}
        )
    return order
