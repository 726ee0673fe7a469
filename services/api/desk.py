from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
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
from services.filtersets import QueueFilterSet, ServiceTypeFilterSet, SLAPolicyFilterSet, TicketAttributeFilterSet
from services.models import Queue, ServiceType, SLAPolicy, SLATarget, TicketAttribute
from services.operations.remove_ticket_attribute import remove_ticket_attribute
from services.operations.write_sla_policy import write_sla_policy

# 1000 years of business time: beyond it is a slip of the finger, and far below what columns hold.
MOST_MINUTES = 10**8


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


def minutes() -> serializers.IntegerField:
    """Minutes of business time; null: no promise."""
    return serializers.IntegerField(min_value=1, max_value=MOST_MINUTES, required=False, allow_null=True)


class SLATargetSerializer(StrictModel):
    """What a policy promises at one priority, in minutes of business time."""

    first_reply_minutes = minutes()
    next_reply_minutes = minutes()
    resolution_minutes = minutes()

    class Meta:
        model = SLATarget
        fields = ["priority", "first_reply_minutes", "next_reply_minutes", "resolution_minutes"]


class SLAPolicySerializer(StrictModel):
    """Targets for the tickets that a policy matches. Targets that are sent replace those on record."""

    targets = SLATargetSerializer(many=True, required=False)

    class Meta:
        model = SLAPolicy
        fields = ["id", "name", "position", "is_active", "queue", "service_type", "targets", "version"]
        read_only_fields = ["version"]

    def validate_targets(self, targets: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len({target["priority"] for target in targets}) < len(targets):
            raise serializers.ValidationError(_("Give each priority once."))
        return targets


class SLAPolicyViewSet(CatalogueViewSet):
    """What is promised to which tickets."""

    queryset = SLAPolicy.objects.prefetch_related("targets")
    serializer_class = SLAPolicySerializer
    filterset_class = SLAPolicyFilterSet

    def make(self, *, targets: Any = (), **values: Any) -> SLAPolicy:
        """Create through the operation."""
        return write_sla_policy(policy=SLAPolicy(), changes=values, targets=targets, at=timezone.now())

    def change(self, row: SLAPolicy, expected: int | None, *, targets: Any = None, **values: Any) -> None:
        """Update through the operation."""
        write_sla_policy(policy=row, changes=values, targets=targets, expected_version=expected, at=timezone.now())
