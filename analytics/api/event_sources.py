"""Where events come from, and who they are of."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.filtersets import IdentityFilterSet
from analytics.models import EventIdentity, EventSource
from analytics.operations.link_identity import LinkRefused, link_identity
from customers.api.base import CatalogueViewSet, Reads, ScopedViewSet
from customers.api.fields import Strict, StrictModel, VisibleRow
from customers.api.idempotency import once
from customers.models import Customer


class NotLinked(APIException):
    """The identity cannot be linked so."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "not_linked"


class EventSourceSerializer(StrictModel):
    """A project of Mixpanel or Amplitude, a property of GA4, or a program of one's own."""

    class Meta:
        model = EventSource
        fields = ["id", "slug", "name", "kind", "time_zone", "id_source", "version"]
        read_only_fields = ["version"]


class EventSourceViewSet(CatalogueViewSet):
    """Sources of behaviour events. One that events came from is not deleted."""

    queryset = EventSource.objects.order_by("slug")
    serializer_class = EventSourceSerializer


class IdentitySerializer(StrictModel):
    """A user or a device as a source knows it. `owner`: the user whom a device belongs to. `link`: how the customer is
    known."""

    key = serializers.CharField(read_only=True)
    source = serializers.CharField(source="source.slug", read_only=True)  # type: ignore[assignment]

    class Meta:
        model = EventIdentity
        fields = ["id", "source", "kind", "key", "owner", "customer", "link", "created_at"]
        read_only_fields = fields


class IdentityLinkSerializer(Strict):
    """Who an identity is; null: nobody, whatever its ids say."""

    customer = VisibleRow(queryset=Customer.objects.all(), allow_null=True)


class EventIdentityViewSet(Reads, ScopedViewSet):
    """Users and devices of event sources, newest first."""

    queryset = EventIdentity.objects.select_related("source")
    serializer_class = IdentitySerializer
    filterset_class = IdentityFilterSet
    inputs: dict[str, Any] = {"link": IdentityLinkSerializer}

    @extend_schema(responses=IdentitySerializer)
    @action(detail=True, methods=["post"])
    @once
    def link(self, request: Request, pk: str) -> Response:
        """Say which customer a user or a device is, also of all that it did before; null takes that back."""
        identity = self.get_object()
        customer = self.validated()["customer"]
        try:
            linked = link_identity(identity=identity, customer=customer, at=timezone.now())
        except LinkRefused as error:
            raise NotLinked(str(error)) from error
        return self.answer(linked.pk)
