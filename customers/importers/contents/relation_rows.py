"""From a row to relations: between its customer and others whom it names, and between its customer and us."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from customers.choices import CustomerKind
from customers.folding import fold
from customers.importers.contents.identity import id_of
from customers.importers.contents.named import Named, NamedParty
from customers.importers.contents.yes import MORE_NO, MORE_YES, is_yes
from customers.importers.mapping.content import Maker
from customers.importers.mapping.sheet_plan import SheetPlan
from customers.importers.run import Unusable
from customers.models import RelationType
from customers.operations.clean_attributes import NO, YES
from customers.operations.records import RelationRecord

Relation = Named[RelationRecord]
Ends = Callable[[list[str]], tuple[str, date | None, date | None, str]]


@dataclass(frozen=True, slots=True)
class _Slot:
    """One relation that a row may tell of: where its parts stand."""

    type: RelationType
    is_from_other: bool
    id: int
    name: int
    ends: Ends

    @property
    def other_kind(self) -> str:
        return self.type.from_kind if self.is_from_other else self.type.to_kind


def relation_maker(plan: SheetPlan) -> Maker:
    """How rows become relations."""
    read_id, slots, with_us = id_of(plan), _slots(plan), _with_us(plan)
    clean = plan.kind.clean_id

    def make(cells: list[str]) -> list[Relation]:
        found: list[Relation] = []
        for slot in slots:
            other, name = clean(cells[slot.id]), cells[slot.name]
            if not other and not name:
                continue
            mine = read_id(cells)
            if other == mine:  # as some systems write that there is none above
                continue
            from_id, to_id = (other, mine) if slot.is_from_other else (mine, other)
            role, since, until, note = slot.ends(cells)
            record = RelationRecord(slot.type.code, from_id, to_id, role=role, since=since, until=until, note=note)
            field = "from_id" if slot.is_from_other else "to_id"
            found.append(Named(record, {} if other else {field: (name, slot.other_kind)}))
        found += (Named(record, {}) for record in with_us(cells))
        return found

    return make


def named_maker(plan: SheetPlan) -> Maker:
    """How rows tell of organisations by name that may have to be made."""
    slots = [slot for slot in _slots(plan) if slot.name != plan.nowhere and slot.other_kind != CustomerKind.PERSON]
    clean = plan.kind.clean_id

    def make(cells: list[str]) -> list[NamedParty]:
        return [
            NamedParty(cells[slot.name], slot.other_kind)
            for slot in slots
            if cells[slot.name] and not clean(cells[slot.id])
        ]

    return make


def has_relations(plan: SheetPlan) -> bool:
    """Whether rows tell of any."""
    return any(True for aim, _place in plan.aims("relation") if aim.part in ("id", "name")) or bool([*plan.aims("us")])


def has_names(plan: SheetPlan) -> bool:
    """Whether rows tell of others by name."""
    return any(True for aim, _place in plan.aims("relation") if aim.part == "name")


def _slots(plan: SheetPlan) -> list[_Slot]:
    types = {row.code: row for row in RelationType.objects.filter(is_with_us=False)}
    keys = dict.fromkeys((aim.name, aim.more, aim.slot) for aim, _place in plan.aims("relation"))
    found = []
    for code, way, slot in keys:
        parts = {
            aim.part: place
            for aim, place in plan.aims("relation")
            if (aim.name, aim.more, aim.slot) == (code, way, slot)
        }
        if code in types and ("id" in parts or "name" in parts):
            id_place, name_place = parts.get("id", plan.nowhere), parts.get("name", plan.nowhere)
            found.append(_Slot(types[code], way == "from", id_place, name_place, _ends(plan, parts)))
    return found


def _ends(plan: SheetPlan, parts: dict[str, int]) -> Ends:
    role, since, until, note = (parts.get(part, plan.nowhere) for part in ("role", "since", "until", "note"))
    read_since, read_until = plan.reads_date(since), plan.reads_date(until)

    def read(cells: list[str]) -> tuple[str, date | None, date | None, str]:
        try:
            return (
                cells[role],
                read_since(cells[since]) if cells[since] else None,
                read_until(cells[until]) if cells[until] else None,
                cells[note],
            )
        except ValueError as error:
            raise Unusable(str(error)) from error

    return read


@dataclass(frozen=True, slots=True)
class RelationsToUs:
    """The types of relations to us, and what they are called."""

    types: dict[str, RelationType]
    words: dict[str, str]  # folded -> code

    def code_of(self, text: str) -> str:
        """The type that a word names: `Customer - Direct` is a client. Empty for what names none."""
        word = fold(text)
        return self.words.get(word) or self.words.get(SEPARATED.split(word)[0], "")


def relations_to_us() -> RelationsToUs:
    """Those that staff have set up."""
    types = {row.code: row for row in RelationType.objects.filter(is_with_us=True)}
    words = {word: code for word, code in OTHER_WORDS.items() if code in types}
    words |= {fold(text): row.code for row in types.values() for text in (row.code, row.name, str(row))}
    return RelationsToUs(types, words)


def _with_us(plan: SheetPlan) -> Callable[[list[str]], Iterator[RelationRecord]]:
    known, read_id, which = relations_to_us(), id_of(plan), plan.place("us")
    yes_or_no = [(aim.name, place) for aim, place in plan.aims("us") if aim.name in known.types and not aim.part]
    dated = {
        code: _ends(plan, {aim.part: place for aim, place in plan.aims("us") if aim.name == code and aim.part})
        for code in known.types
    }

    def read(cells: list[str]) -> Iterator[RelationRecord]:
        codes = [code for code, place in yes_or_no if is_yes(cells[place], plan.column(place))]
        if cells[which]:
            codes += _codes_in(cells[which], known, plan)
        for code in dict.fromkeys(codes):
            _role, since, until, note = dated[code](cells)
            yield RelationRecord(code, read_id(cells), "", since=since, until=until, note=note)

    return read


# What other systems call a relation to us; what begins with one of these is one.
OTHER_WORDS = {
    "customer": "client", "existing customer": "client", "client": "client", "客户": "client", "老客户": "client",
    "lead": "prospect", "prospect": "prospect", "potential customer": "prospect", "潜在客户": "prospect",
    "partner": "partner", "channel partner": "partner", "technology partner": "partner", "reseller": "partner",
    "installation partner": "partner", "合作伙伴": "partner", "supplier": "supplier", "vendor": "supplier",
    "供应商": "supplier",
}  # fmt: skip
SEPARATED = re.compile(r" [-/] ")
NOTHING = YES | NO | MORE_YES | MORE_NO


def _codes_in(text: str, known: RelationsToUs, plan: SheetPlan) -> list[str]:
    """The relations to us that a cell names. What it does not know is noted."""
    found = []
    for part in text.split(";"):
        code = known.code_of(part)
        if code:
            found.append(code)
        elif fold(part) not in {"", *NOTHING}:
            plan.run.note(
                _("“%(text)s” is no relation to us that is known here: left out") % {"text": part.strip()[:60]}
            )
    return found
