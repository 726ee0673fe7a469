from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.base import CatalogueViewSet, Changes, Reads, ScopedViewSet
from customers.api.fields import Moment, Strict, StrictModel
from customers.api.idempotency import once
from customers.api.locking import expected_version
from customers.api.pagination import Pages
from services.api.with_sets import WithSets
from services.filtersets import AgentFilterSet, AssignmentRuleFilterSet, SkillFilterSet
from services.models import Agent, AssignmentRule, Skill
from services.operations.give_back_tickets import give_back_tickets
from services.operations.set_away import set_away


class AssignmentRuleSerializer(StrictModel):
    """Who is given which tickets. Empty conditions match every ticket; without `agents` the queue's team is asked."""

    class Meta:
        model = AssignmentRule
        fields = [
            "id",
            "name",
            "position",
            "is_active",
            "queue",
            "service_type",
            "priority",
            "channel",
            "segment",
            "method",
            "agent",
            "agents",
            "skills",
            "version",
        ]
        read_only_fields = ["version"]


class AssignmentRuleViewSet(WithSets, CatalogueViewSet):
    """Assignment rules: the first active one by position that a ticket meets decides."""

    queryset = AssignmentRule.objects.prefetch_related("agents", "skills")
    serializer_class = AssignmentRuleSerializer
    filterset_class = AssignmentRuleFilterSet


class SkillSerializer(StrictModel):
    """Something that an agent knows."""

    class Meta:
        model = Skill
        fields = ["id", "name", "version"]
        read_only_fields = ["version"]


class SkillViewSet(CatalogueViewSet):
    """What agents know, and tickets may ask for."""

    queryset = Skill.objects.all()
    serializer_class = SkillSerializer
    filterset_class = SkillFilterSet


class AgentSerializer(StrictModel):
    """A user who handles tickets. `away` goes through its verb."""

    class Meta:
        model = Agent
        fields = [
            "id",
            "user",
            "name",
            "is_active",
            "capacity",
            "extension",
            "skills",
            "away_from",
            "away_until",
            "last_assigned_at",
            "version",
        ]
        read_only_fields = ["user", "away_from", "away_until", "last_assigned_at", "version"]


class AwaySerializer(Strict):
    """From when until when; a null end is open, and without both the agent is back. `gives_back`: the unsolved tickets
    are decided anew by the assignment rules."""

    away_from = Moment(required=False, allow_null=True, default=None)
    away_until = Moment(required=False, allow_null=True, default=None)
    gives_back = serializers.BooleanField(required=False, default=False)


class AgentViewSet(WithSets, Reads, Changes, ScopedViewSet):
    """Agents."""

    queryset = Agent.objects.prefetch_related("skills")
    serializer_class = AgentSerializer
    filterset_class = AgentFilterSet
    pagination_class = Pages
    inputs = {"away": AwaySerializer}

    @extend_schema(responses=AgentSerializer)
    @action(detail=True, methods=["post"], is_verb=True, needs="services.view_agent")
    @once
    def away(self, request: Request, pk: str) -> Response:
        """Go away or come back: yourself, or, with the permission to change agents, anybody."""
        agent = self.get_object()
        given = self.validated()
        if agent.user_id != self.user.pk and not self.user.has_perm("services.change_agent"):
            raise PermissionDenied
        gives_back = given.pop("gives_back")
        at = timezone.now()
        expected = expected_version(request, required=False)
        set_away(agent=agent, **given, expected_version=expected, at=at)
        if gives_back:
            give_back_tickets(agent=agent, by=self.user, at=at)
        return self.answer(agent.pk)
