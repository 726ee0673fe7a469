from typing import Any

from django.utils import timezone
from rest_framework import serializers

from analytics.choices import DecisionKind
from analytics.filtersets import DecisionFilterSet
from analytics.models import ActionDecision, ActionRule
from analytics.operations.decide_action import decide_action
from customers.api.base import CatalogueViewSet, Creates, Reads, ScopedViewSet
from customers.api.fields import StrictModel


class ActionRuleSerializer(StrictModel):
    """A next best action: for whom, what, by which channel, at what cost. `measured`: its uplift against the hold-out
    group, once there is one."""

    uplift_now = serializers.FloatField(read_only=True, help_text="Measured where it is, else what staff entered.")
    measured = serializers.DictField(child=serializers.FloatField(), read_only=True)

    class Meta:
        model = ActionRule
        fields = [
            "id",
            "name",
            "what",
            "channel",
            "purpose",
            "cost",
            "currency",
            "uplift",
            "uplift_now",
            "measured",
            "holdout_share",
            "least_churn",
            "most_churn",
            "least_fifth",
            "least_score",
            "most_score",
            "segment",
            "quiet_days",
            "is_active",
            "version",
        ]
        read_only_fields = ["version"]


class ActionRuleViewSet(CatalogueViewSet):
    """Rules of next best actions."""

    queryset = ActionRule.objects.all()
    serializer_class = ActionRuleSerializer


class ActionDecisionSerializer(StrictModel):
    """What became of an action for a customer, with the figures of that moment: worth = churn * clv * uplift - cost."""

    class Meta:
        model = ActionDecision
        fields = [
            "id",
            "customer",
            "rule",
            "kind",
            "reason",
            "at",
            "by",
            "churn",
            "clv",
            "uplift",
            "cost",
            "worth",
            "currency",
        ]
        read_only_fields = fields


class NewDecisionSerializer(StrictModel):
    """An action that is offered was done, or dismissed with a reason."""

    kind = serializers.ChoiceField(
        choices=[(kind.value, kind.label) for kind in (DecisionKind.DONE, DecisionKind.DISMISSED)]
    )

    class Meta:
        model = ActionDecision
        fields = ["customer", "rule", "kind", "reason"]


class ActionDecisionViewSet(Reads, Creates, ScopedViewSet):
    """The log of next best actions: offered and held out by the nightly job, done and dismissed by staff."""

    queryset = ActionDecision.objects.all()
    serializer_class = ActionDecisionSerializer
    filterset_class = DecisionFilterSet
    inputs = {"create": NewDecisionSerializer}

    def make(self, **values: Any) -> ActionDecision:
        """Through the operation, which looks whether it is offered and allowed."""
        return decide_action(**values, by=self.user, at=timezone.now())
