from decimal import Decimal
from typing import Any

from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.base import Creates, Reads, ScopedViewSet
from customers.api.fields import Moment, NothingSerializer, StrictModel, Text
from customers.api.idempotency import once
from customers.filtersets import OrderFilterSet
from customers.models import Order, OrderLine
from customers.operations.deliver_order import deliver_order
from customers.operations.place_order import NewLine, place_order

is_currency = RegexValidator(r"\A[A-Z]{3}\Z", _("Three capital letters, as in ISO 4217."))
# What the column of the total holds.
LARGEST_TOTAL = Decimal(10) ** 14


class OrderLineSerializer(StrictModel):
    """One product of an order. Prices are for a unit, before tax; the list price is the product's where left out."""

    class Meta:
        model = OrderLine
        fields = ["product", "quantity", "unit_price", "list_price"]
        extra_kwargs = {
            "quantity": {"min_value": Decimal("0.001")},
            "unit_price": {"min_value": 0},
            "list_price": {"min_value": 0},
        }


class OrderSerializer(StrictModel):
    """What a customer bought at one time."""

    lines = OrderLineSerializer(many=True)

    class Meta:
        model = Order
        fields = [
            "id",
            "number",
            "customer",
            "status",
            "currency",
            "ordered_at",
            "promised_at",
            "delivered_at",
            "total",
            "lines",
            "created_at",
            "version",
        ]
        read_only_fields = fields


class PlaceOrderSerializer(StrictModel):
    """A new order. Without a number it gets one."""

    number = Text(max_length=64, required=False)
    currency = Text(max_length=3, validators=[is_currency])
    promised_at = Moment(required=False, allow_null=True)
    lines = OrderLineSerializer(many=True, min_length=1, max_length=1000)  # type: ignore[call-arg]

    class Meta:
        model = Order
        fields = ["number", "customer", "currency", "promised_at", "lines"]

    def validate_number(self, number: str) -> str:
        if Order.objects.filter(number=number).exists():
            raise serializers.ValidationError(_("There is an order with this number."))
        return number

    def validate_lines(self, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if sum(line.get("quantity", 1) * line["unit_price"] for line in lines) >= LARGEST_TOTAL:
            raise serializers.ValidationError(_("The total is too large."))
        return lines


class OrderViewSet(Reads, Creates, ScopedViewSet):
    """Orders. How price and delivery compare to what was promised counts in the customer's score."""

    queryset = Order.objects.prefetch_related("lines")
    serializer_class = OrderSerializer
    filterset_class = OrderFilterSet
    ordering_fields = ("ordered_at",)
    inputs = {"create": PlaceOrderSerializer, "deliver": NothingSerializer}

    def make(self, *, lines: Any = (), **values: Any) -> Order:
        """Place through the operation."""
        return place_order(**values, lines=[NewLine(**line) for line in lines], at=timezone.now())

    @action(detail=True, methods=["post"], is_verb=True)
    @once
    def deliver(self, request: Request, pk: str) -> Response:
        """Say that the order has arrived."""
        return self.act(deliver_order)
