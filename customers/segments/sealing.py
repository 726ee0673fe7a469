"""E-mail addresses and phone numbers in saved definitions: encrypted at rest, like those of customers."""

from typing import Any

from django.utils.translation import gettext as _

from customers.encryption.cipher import CannotDecrypt
from customers.encryption.fields import Sealed, open_text, seal_text

SEALED = "sealed:"
# Not to a row: the definition is written before a new segment has a key.
BOUND_TO = "customers.Segment.definition"


def sealed(value: Any) -> Any:
    """A text, or each of a list, encrypted."""
    if isinstance(value, list):
        return [sealed(one) for one in value]
    return SEALED + seal_text(value, bound_to=BOUND_TO).token


def opened(value: Any) -> Any:
    """What `sealed` made, or what was never sealed, as it reads. Raises ValueError where it cannot be decrypted."""
    if isinstance(value, list):
        return [opened(one) for one in value]
    if not isinstance(value, str) or not value.startswith(SEALED):
        return value
    try:
        return open_text(Sealed(value.removeprefix(SEALED)), bound_to=BOUND_TO)
    except CannotDecrypt as error:
        raise ValueError(_("This value cannot be decrypted.")) from error


def opened_definition(data: Any) -> Any:
    """A stored definition as it is shown, without a look at what it asks for."""
    if not isinstance(data, dict) or not isinstance(data.get("groups"), list):
        return data
    return {**data, "groups": [_opened_group(group) for group in data["groups"]]}


def _opened_group(group: Any) -> Any:
    rows = group.get("conditions") if isinstance(group, dict) else None
    if not isinstance(rows, list):
        return group
    return {**group, "conditions": [_opened_condition(row) for row in rows]}


def _opened_condition(row: Any) -> Any:
    try:
        return {**row, "value": opened(row["value"])} if isinstance(row, dict) and "value" in row else row
    except ValueError:  # cannot be decrypted: whoever reads the definition is told
        return row
