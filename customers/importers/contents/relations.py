"""Rows that are relations between customers of the same source."""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.folding import fold
from customers.importers.contents.customers import NAMED, RELATIONS
from customers.importers.contents.named import Named, NamedParty
from customers.importers.contents.yes import is_yes
from customers.importers.formats import TableKind
from customers.importers.mapping.content import Maker, Step
from customers.importers.mapping.problems import repeated
from customers.importers.mapping.sheet_plan import SheetPlan
from customers.importers.mapping.targets import IGNORED, Target, TargetGroup, codes_in, label_of
from customers.importers.mapping.words import words_of
from customers.importers.run import Unusable
from customers.models import RelationType
from customers.operations.ensure_attributes import NewAttribute
from customers.operations.records import RelationRecord

LABELS: dict[str, Any] = {
    "type": gettext_lazy("Relation type"),
    "from.id": gettext_lazy("From: id in the source"),
    "from.name": gettext_lazy("From: name"),
    "to.id": gettext_lazy("To: id in the source"),
    "to.name": gettext_lazy("To: name"),
    "role": gettext_lazy("Role"),
    "since": gettext_lazy("Since"),
    "until": gettext_lazy("Until"),
    "strength": gettext_lazy("Strength, 1 to 5"),
    "note": gettext_lazy("Note"),
    "active": gettext_lazy("No: it has ended"),
    "direct": gettext_lazy("Yes: its role stands elsewhere"),
    "changed_at": gettext_lazy("Changed at"),
    "deleted": gettext_lazy("Yes: the row was deleted, leave it out"),
}
MOMENTS = ("since", "until", "changed_at")
FIELDS = (
    "type", "from.id", "from.name", "to.id", "to.name", "role", "since", "until", "strength", "active", "direct",
    "changed_at", "deleted",
)  # fmt: skip


class RelationContent:
    """Relations. See Content."""

    code = "relations"
    label = gettext_lazy("Relations")
    steps: tuple[Step, ...] = (NAMED, RELATIONS)

    def groups(self) -> list[TargetGroup]:
        """The choices for a column."""
        targets = tuple(Target(code, str(label), code == "note") for code, label in LABELS.items())
        return [TargetGroup("", (IGNORED,)), TargetGroup(_("Relation"), targets)]

    def describe(self, target: str) -> str:
        """The name of a target. Raises ValueError for what is none."""
        return label_of(LABELS, target)

    def guess(self, column: str) -> str:
        """What a column of this name most probably means."""
        words = words_of(column)
        return next((code for code, label in LABELS.items() if words in (words_of(code), fold(str(label)))), "")

    def fits(self, target: str, samples: Sequence[str]) -> bool:
        """Whether a column can be what its name promises: always, as far as names are known here."""
        return True

    def rest(self, column: str, kind: TableKind) -> str:
        """A line of the note."""
        return "note"

    def problems(self, targets: Sequence[str]) -> list[str]:
        """What is wrong with a mapping as a whole."""
        targets = codes_in(targets)
        found = repeated(targets, self.describe, ("note", "deleted"))
        if "type" not in targets:
            found.append(_("Nothing says of which type the relations are."))
        if not {"from.id", "from.name"} & {*targets}:
            found.append(_("No column says from whom the relations are."))
        if not {"to.id", "to.name"} & {*targets}:
            found.append(_("No column says to whom the relations are."))
        return found

    def is_moment(self, target: str) -> bool:
        """Whether the column holds dates."""
        return target in MOMENTS

    def attribute(self, target: str, column: str) -> NewAttribute | None:
        """None: relations have no custom attributes."""
        return None

    def makers(self, plan: SheetPlan) -> Mapping[str, Maker]:
        """How a row is read in each step."""
        makers: dict[str, Maker] = {RELATIONS.code: _relation_maker(plan)}
        if plan.has("from.name", "to.name"):
            makers[NAMED.code] = _named_maker(plan)
        return makers


def _relation_maker(plan: SheetPlan) -> Maker:
    pick = itemgetter(*(plan.place(target) for target in FIELDS))
    clean, notes, types = plan.kind.clean_id, plan.places("note"), _types()
    read_since, read_until, read_changed = (plan.reads_date(plan.place(target)) for target in MOMENTS)

    def make(cells: list[str]) -> list[Named[RelationRecord]]:
        type_, from_id, from_name, to_id, to_name, role, since, until, *more = pick(cells)
        strength, active, direct, changed, deleted = more
        if deleted and is_yes(deleted, "deleted"):
            raise Unusable(_("was deleted in the source: left out"))
        row = types.get(fold(type_))
        if row is None:
            raise Unusable(_("there is no relation type “%(type)s”") % {"type": type_[:60]})
        from_id, to_id = clean(from_id), clean(to_id)
        note = [f"{plan.column(place)}: {cells[place]}" for place in notes if cells[place]]
        if role and direct and is_yes(direct, "direct"):
            note, role = [role.replace(";", ", "), *note], ""
        ended = read_until(until) if until else None
        if ended is None and active and not is_yes(active, "active") and changed:
            ended = read_changed(changed)
        ends = ("from_id", from_id, from_name, row.from_kind), ("to_id", to_id, to_name, row.to_kind)
        names = {field: (name, kind) for field, given, name, kind in ends if name and not given}
        record = RelationRecord(
            row.code,
            from_id,
            to_id,
            role=role.replace(";", ", "),
            since=read_since(since) if since else None,
            until=ended,
            strength=_strength(strength),
            note="\n".join(note),
        )
        return [Named(record, names)]

    return make


def _strength(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal():
        raise Unusable(_("strength: “%(text)s” is no number from 1 to 5") % {"text": text[:40]})
    return int(text)


def _named_maker(plan: SheetPlan) -> Maker:
    pick = itemgetter(*(plan.place(target) for target in FIELDS[:5]))
    clean, types = plan.kind.clean_id, _types()

    def make(cells: list[str]) -> list[NamedParty]:
        type_, from_id, from_name, to_id, to_name = pick(cells)
        row = types.get(fold(type_))
        if row is None:
            return []  # refused when it is its turn
        ends = (clean(from_id), from_name, row.from_kind), (clean(to_id), to_name, row.to_kind)
        return [NamedParty(name, kind) for given, name, kind in ends if name and not given]

    return make


def _types() -> dict[str, RelationType]:
    rows = list(RelationType.objects.all())
    return {fold(text): row for row in rows for text in (row.code, row.name, str(row))}
