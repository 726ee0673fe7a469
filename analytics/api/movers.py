"""Who moved since a day, and what moved them: the shapes of /scores/movers/."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from analytics.models import FACTORS
from analytics.operations.movers import FELL_MUCH, Mover, beginning_of, movers
from customers.api.fields import FIRST_YEAR, LAST_YEAR
from customers.api.pagination import LARGEST_PAGE

USUAL_LIMIT = 50
USUAL_PERIOD = timedelta(days=30)


class SinceField(serializers.Field[Any, Any, Any, Any]):
    """A day, of which the beginning is meant, or a moment."""

    default_error_messages = {
        "invalid": _("Give a day such as 2026-06-03, or a moment, as in ISO 8601."),
        "overflow": _("This day is out of range."),
    }

    def to_internal_value(self, data: Any) -> datetime:
        try:
            moment = beginning_of(str(data))
        except (ValueError, OverflowError):
            self.fail("invalid")
        if not FIRST_YEAR <= moment.year < LAST_YEAR:
            self.fail("overflow")
        return moment


class MoversAskedSerializer(serializers.Serializer[Any]):
    """The query."""

    since = SinceField(required=False)
    points = serializers.FloatField(default=FELL_MUCH, min_value=0, max_value=100)
    direction = serializers.ChoiceField(choices=["fell", "rose"], default="fell")
    factor = serializers.ChoiceField(choices=FACTORS, required=False)
    limit = serializers.IntegerField(default=USUAL_LIMIT, min_value=1, max_value=LARGEST_PAGE)


class FactorPointsSerializer(serializers.Serializer[Any]):
    """How many points one factor moved the score."""

    name = serializers.ChoiceField(choices=FACTORS)
    points = serializers.FloatField()


class MoverSerializer(serializers.Serializer[Any]):
    """A score that moved. The points of the factors sum to the change."""

    customer = serializers.IntegerField()
    before = serializers.FloatField()
    score = serializers.FloatField()
    low_evidence = serializers.BooleanField()
    change = serializers.FloatField()
    factor = serializers.ChoiceField(choices=FACTORS, help_text="The one that moved it most in its direction.")
    factors = FactorPointsSerializer(many=True)


class MoversSerializer(serializers.Serializer[Any]):
    """Who moved, the furthest first."""

    since = serializers.DateTimeField()
    points = serializers.FloatField()
    direction = serializers.ChoiceField(choices=["fell", "rose"])
    results = MoverSerializer(many=True)


MOVERS_PARAMETERS = [
    OpenApiParameter(
        "since", str, description="A day (its beginning in TIME_ZONE) or a moment; 30 days ago where it is left out."
    ),
    OpenApiParameter("points", {"type": "number", "minimum": 0, "maximum": 100, "default": FELL_MUCH}),
    OpenApiParameter("direction", {"type": "string", "enum": ["fell", "rose"], "default": "fell"}),
    OpenApiParameter(
        "factor", {"type": "string", "enum": list(FACTORS)}, description="Those whom this factor moved most."
    ),
    OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": USUAL_LIMIT}),
]


def movers_found(scores: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """The answer, among the scores that the user may see."""
    at = timezone.now()
    asked["since"] = min(asked.get("since", at - USUAL_PERIOD), at)
    found = movers(scores=scores, **asked)
    return {**asked, "results": [as_data(mover) for mover in found]}


def as_data(mover: Mover) -> dict[str, Any]:
    """A mover as MoverSerializer writes it."""
    return {
        "customer": mover.customer_id,
        "before": mover.before,
        "score": mover.score,
        "low_evidence": mover.low_evidence,
        "change": mover.change,
        "factor": mover.factor,
        "factors": [{"name": name, "points": points} for name, points in mover.points.items()],
    }
