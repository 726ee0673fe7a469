from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.actions import ActionDecisionSerializer
from analytics.filtersets import ValueFilterSet
from analytics.models import CustomerValue
from analytics.operations.customer_value import Valued, customer_value
from analytics.value.histories import FEATURES
from customers.api.base import Reads, ScopedViewSet
from customers.api.fields import StrictModel
from customers.api.merged import LivingCustomers
from customers.models import Customer
from customers.operations.why_not_profiled import why_not_profiled

FIGURES = [
    "id",
    "customer",
    "currency",
    "first_on",
    "last_on",
    "recency",
    "frequency",
    "monetary",
    "orders",
    "recency_fifth",
    "frequency_fifth",
    "monetary_fifth",
    "expected_orders",
    "expected_value",
    "clv",
    "clv_fifth",
    "churn",
    "model",
    "as_of",
    "computed_at",
]


class CustomerValueSerializer(StrictModel):
    """What the relationship with a customer is worth. Money is in `currency`, the one that they mostly order in;
    `clv` is of the next 12 months (expected_orders times expected_value), `churn` of the next 90 days. Fifths run from
    1 to 5, 5 the best, among customers of the same kind and currency. null: not known yet."""

    id = serializers.IntegerField(source="pk", read_only=True, help_text="The customer's.")
    customer = serializers.IntegerField(source="customer_id", read_only=True)
    model = serializers.IntegerField(source="model_id", read_only=True)

    class Meta:
        model = CustomerValue
        fields = FIGURES
        read_only_fields = fields


class ChurnReasonSerializer(serializers.Serializer[Any]):
    """What makes leaving likelier (points above zero) or less likely, in log-odds against the average customer."""

    feature = serializers.ChoiceField(choices=FEATURES)
    value = serializers.FloatField(help_text="In days, counts or money.")
    points = serializers.FloatField()


class OfferedActionSerializer(serializers.Serializer[Any]):
    """An action that is offered: worth = churn * clv * uplift - cost, as of when it was."""

    rule = serializers.IntegerField(source="rule.pk")
    name = serializers.CharField(source="rule.name")
    what = serializers.CharField(source="rule.what")
    channel = serializers.CharField(source="rule.channel")
    is_allowed = serializers.BooleanField(help_text="Whether the customer allows the contact now.")
    offered = ActionDecisionSerializer(source="decision")


class ValueWithReasonsSerializer(CustomerValueSerializer):
    """The same with the reasons of churn, and the actions that are offered, the most worth first."""

    churn_reasons = serializers.SerializerMethodField()
    actions = serializers.SerializerMethodField()

    class Meta(CustomerValueSerializer.Meta):
        fields = [*FIGURES, "churn_reasons", "actions"]
        read_only_fields = fields

    @extend_schema_field(ChurnReasonSerializer(many=True))
    def get_churn_reasons(self, row: CustomerValue) -> Any:
        """The strongest first."""
        return row.churn_reasons

    @extend_schema_field(OfferedActionSerializer(many=True))
    def get_actions(self, row: CustomerValue) -> Any:
        """None for whoever may not see decisions on actions."""
        valued: Valued = self.context["valued"]
        sees = self.context["request"].user.has_perm("analytics.view_actiondecision")
        return OfferedActionSerializer(valued.offers if sees else [], many=True).data


class CustomerValueViewSet(Reads, ScopedViewSet):
    """Relationship values. Why a chance of churn is what it is, and what to do: /customers/{id}/value/."""

    queryset = CustomerValue.objects.all()
    serializer_class = CustomerValueSerializer
    filterset_class = ValueFilterSet
    stale = ("list",)
    ordering_fields = ("clv", "churn")


class ValueOfCustomerViewSet(LivingCustomers, ScopedViewSet):
    """What the relationship with one customer is worth."""

    queryset = Customer.objects.all()
    serializer_class = ValueWithReasonsSerializer

    @action(detail=True, needs="analytics.view_customervalue", serializer_class=ValueWithReasonsSerializer)
    def value(self, request: Request, pk: str) -> Response:
        """The value with its reasons and the actions that are offered. 404 says why there is none."""
        customer = self.get_object()
        if reason := why_not_profiled(customer=customer):
            raise NotFound(reason)
        valued = customer_value(customer=customer, at=timezone.now())
        if valued is None:
            raise NotFound(_("There is no value: they have no order that counts yet, or no night has passed since."))
        context = {**self.get_serializer_context(), "valued": valued}
        return Response(ValueWithReasonsSerializer(valued.value, context=context).data)
