"""What a tile tells, over the API: the tables that its page and files draw."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from analytics.exporters.boards.content import Cell, Content, Figure

FORMS = ["count", "share", "seconds", "decimal", "hundredths"]
LINK = {"type": "string", "nullable": True, "description": "The page of the list behind it; null: there is none."}
FIGURE = {
    "type": "object",
    "required": ["value", "form", "people", "is_partial", "link"],
    "properties": {
        "value": {"type": "number", "nullable": True},
        "form": {"type": "string", "enum": FORMS},
        "people": {"type": "integer", "nullable": True, "description": "The people behind a share."},
        "is_partial": {"type": "boolean", "description": "Its time is not over yet."},
        "link": LINK,
    },
}
TEXT = {
    "type": "object",
    "required": ["text", "link"],
    "properties": {"text": {"type": "string"}, "link": LINK},
}
LINES = {"type": "array", "items": {"type": "array", "items": {"oneOf": [TEXT, FIGURE]}}}


@extend_schema_field({**FIGURE, "nullable": True})
class FigureField(serializers.JSONField):
    """A number with what it is."""


@extend_schema_field(LINES)
class LinesField(serializers.JSONField):
    """Lines of texts and numbers."""


class TilePartSerializer(serializers.Serializer[Any]):
    """A table; `name` is a segment, where a report tells of several."""

    name = serializers.CharField()
    header = serializers.ListField(child=serializers.CharField())
    lines = LinesField()


class TileDataSerializer(serializers.Serializer[Any]):
    """What a tile tells."""

    title = serializers.CharField()
    note = serializers.CharField(help_text="Of which time.")
    link = serializers.CharField(allow_null=True, help_text="The page of it.")
    problem = serializers.CharField(help_text="Why it tells nothing; empty: it does.")
    is_empty = serializers.BooleanField()
    number = FigureField()
    number_words = serializers.CharField()
    parts = TilePartSerializer(many=True)


def as_data(content: Content) -> dict[str, Any]:
    """As the serializer shows it."""
    return {
        **{name: getattr(content, name) for name in ("title", "note", "problem", "is_empty", "number_words")},
        "link": _address(content.link),
        "number": None if content.number is None else _cell(content.number),
        "parts": [
            {
                "name": part.name,
                "header": part.table.header,
                "lines": [list(map(_cell, one)) for one in part.table.lines],
            }
            for part in content.parts
        ],
    }


def _cell(cell: Cell) -> dict[str, Any]:
    if not isinstance(cell, Figure):
        return {"text": cell.text, "link": _address(cell.link)}
    number = {name: getattr(cell, name) for name in ("value", "form", "people", "is_partial")}
    return {**number, "link": _address(cell.link)}


def _address(link: str) -> str | None:
    return settings.PUBLIC_URL + link if link else None
