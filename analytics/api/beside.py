"""What lies beside a customer's score: the effect of their relations, and the one contact that carries them."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.models import ContactRisk, RelationEffect
from customers.api.base import ScopedViewSet
from customers.api.merged import LivingCustomers
from customers.models import Customer


class SourceSerializer(serializers.Serializer[Any]):
    """A related customer whose late tickets are felt."""

    customer = serializers.IntegerField(allow_null=True, help_text="Null: not yours to see.")
    name = serializers.CharField(allow_blank=True)
    tickets = serializers.IntegerField(help_text="Unsolved ones that missed a target.")
    via = serializers.ListField(child=serializers.IntegerField(), help_text="The relations that lead there.")
    points = serializers.FloatField()


class RiskSerializer(serializers.Serializer[Any]):
    """One contact carries the organisation."""

    contact = serializers.IntegerField(allow_null=True, help_text="Null: not yours to see.")
    name = serializers.CharField(allow_blank=True)
    carried = serializers.IntegerField(help_text="Tickets of the last year that this contact asked for ...")
    requests = serializers.IntegerField(help_text="... of so many.")
    contacts = serializers.IntegerField(help_text="Contacts that are known.")
    at = serializers.DateTimeField()


class BesideSerializer(serializers.Serializer[Any]):
    """Points that are read beside the score and are never part of it: 0 or less, at most 10 of them."""

    points = serializers.FloatField()
    tickets = serializers.IntegerField()
    sources = SourceSerializer(many=True, help_text="Strongest first, twenty at most.")
    at = serializers.DateTimeField(allow_null=True)
    single_contact = RiskSerializer(allow_null=True)


class BesideViewSet(LivingCustomers, ScopedViewSet):
    """What lies beside the score of one customer."""

    queryset = Customer.objects.all()
    serializer_class = BesideSerializer

    @extend_schema(responses=BesideSerializer)
    @action(detail=True, url_path="relation-effects", url_name="relation-effects", needs="analytics.view_customerscore")
    def relation_effects(self, request: Request, pk: str) -> Response:
        """What the customer feels of the late tickets of their relations, and whether one contact carries them."""
        customer = self.get_object()
        effect = RelationEffect.objects.filter(pk=customer.pk).profiled().first()
        risk = ContactRisk.objects.filter(pk=customer.pk).profiled().first()
        sources = effect.sources if effect else []
        around = [row["customer"] for row in sources] + ([risk.contact_id] if risk else [])
        names = dict(Customer.objects.visible_to(self.user).filter(pk__in=around).values_list("pk", "name"))
        return Response(
            {
                "points": effect.points if effect else 0.0,
                "tickets": effect.tickets if effect else 0,
                "sources": [{**row, **_seen("customer", row["customer"], names)} for row in sources],
                "at": effect.at if effect else None,
                "single_contact": _risk(risk, names) if risk else None,
            }
        )


def _seen(field: str, pk: int, names: dict[int, str]) -> dict[str, Any]:
    return {field: pk if pk in names else None, "name": names.get(pk, "")}


def _risk(risk: ContactRisk, names: dict[int, str]) -> dict[str, Any]:
    figures = {name: getattr(risk, name) for name in ("carried", "requests", "contacts", "at")}
    return {**figures, **_seen("contact", risk.contact_id, names)}
