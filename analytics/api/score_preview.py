"""The shape of the preview of a score version, with the customers and segments that the caller may see."""

from typing import Any

from rest_framework import serializers

from analytics.api.version_preview import (
    PreviewGroupSerializer,
    PreviewOfVersionSerializer,
    seen_movers,
    seen_segments,
)
from analytics.scoring.parameters import FACTOR_NAMES, FactorCode
from customers.models import User


class PreviewSideSerializer(serializers.Serializer[Any]):
    """How the scores of one version lie."""

    mean = serializers.FloatField(allow_null=True)
    low_evidence = serializers.IntegerField(help_text="Customers on low evidence.")
    histogram = serializers.ListField(child=serializers.IntegerField(), help_text="Customers by 5 points.")


class PreviewMovedSerializer(serializers.Serializer[Any]):
    """How many customers move by so many points or more."""

    one = serializers.IntegerField()
    five = serializers.IntegerField()
    ten = serializers.IntegerField()


class PreviewMoverSerializer(serializers.Serializer[Any]):
    """A customer who would move."""

    customer = serializers.IntegerField()
    before = serializers.FloatField()
    after = serializers.FloatField()
    factor = serializers.ChoiceField(choices=FACTOR_NAMES)


class ScorePreviewGroupSerializer(PreviewGroupSerializer):
    """A segment, or an override, and how it would fare: mean scores, and who moves by 5 points or more."""

    before = serializers.FloatField(allow_null=True)
    after = serializers.FloatField(allow_null=True)
    rose = serializers.IntegerField()
    fell = serializers.IntegerField()


class PreviewResultSerializer(serializers.Serializer[Any]):
    """What a preview found. Figures are of all customers; who moves is told of those that you may see."""

    customers = serializers.IntegerField()
    before = PreviewSideSerializer()
    after = PreviewSideSerializer()
    moved = PreviewMovedSerializer()
    rose = serializers.IntegerField()
    fell = serializers.IntegerField()
    up = PreviewMoverSerializer(many=True)
    down = PreviewMoverSerializer(many=True)
    segments = ScorePreviewGroupSerializer(many=True)
    overrides = ScorePreviewGroupSerializer(many=True)


class PreviewSerializer(PreviewOfVersionSerializer):
    """Who would move if a version were activated."""

    result = PreviewResultSerializer(allow_null=True)


def shown_result(result: dict[str, Any], user: User) -> dict[str, Any]:
    """What a preview found, as this user sees it."""
    moved = result["moved"]
    return {
        **result,
        "moved": {"one": moved["1"], "five": moved["5"], "ten": moved["10"]},
        "up": _movers(result["up"], user),
        "down": _movers(result["down"], user),
        "segments": seen_segments(result["segments"], user),
    }


def _movers(rows: list[dict[str, Any]], user: User) -> list[dict[str, Any]]:
    seen = seen_movers(rows, user, "analytics.view_customerscore")
    return [{**row, "factor": FactorCode(row["factor"]).label} for row in seen]
