"""From a row to what its customer allowed or forbade."""

from customers.importers.contents.identity import id_of
from customers.importers.contents.yes import is_yes
from customers.importers.mapping.content import Maker
from customers.importers.mapping.sheet_plan import SheetPlan
from customers.importers.run import Unusable
from customers.operations.records import ConsentRecord


def consent_maker(plan: SheetPlan) -> Maker:
    """How rows become consents. `given`: yes allows, no forbids, and an empty cell says nothing. `refused`: yes
    forbids; no says nothing, since in the systems that have such a column it stands there unless somebody spoke."""
    read_id, at = id_of(plan), plan.place("consent.at")
    read_at = plan.reads_moment(at)
    wanted = [
        (place, aim.name, aim.more, aim.part == "given", plan.column(place))
        for aim, place in plan.aims("consent")
        if aim.part in ("given", "refused")
    ]

    def make(cells: list[str]) -> list[ConsentRecord]:
        found = []
        for place, purpose, channel, means_given, column in wanted:
            if not cells[place]:
                continue
            said = is_yes(cells[place], column)
            if not means_given and not said:
                continue
            try:
                moment = read_at(cells[at]) if cells[at] else None
            except ValueError as error:
                raise Unusable(str(error)) from error
            found.append(ConsentRecord(read_id(cells), purpose, channel, said and means_given, at=moment))
        return found

    return make


def has_consents(plan: SheetPlan) -> bool:
    """Whether rows tell of any."""
    return any(True for aim, _place in plan.aims("consent") if aim.part != "at")
