from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.explanation import FactorSerializer
from analytics.api.movers import MOVERS_PARAMETERS, MoversAskedSerializer, MoversSerializer, movers_found
from analytics.filtersets import PreferenceFilterSet, ScoreFilterSet
from analytics.models import FACTORS, CustomerScore, PreferenceProfile
from analytics.operations.product_reasons import ProductReasons, override_of
from analytics.operations.version_parameters import override_name
from analytics.scoring.preference_parameters import ITEM_FEATURES
from customers.api.base import Reads, ScopedViewSet
from customers.api.fields import StrictModel
from customers.choices import Factor


@extend_schema_field(FactorSerializer(many=True))
class FactorsField(serializers.Field[Any, Any, Any, Any]):
    """The four factors of a stored score."""

    def to_representation(self, value: CustomerScore) -> list[dict[str, Any]]:
        return [
            {
                "name": name,
                "value": getattr(value, name),
                "n_eff": getattr(value, f"{name}_n"),
                "contribution": getattr(value, f"{name}_contribution"),
                "points": getattr(value, f"{name}_points"),
            }
            for name in FACTORS
        ]


class ScoreSerializer(StrictModel):
    """A customer's satisfaction score with its four factors. Their points sum to the score less 50."""

    id = serializers.IntegerField(source="pk", read_only=True, help_text="The customer's.")
    customer = serializers.IntegerField(source="customer_id", read_only=True)
    version = serializers.IntegerField(source="version.number", read_only=True)
    override = serializers.SerializerMethodField()
    factors = FactorsField(source="*", read_only=True)
    change_factor = serializers.SerializerMethodField()

    class Meta:
        model = CustomerScore
        fields = [
            "id",
            "customer",
            "score",
            "raw",
            "low_evidence",
            "change",
            "change_factor",
            "factors",
            "version",
            "override",
            "as_of",
            "computed_at",
        ]
        read_only_fields = fields

    def get_override(self, row: CustomerScore) -> str | None:
        """The segment whose parameters made it; null: those for everybody."""
        return override_name(row) or None

    def get_change_factor(self, row: CustomerScore) -> str | None:
        """The factor that moved it most."""
        return None if row.change_factor is None else Factor(row.change_factor).name.lower()


class ScoreViewSet(Reads, ScopedViewSet):
    """Satisfaction scores. Why a score is what it is: /customers/{id}/score/."""

    queryset = CustomerScore.objects.select_related("version")
    serializer_class = ScoreSerializer
    filterset_class = ScoreFilterSet
    stale = ("list", "movers")
    ordering_fields = ("score", "change")

    @extend_schema(parameters=MOVERS_PARAMETERS, responses=MoversSerializer, filters=False)
    @action(
        detail=False,
        parameters=("since", "points", "direction", "factor", "limit"),
        pagination_class=None,
        filter_backends=[],
        serializer_class=MoversSerializer,
    )
    def movers(self, request: Request) -> Response:
        """Whose score fell or rose by so many points or more since a day, and the factor that moved it."""
        asked = MoversAskedSerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        return Response(self.shown(movers_found(self.get_queryset(), asked.validated_data)))


class PreferenceReasonSerializer(serializers.Serializer[Any]):
    """What speaks for a preference, or against it. The points of all reasons sum to the preference."""

    feature = serializers.ChoiceField(choices=ITEM_FEATURES)
    value = serializers.FloatField(allow_null=True)
    weight = serializers.FloatField()
    points = serializers.FloatField()


class RankedProductSerializer(serializers.Serializer[Any]):
    """One product of a profile; percentile: among all products on sale."""

    product = serializers.IntegerField()
    name = serializers.CharField()
    preference = serializers.FloatField()
    percentile = serializers.FloatField()
    bought = serializers.BooleanField(help_text="Whether they bought it before.")
    because = PreferenceReasonSerializer(many=True)


class PreferenceSerializer(StrictModel):
    """What a customer prefers, and how they like to be served, with the numbers behind it."""

    id = serializers.IntegerField(source="pk", read_only=True, help_text="The customer's.")
    customer = serializers.IntegerField(source="customer_id", read_only=True)
    version = serializers.IntegerField(source="version.number", read_only=True)
    override = serializers.SerializerMethodField()
    products = serializers.SerializerMethodField()

    class Meta:
        model = PreferenceProfile
        fields = ["id", "customer", "categories", "products", "service", "version", "override", "as_of", "computed_at"]
        read_only_fields = fields

    def get_override(self, row: PreferenceProfile) -> str:
        """The segment whose weights made it; empty: those for everybody."""
        return override_of(row)

    @extend_schema_field(RankedProductSerializer(many=True))
    def get_products(self, row: PreferenceProfile) -> list[dict[str, Any]]:
        """The best of those they bought, and the best of the others, best first."""
        context: Any = self.context
        reasons: ProductReasons = context.setdefault("product_reasons", ProductReasons())
        return reasons.of(row)


class PreferenceViewSet(Reads, ScopedViewSet):
    """Preference profiles."""

    queryset = PreferenceProfile.objects.select_related("version")
    serializer_class = PreferenceSerializer
    filterset_class = PreferenceFilterSet
    stale = ("list",)
