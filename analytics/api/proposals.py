from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.filtersets import ProposalFilterSet
from analytics.models import WeightProposal
from analytics.operations.decide_proposal import accept_proposal, reject_proposal
from analytics.operations.propose_weights import propose_weights
from analytics.tasks import poke_workers_after_commit
from customers.api.base import Creates, Reads, ScopedViewSet
from customers.api.fields import NothingSerializer, StrictModel
from customers.api.idempotency import once
from customers.tasks import poke_after_commit


class EstimatedMeanSerializer(serializers.Serializer[Any]):
    """A mean over customers, with its 95% interval (bootstrap)."""

    mean = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class ForetoldSerializer(serializers.Serializer[Any]):
    """How one ranking foretold the purchases of the last days. `gain`: its nDCG less that of the strongest
    popularity."""

    task = serializers.CharField(help_text="Any product, or products that were new to the customer.")
    name = serializers.CharField()
    customers = serializers.IntegerField()
    ndcg = EstimatedMeanSerializer()
    hit_rate = EstimatedMeanSerializer()
    gain = EstimatedMeanSerializer()
    is_baseline = serializers.BooleanField()


class ProposalEvidenceSerializer(serializers.Serializer[Any]):
    """What the weights were learned from, and how they did. Empty while they are being learned."""

    results = ForetoldSerializer(many=True, required=False)
    customers = serializers.IntegerField(required=False)
    purchases = serializers.IntegerField(required=False)
    days = serializers.FloatField(required=False)
    as_of = serializers.DateTimeField(required=False)


class ProposalSerializer(StrictModel):
    """Weights that were learned from purchases, for somebody to accept or to reject."""

    weights = serializers.SerializerMethodField()
    evidence = serializers.SerializerMethodField()
    version = serializers.IntegerField(source="version.number", read_only=True, allow_null=True, default=None)
    against = serializers.IntegerField(source="against.number", read_only=True, allow_null=True, default=None)
    decided_by = serializers.CharField(source="decided_by.username", read_only=True, allow_null=True, default=None)

    class Meta:
        model = WeightProposal
        fields = [
            "id",
            "state",
            "weights",
            "evidence",
            "against",
            "version",
            "problem",
            "created_at",
            "decided_at",
            "decided_by",
        ]
        read_only_fields = fields

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "number"}})
    def get_weights(self, row: WeightProposal) -> Any:
        """By feature."""
        return row.weights

    @extend_schema_field(ProposalEvidenceSerializer)
    def get_evidence(self, row: WeightProposal) -> Any:
        """As it was measured."""
        return row.evidence


class ProposalViewSet(Reads, Creates, ScopedViewSet):
    """Learned weights of the preference profile. POST asks a worker to learn some."""

    queryset = WeightProposal.objects.select_related("version", "against", "decided_by")
    serializer_class = ProposalSerializer
    filterset_class = ProposalFilterSet
    inputs = {"create": NothingSerializer, "accept": NothingSerializer, "reject": NothingSerializer}

    @extend_schema(request=NothingSerializer, responses={201: ProposalSerializer})
    @once
    def create(self, request: Request) -> Response:
        """Ask for weights that are learned from purchases. Look again later: a worker learns them."""
        self.validated()
        proposal = propose_weights(at=timezone.now(), by=self.user)
        poke_after_commit()
        return self.answer(proposal.pk, status=status.HTTP_201_CREATED)

    @action(detail=True, methods=["post"])
    @once
    def accept(self, request: Request, pk: str) -> Response:
        """Put the weights in force, as a new version. All profiles are made anew."""
        row = self.get_object()
        self.validated()
        accept_proposal(proposal=row, at=timezone.now(), by=self.user)
        poke_workers_after_commit()
        return self.answer(row.pk)

    @action(detail=True, methods=["post"])
    @once
    def reject(self, request: Request, pk: str) -> Response:
        """Leave the weights as they are."""
        row = self.get_object()
        self.validated()
        reject_proposal(proposal=row, at=timezone.now(), by=self.user)
        return self.answer(row.pk)
