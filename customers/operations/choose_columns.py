"""Which value each field of a merged customer gets."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from customers.models import Customer

KEPT, GONE = "kept", "gone"
COLUMNS = ("name", "given_name", "family_name", "language", "country", "industry", "team", "owner")
FOREIGN_KEYS = {"team": "team_id", "owner": "owner_id"}
ATTRIBUTE = "attributes."
"""What the name of a custom attribute begins with: attributes.CODE."""

EMPTY: tuple[object, ...] = (None, "", [], {})


class BadChoice(ValueError):
    """What was chosen makes no sense; `field` names it. Nothing was written."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


def choices_of(kept: Customer, gone: Customer) -> list[str]:
    """The fields that there is something to choose in: the columns, and the custom attributes of either."""
    return [*COLUMNS, *(f"{ATTRIBUTE}{code}" for code in sorted({*kept.attributes, *gone.attributes}))]


def value_of(customer: Customer, name: str) -> Any:
    """The value of a field by the name that choices give it; of a foreign key, the key."""
    if name.startswith(ATTRIBUTE):
        return customer.attributes.get(name.removeprefix(ATTRIBUTE))
    return getattr(customer, FOREIGN_KEYS.get(name, name))


def default_choice(kept: Customer, gone: Customer, name: str) -> str:
    """The value of the one who is kept; where it is empty, the other's."""
    return GONE if value_of(kept, name) in EMPTY and value_of(gone, name) not in EMPTY else KEPT


def choose_columns(*, kept: Customer, gone: Customer, choices: Mapping[str, str]) -> dict[str, Any]:
    """What changes in `kept`, by the name that choices give it. Whoever was here first has been here since.

    Raises BadChoice."""
    names = choices_of(kept, gone)
    for name, choice in choices.items():
        if name not in names:
            raise BadChoice(name, _("“%(name)s” is no field that these customers have.") % {"name": name})
        if choice not in (KEPT, GONE):
            raise BadChoice(name, _("Choose “kept” or “gone”."))
    changes: dict[str, Any] = {}
    for name in names:
        choice = choices.get(name) or default_choice(kept, gone, name)
        if choice == GONE and value_of(gone, name) != value_of(kept, name):
            changes[name] = value_of(gone, name)
    if gone.created_at < kept.created_at:
        changes["created_at"] = gone.created_at
    return changes


def set_columns(customer: Customer, changes: Mapping[str, Any]) -> None:
    """Give an unsaved copy of the customer these values; an empty custom attribute goes."""
    for name, value in changes.items():
        if not name.startswith(ATTRIBUTE):
            setattr(customer, FOREIGN_KEYS.get(name, name), value)
        elif value in EMPTY:
            customer.attributes.pop(name.removeprefix(ATTRIBUTE), None)
        else:
            customer.attributes[name.removeprefix(ATTRIBUTE)] = value


def columns_written(changes: Mapping[str, Any]) -> list[str]:
    """The columns to save."""
    return sorted({"attributes" if name.startswith(ATTRIBUTE) else name for name in changes})
