from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.base import Changes, Reads, ScopedViewSet
from customers.api.fields import NothingSerializer, StrictModel
from customers.api.idempotency import once
from customers.api.jobs import JobSerializer
from customers.api.locking import expected_version
from customers.api.pagination import Pages
from customers.models import RetentionRule, RetentionRun
from customers.operations.start_retention import start_retention
from customers.tasks import poke_after_commit

MOST_DAYS = 36_500


class RetentionRuleSerializer(StrictModel):
    """For how long one kind of data is kept. An active rule runs every night."""

    days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS)

    class Meta:
        model = RetentionRule
        fields = ["id", "kind", "days", "is_active", "version"]
        read_only_fields = ["kind", "version"]


class RetentionRunSerializer(StrictModel):
    """What a rule did, or, as a report (`is_dry_run`), would do: `found` rows from before `cutoff`, `done` of them."""

    job = JobSerializer(read_only=True, allow_null=True)

    class Meta:
        model = RetentionRun
        fields = [
            "id",
            "rule",
            "days",
            "cutoff",
            "is_dry_run",
            "found",
            "oldest_at",
            "done",
            "job",
            "started_at",
            "started_by",
            "finished_at",
        ]
        read_only_fields = fields


class RetentionRuleViewSet(Reads, Changes, ScopedViewSet):
    """The retention rules (GDPR art. 5(1)(e), PIPL art. 19)."""

    queryset = RetentionRule.objects.all()
    serializer_class = RetentionRuleSerializer
    pagination_class = Pages
    inputs = {"report": NothingSerializer}

    @extend_schema(responses={201: RetentionRunSerializer})
    @action(
        detail=True,
        methods=["post"],
        needs="customers.add_retentionrun",
        serializer_class=RetentionRunSerializer,
        is_verb=True,
    )
    @once
    def report(self, request: Request, pk: str) -> Response:
        """Have a worker say what the rule would do. Answers the run: ask for it until it is finished."""
        rule = self.get_object()
        rule.require_version(expected_version(request, required=False))
        self.validated()
        run = start_retention(rule=rule, is_dry_run=True, by=self.user, at=timezone.now())
        poke_after_commit()
        return Response(self.shown(run), status=status.HTTP_201_CREATED)


class RetentionRunViewSet(Reads, ScopedViewSet):
    """What the rules found and did away with."""

    queryset = RetentionRun.objects.select_related("job")
    serializer_class = RetentionRunSerializer
