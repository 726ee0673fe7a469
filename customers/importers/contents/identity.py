"""What a customer's row is known by."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from customers.choices import KeyPurpose
from customers.encryption.cipher import keyed_hash
from customers.encryption.keyring import current_key
from customers.folding import fold
from customers.importers.mapping.sheet_plan import SheetPlan
from customers.importers.run import NoId
from customers.operations.own_ids import own_id

IdOf = Callable[[list[str]], str]


def id_of(plan: SheetPlan) -> IdOf:
    """A function from a row to the id of its customer in the source.

    Without an id in the row, of a list that has none, the id is made of what is in it: of the name and the ways to
    reach the customer, or else of all that is mapped. So the same row again is the same customer; and a hash under our
    own key, because an id is not encrypted."""
    made = _made_of(plan)
    if plan.has("own_id"):
        return _own_id(plan, made)
    clean = plan.kind.clean_id
    place = plan.place("id")
    if place == plan.nowhere:
        return made

    def read(cells: list[str]) -> str:
        text = cells[place]
        found = clean(text) if text else ""
        if found:
            return found
        if plan.kind.is_free:
            return made(cells)
        raise NoId(_("%(place)s: is missing") % {"place": plan.column(place)})

    return read


def _own_id(plan: SheetPlan, made: IdOf) -> IdOf:
    """Of our own exports: the id that a customer has here, with the moment that proves that it is of here."""
    own, created = plan.place("own_id"), plan.place("created_at")
    read_moment = plan.reads_moment(created)

    def read(cells: list[str]) -> str:
        if not cells[own]:
            return made(cells)
        return own_id(cells[own], read_moment(cells[created]) if cells[created] else None)

    return read


def _made_of(plan: SheetPlan) -> IdOf:
    names = [plan.place(target) for target in ("name", "given_name", "family_name")]
    reached = [place for _aim, place in plan.aims("email", "phone", "messenger")]
    everything = [place for _target, place in plan.placed]

    def made(cells: list[str]) -> str:
        _id, key = current_key(KeyPurpose.INDEX)
        parts = [cells[place] for place in reached]
        if any(parts):
            parts = [*(fold(cells[place]) for place in names), *parts]
        else:
            parts = [cells[place] for place in everything]
        text = "\x1f".join(parts).encode("utf-8", "replace").decode()
        return f"row:{keyed_hash(text, key=key)}"

    return made
