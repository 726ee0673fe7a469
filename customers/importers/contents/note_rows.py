"""From a row to notes in its customer's timeline."""

from textwrap import shorten

from customers.choices import Direction, InteractionKind
from customers.importers.contents.identity import id_of
from customers.importers.mapping.content import Maker
from customers.importers.mapping.sheet_plan import SheetPlan
from customers.operations.records import InteractionRecord

SUBJECT_LENGTH = 80


def note_maker(plan: SheetPlan) -> Maker:
    """How rows become notes. A note without a date of its own is of the moment of its import, and found again by what
    it is called: its column, where it is too long to be its own subject."""
    read_id, places = id_of(plan), plan.places("note")

    def make(cells: list[str]) -> list[InteractionRecord]:
        return [
            InteractionRecord(
                read_id(cells), InteractionKind.NOTE, Direction.INBOUND, *_said(cells[place], plan, place)
            )
            for place in places
            if cells[place].strip()
        ]

    return make


def _said(text: str, plan: SheetPlan, place: int) -> tuple[str, str, None]:
    """Subject, text and no moment."""
    if len(text) <= SUBJECT_LENGTH and "\n" not in text:
        return text, "", None
    column = shorten(plan.column(place), SUBJECT_LENGTH, placeholder="…")
    return column, text, None
