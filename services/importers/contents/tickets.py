"""Rows that are tickets, with their customers where these stand nowhere else."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.folding import fold
from customers.importers.contents.customers import NAMED, RELATIONS
from customers.importers.contents.named import Named, with_ids
from customers.importers.formats import TableKind
from customers.importers.mapping.content import Maker, Step
from customers.importers.mapping.problems import repeated
from customers.importers.mapping.sheet_plan import SheetPlan
from customers.importers.mapping.targets import TargetGroup
from customers.importers.mapping.words import FIELD_TYPE, code_of, words_of
from customers.operations.ensure_attributes import NewAttribute
from customers.operations.records import Counts
from services.importers.contents import ticket_labels as labels
from services.importers.contents.ticket_rows import employment_maker, party_maker, rating_maker, ticket_maker
from services.operations.import_ratings import import_ratings
from services.operations.import_tickets import import_tickets


def import_named_tickets(*, records: Sequence[Named[Any]], **rest: Any) -> Counts:
    """As import_tickets, of records whose customers may be names."""
    return _of_named(import_tickets, records, **rest)


def import_named_ratings(*, records: Sequence[Named[Any]], **rest: Any) -> Counts:
    """As import_ratings, of records whose customers may be names."""
    return _of_named(import_ratings, records, **rest)


def _of_named(operation: Any, records: Sequence[Named[Any]], *, source: Any, report: Any, **rest: Any) -> Counts:
    refused: list[str] = []

    def refuse(source_id: str, reason: str) -> None:
        refused.append(source_id)
        report(source_id, "refused", "", reason)

    counts: Counts = operation(source=source, records=with_ids(source, records, refuse), report=report, **rest)
    counts.refused += len(refused)
    return counts


# What Zendesk says behind the names of a company's own fields.
TYPES = {"dec": "=number", "int": "=number", "flag": "=yes_no"}
TICKETS = Step("tickets", 70, "tickets", import_named_tickets)
RATINGS = Step("ratings", 90, "ratings", import_named_ratings)


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

    def rest(self, column: str, kind: TableKind) -> str:
        """An attribute of the ticket."""
        suffix = FIELD_TYPE.search(column)
        type = TYPES.get(suffix[1].lower(), "") if suffix else ""
        return f"attribute:{code_of(column, ())}{type}"

    def problems(self, targets: Sequence[str]) -> list[str]:
        """What is wrong with a mapping as a whole."""
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
