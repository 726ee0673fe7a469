"""Rows that are comments on tickets of the same source."""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.importers.contents.yes import is_yes
from customers.importers.formats import TableKind
from customers.importers.mapping.content import Maker, Step
from customers.importers.mapping.problems import repeated
from customers.importers.mapping.sheet_plan import SheetPlan
from customers.importers.mapping.targets import IGNORE, IGNORED, Target, TargetGroup, codes_in, label_of
from customers.importers.run import Unusable
from customers.operations.ensure_attributes import NewAttribute
from services.choices import MessageKind
from services.operations.import_messages import import_messages
from services.operations.records import TicketMessageRecord

LABELS: dict[str, Any] = {
    "ticket.id": gettext_lazy("Ticket: id in the source"),
    "body": gettext_lazy("Text"),
    "at": gettext_lazy("When"),
    "public": gettext_lazy("Yes: the customer may read it"),
    "deleted": gettext_lazy("Yes: the row was deleted, leave it out"),
}
MESSAGES = Step("messages", 80, "messages", import_messages)


class CommentContent:
    """Comments. See Content."""

    code = "comments"
    label = gettext_lazy("Comments on tickets")
    steps: tuple[Step, ...] = (MESSAGES,)

    def groups(self) -> list[TargetGroup]:
        """The choices for a column."""
        targets = tuple(Target(code, str(label)) for code, label in LABELS.items())
        return [TargetGroup("", (IGNORED,)), TargetGroup(_("Comment"), targets)]

    def describe(self, target: str) -> str:
        """The name of a target. Raises ValueError for what is none."""
        return label_of(LABELS, target)

    def guess(self, column: str) -> str:
        """Nothing: comments come from known formats only."""
        return ""

    def fits(self, target: str, samples: Sequence[str]) -> bool:
        """Whether a column can be what its name promises: always, as far as names are known here."""
        return True

    def rest(self, column: str, kind: TableKind) -> str:
        """Left out: a comment has a place for nothing else."""
        return IGNORE

    def problems(self, targets: Sequence[str]) -> list[str]:
        """What is wrong with a mapping as a whole."""
        targets = codes_in(targets)
        found = repeated(targets, self.describe, ())
        text = _("No column is mapped to “%(target)s”.")
        needed = [code for code in ("ticket.id", "body", "at") if code not in targets]
        return [*found, *(text % {"target": self.describe(code)} for code in needed)]

    def is_moment(self, target: str) -> bool:
        """Whether the column holds dates."""
        return target == "at"

    def attribute(self, target: str, column: str) -> NewAttribute | None:
        """None: comments have no custom attributes."""
        return None

    def makers(self, plan: SheetPlan) -> Mapping[str, Maker]:
        """How a row is read."""
        pick = itemgetter(*(plan.place(target) for target in LABELS))
        clean, read = plan.kind.clean_id, plan.reads_moment(plan.place("at"))

        def make(cells: list[str]) -> list[TicketMessageRecord]:
            ticket, body, at, public, deleted = pick(cells)
            if is_yes(deleted, "deleted"):
                raise Unusable(_("was deleted in the source: left out"))
            if not at:
                raise Unusable(_("when it was written is missing"))
            kind = MessageKind.REPLY if is_yes(public, "public") else MessageKind.NOTE
            return [TicketMessageRecord(clean(ticket), body, read(at), kind=kind)]

        return {MESSAGES.code: make}
