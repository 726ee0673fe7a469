"""Demand forecasts of the newest run, and what staff know of the market."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError as Refused
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers

from analytics.filtersets import ForecastFilterSet, MarketEventFilterSet, MarketIndexFilterSet
from analytics.models import BackTest, Forecast, MarketEvent, MarketIndex
from customers.api.base import CatalogueViewSet, Reads, ScopedViewSet
from customers.api.fields import StrictModel


class ForecastStepSerializer(serializers.Serializer[Any]):
    """What is expected of a step: a week from Monday on, or a day. `low_80` to `high_80` hold it in 4 of 5 cases."""

    starts_on = serializers.DateField()
    expected = serializers.FloatField()
    low_95 = serializers.FloatField()
    low_80 = serializers.FloatField()
    high_80 = serializers.FloatField()
    high_95 = serializers.FloatField()


class BackTestSerializer(StrictModel):
    """How one model foretold the group at one cut-off."""

    class Meta:
        model = BackTest
        fields = [
            "tier", "origin", "wape", "mase", "pinball_10", "pinball_50", "pinball_90", "covered_80", "covered_95",
            "is_winner",
        ]  # fmt: skip
        read_only_fields = fields


class DemandDriverSerializer(serializers.Serializer[Any]):
    """What the Poisson regression learned of an input: price, enquiries, views, momentum, market, competitor are
    elasticities; promotion and holidays are changes of ln demand in a step that is full of them."""

    name = serializers.CharField()
    coefficient = serializers.FloatField()
    error = serializers.FloatField(help_text="Standard error.")


class DemandDriversSerializer(serializers.Serializer[Any]):
    """Of the Poisson regression, whichever model won."""

    trend = serializers.FloatField(help_text="Change of ln demand in a year; it fades out.")
    dispersion = serializers.FloatField()
    inputs = DemandDriverSerializer(many=True)
    season = serializers.ListField(child=serializers.FloatField(), help_text="Factors of the steps ahead.")


class ForecastLineSerializer(StrictModel):
    """What is expected of a group: a product or category (of all customers or of a segment) by week, or the tickets of
    a queue by day. With `from` and `until` the steps are those that lie in that time."""

    days = serializers.IntegerField(help_text="How long a step is: 7 or 1.", read_only=True)
    steps = serializers.SerializerMethodField()

    class Meta:
        model = Forecast
        fields = [
            "id", "kind", "product", "category", "segment", "queue", "tier", "wape", "naive_wape", "next_4", "next_13",
            "days", "starts_on", "ends_on", "steps",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(ForecastStepSerializer(many=True))
    def get_steps(self, forecast: Forecast) -> Any:
        asked: Mapping[str, str] = self.context["request"].query_params
        since, until = _day(asked.get("from")), _day(asked.get("until"))
        names = ("starts_on", "expected", "low_95", "low_80", "high_80", "high_95")
        steps = [
            dict(zip(names, step, strict=True))
            for step in forecast.steps
            if (since is None or date.fromisoformat(step[0]) >= since)
            and (until is None or date.fromisoformat(step[0]) <= until)
        ]
        return ForecastStepSerializer(steps, many=True).data


class ForecastSerializer(ForecastLineSerializer):
    """The same with its history, what drives it, and how each model foretold it."""

    history = serializers.ListField(
        child=serializers.FloatField(allow_null=True),
        help_text="By step from history_from on; null: out of stock.",
        read_only=True,
    )
    drivers = DemandDriversSerializer(read_only=True)
    back_tests = BackTestSerializer(many=True, read_only=True)

    class Meta(ForecastLineSerializer.Meta):
        fields = [*ForecastLineSerializer.Meta.fields, "history_from", "history", "drivers", "back_tests"]
        read_only_fields = fields


@extend_schema_view(list=extend_schema(responses=ForecastLineSerializer(many=True)))
class ForecastViewSet(Reads, ScopedViewSet):
    """Forecasts of the newest run: new keys each night."""

    queryset = Forecast.objects.all()
    serializer_class = ForecastSerializer
    filterset_class = ForecastFilterSet
    stale = ("list",)
    inputs = {"list": ForecastLineSerializer}

    def get_queryset(self) -> Any:
        rows = super().get_queryset().current()
        if self.action == "list":
            return rows.defer("history", "drivers")
        return rows.prefetch_related("back_tests")


class _Cleaned(StrictModel):
    """The rules of the model hold here as in the admin."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        model: Any = self.Meta.model
        row: Any = self.instance
        before = {} if row is None else {str(name): getattr(row, str(name)) for name in self.fields}
        try:
            model(**(before | attrs)).clean()
        except Refused as error:
            raise serializers.ValidationError(error.message_dict) from error
        return attrs


class MarketEventSerializer(_Cleaned):
    """A holiday, a promotion, or days out of stock."""

    class Meta:
        model = MarketEvent
        fields = ["id", "kind", "name", "starts_on", "ends_on", "product", "category", "discount", "version"]
        read_only_fields = ["version"]


class MarketEventViewSet(CatalogueViewSet):
    """What moves demand for some days."""

    queryset = MarketEvent.objects.all()
    serializer_class = MarketEventSerializer
    filterset_class = MarketEventFilterSet


class MarketIndexSerializer(StrictModel):
    """How the market, or the competitors' prices, stood from a day on; 100 is usual."""

    class Meta:
        model = MarketIndex
        fields = ["id", "kind", "on", "value", "category", "version"]
        read_only_fields = ["version"]


class MarketIndexViewSet(CatalogueViewSet):
    """What is measured of the market."""

    queryset = MarketIndex.objects.all()
    serializer_class = MarketIndexSerializer
    filterset_class = MarketIndexFilterSet


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
