"""The shape of the preview of a preference version, with the customers and segments that the caller may see."""

from typing import Any

from rest_framework import serializers

from analytics.api.version_preview import (
    PreviewGroupSerializer,
    PreviewOfVersionSerializer,
    seen_movers,
    seen_segments,
)
from analytics.operations.preview_preferences import KINDS
from customers.models import User

WHAT = {
    "next": "The product, of those that they did not buy.",
    "again": "The product, of those that they bought.",
    "category": "The category.",
}


class FirstSerializer(serializers.Serializer[Any]):
    """What comes first: a product or a category, by its name when it was looked at."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class PlacesSerializer(FirstSerializer):
    """For how many customers it comes first, by the version in force and by this one."""

    before = serializers.IntegerField()
    after = serializers.IntegerField()


class FirstPlacesSerializer(serializers.Serializer[Any]):
    """How many customers have something that comes first, for how many it is another, and what gains and loses most."""

    customers = serializers.IntegerField()
    changed = serializers.IntegerField()
    gained = PlacesSerializer(many=True)
    lost = PlacesSerializer(many=True)


class ChangedFirstSerializer(serializers.Serializer[Any]):
    """What comes first for a customer, by the version in force and by this one; null: nothing does."""

    before = FirstSerializer(allow_null=True)
    after = FirstSerializer(allow_null=True)


def _by_kind(name: str, about: str, made: Any) -> Any:
    """A serializer with the same for each kind."""
    return type(name, (serializers.Serializer,), {"__doc__": about, **{kind: made(kind) for kind in KINDS}})


FirstsSerializer: Any = _by_kind(
    "PreviewFirstsSerializer",
    "What comes first, by kind.",
    lambda kind: FirstPlacesSerializer(help_text=WHAT[kind]),
)
ChangedSerializer: Any = _by_kind(
    "PreviewChangedSerializer",
    "For how many customers another comes first, by kind.",
    lambda kind: serializers.IntegerField(help_text=WHAT[kind]),
)
MoverBase: Any = _by_kind(
    "PreviewChangedFirstsSerializer",
    "What comes first for a customer, by kind.",
    lambda kind: ChangedFirstSerializer(help_text=WHAT[kind]),
)


class PreferenceMoverSerializer(serializers.Serializer[Any]):
    """A customer to whom other products and categories would be shown: so many of how many."""

    customer = serializers.IntegerField()
    others = serializers.IntegerField()
    of = serializers.IntegerField()
    firsts = MoverBase()


class PreferenceGroupSerializer(PreviewGroupSerializer):
    """A segment, or an override: its customers with a profile, and for how many another comes first."""

    changed = ChangedSerializer()


class PreferencePreviewResultSerializer(serializers.Serializer[Any]):
    """What a preview found. Figures are of all customers with a profile; for whom most is another is told of those that
    you may see."""

    customers = serializers.IntegerField()
    firsts = FirstsSerializer()
    movers = PreferenceMoverSerializer(many=True)
    segments = PreferenceGroupSerializer(many=True)
    overrides = PreferenceGroupSerializer(many=True)


class PreferencePreviewSerializer(PreviewOfVersionSerializer):
    """For whom other products and categories would come first if a version were activated."""

    result = PreferencePreviewResultSerializer(allow_null=True)


def shown_result(result: dict[str, Any], user: User) -> dict[str, Any]:
    """What a preview found, as this user sees it."""
    seen = seen_movers(result["movers"], user, "analytics.view_preferenceprofile")
    return {
        **result,
        "firsts": {kind: _places(row) for kind, row in result["firsts"].items()},
        "movers": [_mover(row) for row in seen],
        "segments": seen_segments(result["segments"], user),
    }


def _places(row: dict[str, Any]) -> dict[str, Any]:
    listed = {
        name: [{**_first(one), "before": one["before"], "after": one["after"]} for one in row[name]]
        for name in ("gained", "lost")
    }
    return {**row, **listed}


def _mover(row: dict[str, Any]) -> dict[str, Any]:
    firsts = {
        kind: {name: first and _first(first) for name, first in zip(("before", "after"), row[kind], strict=True)}
        for kind in KINDS
    }
    return {**{name: row[name] for name in ("customer", "others", "of")}, "firsts": firsts}


def _first(first: dict[str, Any]) -> dict[str, Any]:
    return {"id": first["key"], "name": first["name"]}
