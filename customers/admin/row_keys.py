"""Keys of rows as addresses and forms hold them: texts, until they are looked at."""

from typing import Any

from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple


def is_key(text: str) -> bool:
    """Whether a text may be the key of a row: a number that every database takes."""
    return text.isascii() and text.isdecimal() and len(text) < 19


class _ForKeys:
    """Shown again after a refusal, the field looks only for what may be a key."""

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> Any:
        """The rows that were chosen."""
        known = [one for one in value if not one or is_key(str(one))]
        return super().optgroups(name, known, attrs)  # type: ignore[misc]


class KeySelect(_ForKeys, AutocompleteSelect):
    """One row, looked for by typing."""


class KeySelectMultiple(_ForKeys, AutocompleteSelectMultiple):
    """Several rows, looked for by typing."""
