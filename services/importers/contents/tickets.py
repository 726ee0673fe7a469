"""Rows that are tickets, with their customers where these stand nowhere else."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.folding import fold
from customers.importers.contents.customers import NAMED, RELATIONS
from customers.importers.contents.named import by_name
from customers.importers.formats import TableKind
from customers.importers.mapping.content import Maker, Step
from customers.importers.mapping.problems import repeated
from customers.importers.mapping.sheet_plan import SheetPlan
from customers.importers.mapping.targets import TargetGroup, codes_in
from customers.importers.mapping.words import FIELD_TYPE, code_of, words_of
from customers.operations.ensure_attributes import NewAttribute
from services.importers.contents import ticket_labels as labels
from services.importers.contents.ticket_rows import employment_maker, party_maker, rating_maker, ticket_maker
from services.operations.import_ratings import import_ratings
from services.operations.import_tickets import import_tickets

# What Zendesk says behind the names of a company's own fields.
TYPES = {"dec": "=number", "int": "=number", "flag": "=yes_no"}
TICKETS = Step("tickets", 70, "tickets", by_name(import_tickets))
RATINGS = Step("ratings", 90, "ratings", by_name(import_ratings))


class TicketContent:
    """Tickets. See Content."""

    code = "tickets"
    label = gettext_lazy("Tickets")
    steps: tuple[Step, ...] = (NAMED, RELATIONS, TICKETS, RATINGS)

    def groups(self) -> list[TargetGroup]:
        """The choices for a column."""
        return labels.groups()

    def describe(self, target: str) -> str:
        """The name of a target. Raises ValueError for what is none."""
        return labels.describe(target)

    def guess(self, column: str) -> str:
        """What a column of this name most probably means."""
        words = words_of(column)
        return next((code for code, label in labels.LABELS.items() if words in (words_of(code), fold(str(label)))), "")

    def fits(self, target: str, samples: Sequence[str]) -> bool:
        """Whether a column can be what its name promises: always, as far as names are known here."""
        return True

    def rest(self, column: str, kind: TableKind) -> str:
        """An attribute of the ticket."""
        suffix = FIELD_TYPE.search(column)
        type = TYPES.get(suffix[1].lower(), "") if suffix else ""
        return f"attribute:{code_of(column, ())}{type}"

    def problems(self, targets: Sequence[str]) -> list[str]:
        """What is wrong with a mapping as a whole."""
        targets = codes_in(targets)
        found = repeated(targets, self.describe, labels.MANY)
        if not {"id", "number"} & {*targets}:
            found.append(_("No column holds the id or the number of the tickets."))
        if "created_at" not in targets:
            found.append(_("No column says when the tickets were opened."))
        return found

    def is_moment(self, target: str) -> bool:
        """Whether the column holds dates."""
        return target in labels.MOMENTS and target != "first_reply_minutes"

    def attribute(self, target: str, column: str) -> NewAttribute | None:
        """None: attributes of tickets need not be defined."""
        return None

    def makers(self, plan: SheetPlan) -> Mapping[str, Maker]:
        """How a row is read in each step."""
        makers: dict[str, Maker] = {NAMED.code: party_maker(plan), TICKETS.code: ticket_maker(plan)}
        if plan.constant("requester.works_for"):
            makers[RELATIONS.code] = employment_maker(plan)
        if plan.has("satisfaction"):
            makers[RATINGS.code] = rating_maker(plan)
        return makers
