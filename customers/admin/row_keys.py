"""Keys of rows as addresses and forms hold them: texts, until they are looked at."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple


def is_key(text: str) -> bool:
    """Whether a text may be the key of a row: a number that every database takes."""
    return text.isascii() and text.isdecimal() and len(text) < 19


class KeySelect(AutocompleteSelect):
    """One row, looked for by typing. Shown again after a refusal, it looks only for what may be a key."""

    def optgroups(self, name: str, value: Sequence[str], attr: dict[str, Any] | None = None) -> Any:
        """The row that was chosen."""
        return super().optgroups(name, _keys(value), attr)


class KeySelectMultiple(AutocompleteSelectMultiple):
    """Several rows, looked for by typing. Shown again after a refusal, it looks only for what may be keys."""

    def optgroups(self, name: str, value: Sequence[str], attr: dict[str, Any] | None = None) -> Any:
        """The rows that were chosen."""
        return super().optgroups(name, _keys(value), attr)


def _keys(values: Sequence[str]) -> list[str]:
    return [one for one in values if not one or is_key(str(one))]
