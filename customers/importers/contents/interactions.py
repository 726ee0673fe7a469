"""Rows that are calls, meetings, visits and campaign touches of customers of the same source."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.choices import Direction, InteractionKind
from customers.folding import fold
from customers.importers.contents.customers import INTERACTIONS
from customers.importers.contents.yes import is_yes
from customers.importers.formats import TableKind
from customers.importers.mapping.content import Maker, Step
from customers.importers.mapping.problems import repeated
from customers.importers.mapping.sheet_plan import SheetPlan, first_filled
from customers.importers.mapping.targets import IGNORED, Target, TargetGroup, codes_in, label_of
from customers.importers.mapping.words import words_of
from customers.importers.run import Unusable
from customers.operations.ensure_attributes import NewAttribute
from customers.operations.records import InteractionRecord

LABELS: dict[str, Any] = {
    "customer.id": gettext_lazy("Customer: id in the source"),
    "or_customer.id": gettext_lazy("Customer, where nothing else says who: id in the source"),
    "kind": gettext_lazy("Kind"),
    "direction": gettext_lazy("Direction"),
    "subject": gettext_lazy("Subject"),
    "body": gettext_lazy("Text"),
    "line": gettext_lazy("A line of the text"),
    "at": gettext_lazy("When"),
    "or_at": gettext_lazy("When, where nothing else says it"),
    "deleted": gettext_lazy("Yes: the row was deleted, leave it out"),
}
MOMENTS = ("at", "or_at")
MANY = ("customer.id", "or_customer.id", "kind", "line", "deleted")
# What other systems call kinds of interactions; what is none of these is a note.
KINDS = {
    **{kind.value: kind for kind in InteractionKind},
    "phone": InteractionKind.CALL, "phone call": InteractionKind.CALL, "event": InteractionKind.MEETING,
    "appointment": InteractionKind.MEETING, "电话": InteractionKind.CALL, "会议": InteractionKind.MEETING,
    "拜访": InteractionKind.VISIT,
}  # fmt: skip
INBOUND = {"inbound", "incoming", "in", "received", "呼入"}
SUBJECT_LENGTH = 255


class InteractionContent:
    """Interactions. See Content."""

    code = "interactions"
    label = gettext_lazy("Interactions")
    steps: tuple[Step, ...] = (INTERACTIONS,)

    def groups(self) -> list[TargetGroup]:
        """The choices for a column."""
        targets = tuple(Target(code, str(label), code in MANY) for code, label in LABELS.items())
        return [TargetGroup("", (IGNORED,)), TargetGroup(_("Interaction"), targets)]

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
        """A line of the text, which says what the column is called."""
        return "line"

    def problems(self, targets: Sequence[str]) -> list[str]:
        """What is wrong with a mapping as a whole."""
        targets = codes_in(targets)
        found = repeated(targets, self.describe, MANY)
        if "customer.id" not in targets:
            found.append(_("No column says whose interactions they are."))
        if "subject" not in targets:
            found.append(_("No column is the subject."))
        return found

    def is_moment(self, target: str) -> bool:
        """Whether the column holds dates."""
        return target in MOMENTS

    def attribute(self, target: str, column: str) -> NewAttribute | None:
        """None: interactions have no custom attributes."""
        return None

    def makers(self, plan: SheetPlan) -> Mapping[str, Maker]:
        """How a row is read."""
        return {INTERACTIONS.code: _maker(plan)}


def _maker(plan: SheetPlan) -> Maker:
    clean = plan.kind.clean_id
    customers = [*plan.places("customer.id"), *plan.places("or_customer.id")]
    kinds, lines = plan.places("kind"), plan.places("line")
    subject, body, direction, deleted = (plan.place(t) for t in ("subject", "body", "direction", "deleted"))
    moments = [(plan.place(target), plan.reads_moment(plan.place(target))) for target in MOMENTS]

    def make(cells: list[str]) -> list[InteractionRecord]:
        if is_yes(cells[deleted], "deleted"):
            raise Unusable(_("was deleted in the source: left out"))
        customer = next((found for place in customers if (found := clean(cells[place]))), "")
        if not customer:
            raise Unusable(_("names no customer"))
        text = [cells[body]] if cells[body] else []
        known = [KINDS.get(fold(cells[place])) for place in kinds]
        more = [*(place for place, found in zip(kinds, known, strict=True) if found is None), *lines]
        text += [f"{plan.column(place)}: {cells[place]}" for place in sorted(more) if cells[place]]
        title = cells[subject] or first_filled(cells, kinds) or (text or [""])[0].partition("\n")[0]
        if len(title) > SUBJECT_LENGTH:
            text, title = [title, *text], f"{title[: SUBJECT_LENGTH - 1]}…"
        at = next((read(cells[place]) for place, read in moments if cells[place]), None)
        kind = next((found for found in known if found), InteractionKind.NOTE)
        way = Direction.INBOUND if fold(cells[direction]) in INBOUND else Direction.OUTBOUND
        return [InteractionRecord(customer, kind, way, title, "\n".join(text), at)]

    return make
