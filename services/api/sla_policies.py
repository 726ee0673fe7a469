"""Policies: which tickets they are for, what they promise, and what happens around a missed target."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from customers.api.base import CatalogueViewSet
from customers.api.fields import StrictModel
from services.filtersets import SLAPolicyFilterSet
from services.models import EscalationStep, SLAPolicy, SLATarget
from services.operations.write_sla_policy import write_sla_policy

# 1000 years of business time: beyond it is a slip of the finger, and far below what columns hold.
MOST_MINUTES = 10**8
# Steps are at most a year away; more than these of one policy nobody could follow.
STEP_MINUTES = 366 * 24 * 60
MOST_STEPS = 50


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


class EscalationStepSerializer(StrictModel):
    """What happens so many minutes of business time after a target is due; below zero: before. A reassigning step
    without an agent asks the assignment rules."""

    minutes = serializers.IntegerField(min_value=-STEP_MINUTES, max_value=STEP_MINUTES)

    class Meta:
        model = EscalationStep
        fields = ["clock", "minutes", "action", "agent"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {"agent": None, **attrs}


class SLAPolicySerializer(StrictModel):
    """Targets and escalation steps for the tickets that a policy matches. Those that are sent replace those on record.
    The first active policy by position is taken whose conditions are all met; null is always met."""

    targets = SLATargetSerializer(many=True, required=False)
    steps = EscalationStepSerializer(many=True, required=False)

    class Meta:
        model = SLAPolicy
        fields = [
            "id",
            "name",
            "position",
            "is_active",
            "queue",
            "priority",
            "service_type",
            "segment",
            "targets",
            "steps",
            "version",
        ]
        read_only_fields = ["version"]

    def validate_steps(self, steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len(steps) > MOST_STEPS:
            raise serializers.ValidationError(_("Give at most %(most)d.") % {"most": MOST_STEPS})
        return steps

    def validate_targets(self, targets: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len({target["priority"] for target in targets}) < len(targets):
            raise serializers.ValidationError(_("Give each priority once."))
        return targets


class SLAPolicyViewSet(CatalogueViewSet):
    """What is promised to which tickets."""

    queryset = SLAPolicy.objects.prefetch_related("targets", "steps")
    serializer_class = SLAPolicySerializer
    filterset_class = SLAPolicyFilterSet

    def make(self, *, targets: Any = (), steps: Any = (), **values: Any) -> SLAPolicy:
        """Create through the operation."""
        return write_sla_policy(policy=SLAPolicy(), changes=values, targets=targets, steps=steps, at=timezone.now())

    def change(
        self, row: SLAPolicy, expected: int | None, *, targets: Any = None, steps: Any = None, **values: Any
    ) -> None:
        """Update through the operation."""
        write_sla_policy(
            policy=row, changes=values, targets=targets, steps=steps, expected_version=expected, at=timezone.now()
        )
