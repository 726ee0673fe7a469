"""The facts that scores are made of, and the verbs that leave one out and take that back."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.base import Reads, ScopedViewSet
from customers.api.fields import Moment, Strict, StrictModel, Text
from customers.api.idempotency import once
from customers.choices import Factor, Measure
from customers.filtersets import ObservationFilterSet
from customers.models import Observation
from customers.operations.exclude_fact import exclude_fact
from customers.operations.readmit_fact import readmit_fact

REASON = Observation._meta.get_field("reason").max_length


class ObservationSerializer(StrictModel):
    """One dated fact about how a customer was served. Nothing is rewritten: a correction, and a decision to leave a
    fact out, is another row in its place."""

    factor = serializers.SerializerMethodField()
    measure = serializers.SerializerMethodField()
    stands = serializers.SerializerMethodField(help_text="No other row took its place.")
    left_out = serializers.BooleanField(source="is_exclusion", read_only=True)
    left_out_until = Moment(
        source="excluded_until", read_only=True, allow_null=True, help_text="Then it counts again; null: never."
    )
    decided_by = serializers.IntegerField(
        source="excluded_by_id", read_only=True, allow_null=True, help_text="Who left it out, or took it back."
    )

    class Meta:
        model = Observation
        fields = [
            "id",
            "customer",
            "factor",
            "measure",
            "value",
            "reference",
            "at",
            "due_at",
            "recorded_at",
            "subject_type",
            "subject_id",
            "stands",
            "left_out",
            "left_out_until",
            "decided_by",
            "reason",
        ]
        read_only_fields = fields

    def get_factor(self, row: Observation) -> str:
        """The factor that it feeds."""
        return Factor(row.factor).name.lower()

    def get_measure(self, row: Observation) -> str:
        """How it was measured."""
        return Measure(row.measure).name.lower()

    def get_stands(self, row: Observation) -> bool:
        """Whether it is the last word about its subject."""
        return row.superseded_version is None


class ReadmitSerializer(Strict):
    """Why it counts again."""

    reason = Text(max_length=REASON)


class ExcludeSerializer(ReadmitSerializer):
    """Why it is left out, and until when; without an end it is for good."""

    until = Moment(required=False, allow_null=True)


class ObservationViewSet(Reads, ScopedViewSet):
    """The ledger behind the scores."""

    queryset = Observation.objects.all()
    serializer_class = ObservationSerializer
    filterset_class = ObservationFilterSet
    inputs = {"exclude": ExcludeSerializer, "readmit": ReadmitSerializer}

    @action(detail=True, methods=["post"])
    @once
    def exclude(self, request: Request, pk: str) -> Response:
        """Leave a fact that stands out of its customer's score. Answers the row in its place."""
        row = self.get_object()
        return self._shown(exclude_fact(observation=row, by=self.user, at=timezone.now(), **self.validated()))

    @action(detail=True, methods=["post"])
    @once
    def readmit(self, request: Request, pk: str) -> Response:
        """Take back that it was left out. Answers the row in its place."""
        row = self.get_object()
        return self._shown(readmit_fact(observation=row, by=self.user, at=timezone.now(), **self.validated()))

    def _shown(self, row: Any) -> Response:
        return Response(self.shown(row))
