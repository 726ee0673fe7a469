"""One address out of its parts."""

import json
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from customers.choices import ContactKind
from customers.importers.mapping.sheet_plan import SheetPlan
from customers.operations.records import ContactRecord

ADDRESS = ContactKind.ADDRESS.value
PARTS = ("street", "street_2", "city", "state", "postal_code", "country")
# The parts in the JSON that Salesforce keeps beside the columns.
JSON_PARTS = ("street", "", "city", "state", "postalCode", "country")

ReadAddress = Callable[[list[str]], tuple[ContactRecord | None, str]]
"""From a row to its address, if it has one, and the country that is written in it."""


def address_readers(plan: SheetPlan) -> list[ReadAddress]:
    """One reader for each address that a row may have, told apart by label and slot."""
    keys = dict.fromkeys((aim.name, aim.slot) for aim, _place in plan.aims("address"))
    return [_reader(plan, name, slot, is_first=number == 0) for number, (name, slot) in enumerate(keys)]


def _reader(plan: SheetPlan, name: str, slot: str, *, is_first: bool) -> ReadAddress:
    of_it = {aim.part: place for aim, place in plan.aims("address") if (aim.name, aim.slot) == (name, slot)}
    nowhere = plan.nowhere
    whole, label, as_json = (of_it.get(part, nowhere) for part in ("", "label", "json"))
    pick = itemgetter(*(of_it.get(part, nowhere) for part in PARTS))

    def read(cells: list[str]) -> tuple[ContactRecord | None, str]:
        parts = pick(cells)
        if cells[as_json] and not any(parts):
            parts = _from_json(cells[as_json])
        text = cells[whole] or joined(parts)
        if not text:
            return None, parts[-1]
        return ContactRecord(ADDRESS, text, cells[label] or name, is_first), parts[-1]

    return read


def joined(parts: Sequence[str]) -> str:
    """The parts of an address in one line, as it is written on a letter: in Chinese from the country to the house."""
    street, street_2, city, state, postal_code, country = parts
    if any("\u4e00" <= c <= "\u9fff" for c in f"{city}{street}"):
        return " ".join(part for part in (f"{country}{state}{city}{street}{street_2}", postal_code) if part)
    region = f"{state} {postal_code}".strip()
    return ", ".join(part for part in (street, street_2, city, region, country) if part)


def _from_json(text: str) -> list[str]:
    try:
        found: Any = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        return [text, "", "", "", "", ""]  # no JSON: the address as somebody wrote it
    return [str(found.get(part) or "") for part in JSON_PARTS]
