from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from customers.api.base import CatalogueViewSet
from customers.api.customers import TeamField
from customers.api.fields import StrictModel
from customers.models import Team
from services.api.with_sets import WithSets
from services.filtersets import QueueFilterSet, ServiceTypeFilterSet, SLAPolicyFilterSet
from services.models import Queue, ServiceType, SLAPolicy, SLATarget
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
