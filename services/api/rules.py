"""Rules, what they would have done, and the log of what they did."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.base import CatalogueViewSet, Reads, ScopedViewSet
from customers.api.fields import Attributes, Strict, StrictModel
from customers.api.idempotency import once
from services.choices import RULE_EVENTS, EventKind
from services.filtersets import RuleFilterSet, RuleFiringFilterSet
from services.models import Rule, RuleFiring
from services.operations.rule_actions import MOST_ACTIONS
from services.operations.rule_conditions import MOST_CONDITIONS
from services.operations.rule_fields import Op
from services.operations.try_rule import LONGEST_DAYS, Trial, try_rule
from services.operations.write_rule import write_rule

CONDITION = {
    "type": "object",
    "required": ["field", "op"],
    "properties": {
        "field": {"type": "string", "description": "queue, status, priority, text, segment, attribute.CODE, ..."},
        "op": {"type": "string", "enum": Op.values},
        "value": {"description": "A list for is, is_not, contains and lacks; one for at_least and at_most; else none."},
    },
}
LIST = {"type": "array", "items": CONDITION, "maxItems": MOST_CONDITIONS}


@extend_schema_field(
    {
        "type": "object",
        "properties": {"all": LIST, "any": LIST},
        "example": {"all": [{"field": "priority", "op": "at_least", "value": 3}], "any": []},
    }
)
class ConditionsField(Attributes):
    """All of the first list must be met, and, where there is a second, any of it. Empty: every ticket."""


@extend_schema_field(
    {
        "type": "object",
        "required": ["action"],
        "properties": {"action": {"type": "string"}},
        "additionalProperties": {},
        "example": {"action": "set_priority", "priority": 4},
    }
)
class ActionField(Attributes):
    """An action by its code, with its parameters beside it."""


class RuleSerializer(StrictModel):
    """When – if – then. `events` are those of which any has it asked; of time, `minutes` after `anchor`, or below zero
    before it. Rules are asked in the order of `position`."""

    events = serializers.ListField(
        child=serializers.ChoiceField(choices=[(kind.value, kind.label) for kind in RULE_EVENTS]), required=False
    )
    conditions = ConditionsField(required=False)
    actions = serializers.ListField(child=ActionField(), max_length=MOST_ACTIONS)

    class Meta:
        model = Rule
        fields = [
            "id",
            "name",
            "position",
            "is_active",
            "trigger",
            "events",
            "anchor",
            "minutes",
            "in_business_time",
            "conditions",
            "actions",
            "stops",
            "version",
        ]
        read_only_fields = ["version"]


class DaysSerializer(Strict):
    """How far back to look."""

    days = serializers.IntegerField(min_value=1, max_value=LONGEST_DAYS, default=30)


class ForeseenSerializer(serializers.Serializer[Any]):
    """An action and what it would come to now: `done`, or why not."""

    action = serializers.CharField()
    outcome = serializers.CharField()


class TriedSerializer(serializers.Serializer[Any]):
    """An event, or (null) a wait, that the rule would have applied to."""

    ticket = serializers.IntegerField()
    number = serializers.CharField()
    at = serializers.DateTimeField()
    event = serializers.ChoiceField(choices=EventKind.choices, allow_null=True)
    actions = ForeseenSerializer(many=True)


class TrialSerializer(serializers.Serializer[Any]):
    """What the rule would have done: how many events or tickets were looked at and matched, and the newest of them.
    `is_capped`: there is more than was looked at. `took_too_long`: it was stopped in the middle."""

    days = serializers.IntegerField()
    scanned = serializers.IntegerField()
    matched = serializers.IntegerField()
    tickets = serializers.IntegerField()
    is_capped = serializers.BooleanField()
    took_too_long = serializers.BooleanField()
    first = TriedSerializer(many=True)


class RuleViewSet(CatalogueViewSet):
    """Rules, in the order in which they are asked. A new one is off until it is switched on."""

    queryset = Rule.objects.all()
    serializer_class = RuleSerializer
    filterset_class = RuleFilterSet
    inputs = {"dry_run": DaysSerializer}

    def make(self, **values: Any) -> Rule:
        """Create through the operation."""
        return write_rule(rule=Rule(), changes=values, by=self.user, at=timezone.now())

    def change(self, row: Rule, expected: int | None, **values: Any) -> None:
        """Update through the operation."""
        write_rule(rule=row, changes=values, by=self.user, expected_version=expected, at=timezone.now())

    @extend_schema(responses=TrialSerializer)
    @action(
        detail=True, methods=["post"], url_path="dry-run", needs="services.view_rule", serializer_class=TrialSerializer
    )
    @once
    def dry_run(self, request: Request, pk: str) -> Response:
        """What the rule would have done in the last days, to tickets that you see, whether it is on or off. Changes
        nothing."""
        rule = self.get_object()
        if not self.user.has_perm("services.view_ticket"):
            raise PermissionDenied
        trial = try_rule(rule=rule, user=self.user, days=self.validated()["days"], at=timezone.now())
        return Response(TrialSerializer(_told(trial)).data)


class RuleFiringSerializer(serializers.ModelSerializer[RuleFiring]):
    """A rule that applied to a ticket: because of which event, or (`since`) of which wait, what was met, and what came
    of each action."""

    actions = serializers.ListField(child=serializers.DictField())
    matched = serializers.DictField()
    chain = serializers.ListField(child=serializers.IntegerField())

    class Meta:
        model = RuleFiring
        fields = [
            "id",
            "rule",
            "rule_name",
            "ticket",
            "event",
            "since",
            "at",
            "outcome",
            "matched",
            "actions",
            "chain",
            "error",
        ]


class RuleFiringViewSet(Reads, ScopedViewSet):
    """The log of rules, of the tickets that you see."""

    queryset = RuleFiring.objects.all()
    serializer_class = RuleFiringSerializer
    filterset_class = RuleFiringFilterSet


def _told(trial: Trial) -> dict[str, Any]:
    return {
        "days": trial.days,
        "scanned": trial.scanned,
        "matched": trial.matched,
        "tickets": len(trial.tickets),
        "is_capped": trial.is_capped,
        "took_too_long": trial.took_too_long,
        "first": [
            {
                "ticket": one.ticket.pk,
                "number": one.ticket.number,
                "at": one.at,
                "event": one.event.kind if one.event else None,
                "actions": [
                    {"action": action.get("action", ""), "outcome": outcome} for action, outcome in one.actions
                ],
            }
            for one in trial.shown
        ],
    }
