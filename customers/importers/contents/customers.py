"""Rows that are customers: persons, organisations, and what else such a row tells of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.choices import AttributeType, MatchingUse
from customers.importers.contents import labels
from customers.importers.contents.consent_rows import consent_maker, has_consents
from customers.importers.contents.customer_rows import customer_maker, left_out_reader
from customers.importers.contents.fitting import fits
from customers.importers.contents.named import by_name, ensure_named, remember_name
from customers.importers.contents.note_rows import note_maker
from customers.importers.contents.relation_rows import has_names, has_relations, named_maker, relation_maker
from customers.importers.formats import TableKind
from customers.importers.mapping.content import Maker, Step
from customers.importers.mapping.problems import repeated
from customers.importers.mapping.sheet_plan import SheetPlan
from customers.importers.mapping.synonyms import known_by_name
from customers.importers.mapping.targets import IGNORE, Aim, TargetGroup, codes_in, parts_of
from customers.importers.mapping.words import code_of, words_of
from customers.operations.ensure_attributes import NewAttribute
from customers.operations.import_consents import import_consents
from customers.operations.import_customers import import_customers
from customers.operations.import_interactions import import_interactions
from customers.operations.import_relations import import_relations

MATCHING = {"birth_date": MatchingUse.BIRTH_DATE, "tax_number": MatchingUse.IDENTIFIER}
ENCRYPTED = ("email", "phone", "messenger")
MOMENTS = ("created_at", "consent.at")


CUSTOMERS = Step("customers", 10, "customers", import_customers)
NAMED = Step("named", 20, "customers", ensure_named, by_name=True)
RELATIONS = Step("relations", 30, "relations", by_name(import_relations))
CONSENTS = Step("consents", 40, "consents", import_consents)
INTERACTIONS = Step("interactions", 50, "interactions", import_interactions)


class CustomerContent:
    """Customers. See Content."""

    code = "customers"
    label = gettext_lazy("Customers")
    steps: tuple[Step, ...] = (CUSTOMERS, NAMED, RELATIONS, CONSENTS, INTERACTIONS)

    def groups(self) -> list[TargetGroup]:
        """The choices for a column."""
        return labels.groups()

    def describe(self, target: str) -> str:
        """The name of a target. Raises ValueError for what is none."""
        return labels.describe(target)

    def guess(self, column: str) -> str:
        """What a column of this name most probably means."""
        return known_by_name(column)

    def fits(self, target: str, samples: Sequence[str]) -> bool:
        """Whether a column can be what its name promises."""
        return fits(target, samples)

    def rest(self, column: str, kind: TableKind) -> str:
        """A custom attribute, whose type its values will tell; or a way to reach the customer, since attributes are not
        encrypted."""
        target = known_by_name(column)
        return target if target.startswith(ENCRYPTED) else f"attribute:{code_of(column)}"

    def problems(self, targets: Sequence[str]) -> list[str]:
        """What is wrong with a mapping as a whole."""
        codes = codes_in(targets)
        found = repeated([code for code in codes if not _may_repeat(code)], self.describe, ())
        if not {"name", "given_name", "family_name"} & {*codes}:
            found.append(_("No column holds the name: map one to Name, or to Given name and Family name."))
        text = _("“%(target)s” says nothing without a column for the id or the name of the other.")
        return [*found, *(text % {"target": self.describe(target)} for target in _of_nobody(targets))]

    def is_moment(self, target: str) -> bool:
        """Whether the column holds dates."""
        aim = Aim.of(target)
        return target in MOMENTS or aim.part in ("since", "until") or aim.type == AttributeType.DATE

    def attribute(self, target: str, column: str) -> NewAttribute | None:
        """The custom attribute that a column goes into."""
        aim = Aim.of(target)
        if aim.noun != "attribute" or not aim.name:
            return None
        name = column if code_of(column) != words_of(column) else column.capitalize()
        matching = MATCHING.get(aim.name, MatchingUse.NONE)
        return NewAttribute(aim.name, name, type=aim.type, matching=matching)

    def makers(self, plan: SheetPlan) -> Mapping[str, Maker]:
        """How a row is read in each step."""
        makers: dict[str, Maker] = {CUSTOMERS.code: _remembered(plan, customer_maker(plan))}
        if has_names(plan):
            makers[NAMED.code] = named_maker(plan)
        if has_relations(plan):
            makers[RELATIONS.code] = relation_maker(plan)
        if has_consents(plan):
            makers[CONSENTS.code] = consent_maker(plan)
        if plan.has("note"):
            makers[INTERACTIONS.code] = note_maker(plan)
        return {
            code: make if code == CUSTOMERS.code else _but_for_left_out(plan, make) for code, make in makers.items()
        }


def _but_for_left_out(plan: SheetPlan, make: Maker) -> Maker:
    """Rows that were left out when customers were made tell of nothing else either."""
    left_out = left_out_reader(plan)
    if left_out is None:
        return make
    return lambda cells: () if left_out(cells) else make(cells)


def _remembered(plan: SheetPlan, make: Maker) -> Maker:
    """A rehearsal writes nothing that a name could be looked up in, so it remembers who has which, where other rows
    name them."""
    if not plan.run.rehearsal:
        return make
    source = plan.run.source

    def remembering(cells: list[str]) -> Any:
        records = make(cells)
        if source.remembers_names:
            for record in records:
                remember_name(source, record)
        return records

    return remembering


def _of_nobody(targets: Sequence[str]) -> list[str]:
    """Parts of relations to others whom no column names, where they are all that a column is mapped to."""
    told = {(aim.name, aim.more, aim.slot) for aim in _relations(targets) if aim.part in ("id", "name")}
    alone = [target for target in targets if parts_of(target) == [target]]
    return [target for target in alone for aim in _relations([target]) if (aim.name, aim.more, aim.slot) not in told]


def _relations(targets: Sequence[str]) -> list[Aim]:
    aims = map(Aim.of, codes_in(targets))
    return [aim for aim in aims if aim.noun == "relation"]


def _may_repeat(target: str) -> bool:
    aim = Aim.of(target)
    if aim.slot or aim.part:
        return False
    return target in (IGNORE, "tags", "note", "deleted") or aim.noun in ("email", "phone", "messenger")
