from typing import Any

from django.utils import timezone
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.base import CatalogueViewSet
from customers.api.customers import TeamField
from customers.api.fields import StrictModel, Text
from customers.api.locking import expected_version
from customers.models import Team
from customers.models.attribute import LONGEST_CHOICE, MOST_CHOICES
from customers.operations.add_row import add_row
from customers.operations.define_attribute import free_code
from services.api.with_sets import WithSets
from services.filtersets import QueueFilterSet, ServiceTypeFilterSet, TicketAttributeFilterSet
from services.models import Queue, ServiceType, TicketAttribute
from services.operations.remove_ticket_attribute import remove_ticket_attribute


class QueueSerializer(StrictModel):
    """Where tickets wait."""

    team = TeamField(queryset=Team.objects.all())

    class Meta:
        model = Queue
        fields = [
            "id",
            "name",
            "team",
            "calendar",
            "typical_reply_seconds",
            "close_after_days",
            "reopen_days",
            "version",
        ]
        read_only_fields = ["version"]


class QueueViewSet(CatalogueViewSet):
    """Where tickets wait."""

    queryset = Queue.objects.all()
    serializer_class = QueueSerializer
    filterset_class = QueueFilterSet


class TicketAttributeSerializer(StrictModel):
    """A field that this company added to its tickets. Without a code it gets one from its name; code and type stay
    once tickets have values."""

    choices = serializers.ListField(
        child=Text(max_length=LONGEST_CHOICE), required=False, max_length=MOST_CHOICES, help_text="Of a list."
    )

    class Meta:
        model = TicketAttribute
        fields = ["id", "code", "name", "service_type", "type", "choices", "is_required", "position", "version"]
        read_only_fields = ["version"]
        extra_kwargs = {"code": {"required": False}}


class TicketAttributeViewSet(CatalogueViewSet):
    """Fields that this company added to its tickets: definitions. The values are `attributes` of a ticket."""

    queryset = TicketAttribute.objects.all()
    serializer_class = TicketAttributeSerializer
    filterset_class = TicketAttributeFilterSet

    def make(self, **values: Any) -> TicketAttribute:
        """Create, with a code made from the name where none is given."""
        values.setdefault("code", free_code(values["name"], model=TicketAttribute))
        return add_row(row=TicketAttribute(**values), at=timezone.now())

    def destroy(self, request: Request, pk: str) -> Response:
        """Delete a definition. One that tickets have values of is refused (409)."""
        remove_ticket_attribute(
            attribute=self.get_object(), expected_version=expected_version(request), at=timezone.now()
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


class ServiceTypeSerializer(StrictModel):
    """What kind of service a ticket asks for."""

    class Meta:
        model = ServiceType
        fields = ["id", "code", "name", "skills", "version"]
        read_only_fields = ["version"]


class ServiceTypeViewSet(WithSets, CatalogueViewSet):
    """Kinds of service."""

    queryset = ServiceType.objects.prefetch_related("skills")
    serializer_class = ServiceTypeSerializer
    filterset_class = ServiceTypeFilterSet
