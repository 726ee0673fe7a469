from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.base import ScopedViewSet
from customers.choices import CustomerKind
from customers.models import Customer
from customers.operations.hierarchy import hierarchy
from customers.operations.household import household
from customers.operations.neighbourhood import neighbourhood


class PartySerializer(serializers.Serializer[Any]):
    """A customer in short."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=CustomerKind.choices)


class JoinSerializer(serializers.Serializer[Any]):
    """A relation in short."""

    id = serializers.IntegerField()
    type = serializers.CharField(source="type.code", help_text="Code of the relation type.")
    from_customer = serializers.IntegerField(source="from_customer_id")
    to_customer = serializers.IntegerField(source="to_customer_id")


class HouseholdSerializer(serializers.Serializer[Any]):
    """Who lives together, the customer first, and the relations that join them."""

    members = PartySerializer(many=True)
    relations = JoinSerializer(many=True)
    is_complete = serializers.BooleanField(help_text="false: there are more than are told.")


class HierarchySerializer(serializers.Serializer[Any]):
    """Who stands above a customer, level by level from the top down, and who directly below."""

    above = serializers.ListField(child=PartySerializer(many=True))
    below = PartySerializer(many=True)
    more_below = serializers.IntegerField(help_text="So many further ones are not told.")


class NodeSerializer(PartySerializer):
    """A customer of the neighbourhood, and by how many relations it is reached."""

    hops = serializers.IntegerField(min_value=0, max_value=2)


class TieSerializer(serializers.Serializer[Any]):
    """All relations between two customers of the neighbourhood."""

    near = serializers.IntegerField(source="near.pk", help_text="Whoever is nearer to the middle.")
    far = serializers.IntegerField(source="far.pk")
    verbs = serializers.ListField(child=serializers.CharField(), help_text="How it reads from the nearer end.")
    strength = serializers.IntegerField(min_value=1, max_value=5)
    is_past = serializers.BooleanField()
    relations = JoinSerializer(many=True)


class NeighbourhoodSerializer(serializers.Serializer[Any]):
    """The customers within two relations: the nodes and lines of the picture on the customer's page."""

    nodes = NodeSerializer(many=True)
    ties = TieSerializer(many=True)
    more_first = serializers.IntegerField(help_text="So many further direct neighbours are not told.")
    more_second = serializers.IntegerField(help_text="So many further neighbours of neighbours are not told.")


class AroundViewSet(ScopedViewSet):
    """Who stands around one customer today, as far as you may see them."""

    queryset = Customer.objects.all()
    serializer_class = NeighbourhoodSerializer
    needs = "customers.view_relation"

    @extend_schema(responses=HouseholdSerializer)
    @action(detail=True, serializer_class=HouseholdSerializer)
    def household(self, request: Request, pk: str) -> Response:
        """Everybody who lives with the customer, directly or by way of others."""
        return self._told(household)

    @extend_schema(responses=HierarchySerializer)
    @action(detail=True, serializer_class=HierarchySerializer)
    def hierarchy(self, request: Request, pk: str) -> Response:
        """Who stands above the customer, up to the top, and who directly below."""
        return self._told(hierarchy)

    @extend_schema(responses=NeighbourhoodSerializer)
    @action(detail=True)
    def neighbourhood(self, request: Request, pk: str) -> Response:
        """The customers within two relations, close ones first."""
        found = neighbourhood(customer=self.get_object(), user=self.user, on=timezone.localdate())
        rings = enumerate(([found.customer], found.first, found.second))
        nodes = [
            {"id": row.pk, "name": row.name, "kind": row.kind, "hops": hops} for hops, ring in rings for row in ring
        ]
        return Response(
            self.shown(
                {
                    "nodes": nodes,
                    "ties": found.ties,
                    "more_first": found.more_first,
                    "more_second": found.more_second,
                }
            )
        )

    def _told(self, operation: Any) -> Response:
        return Response(self.shown(operation(customer=self.get_object(), user=self.user, on=timezone.localdate())))
