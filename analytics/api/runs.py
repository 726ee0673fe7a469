"""Scoring runs: what was computed when, how far what goes on is, and what failed."""

from dataclasses import asdict
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.filtersets import RunFilterSet
from analytics.models import ScoringRun
from analytics.operations.resume_run import NothingToResume, resume_run
from analytics.operations.run_progress import run_progress
from customers.api.base import Reads, ScopedViewSet
from customers.api.fields import NothingSerializer, StrictModel
from customers.api.idempotency import once
from customers.choices import LeaseState

SHOWN_FAILURES = 100


class NothingFailed(APIException):
    """The run has nothing to try again."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = _("There is nothing to try again: nothing failed, or a newer run took its place.")
    default_code = "nothing_to_resume"


class RunSerializer(StrictModel):
    """A run over a population. `customers` and `failed` stand when it has ended."""

    version = serializers.IntegerField(source="version.number", read_only=True)

    class Meta:
        model = ScoringRun
        fields = [
            "id",
            "kind",
            "state",
            "logical_at",
            "as_of",
            "started_at",
            "finished_at",
            "version",
            "customers",
            "failed",
        ]
        read_only_fields = fields


class ChunksSerializer(serializers.Serializer[Any]):
    """Parts of the run by state."""

    todo = serializers.IntegerField()
    leased = serializers.IntegerField()
    done = serializers.IntegerField()
    failed = serializers.IntegerField()


class FailureSerializer(serializers.Serializer[Any]):
    """What was given up on: the customers from `lo` to `hi`."""

    lo = serializers.IntegerField()
    hi = serializers.IntegerField()
    customer = serializers.IntegerField(allow_null=True, help_text="Where it is one alone.")
    attempts = serializers.IntegerField()
    error = serializers.CharField(allow_blank=True)


class RunProgressSerializer(serializers.Serializer[Any]):
    """How far a run is. planned, done, failed: customers. rate: customers a second by the clock on the wall."""

    planned = serializers.IntegerField()
    done = serializers.IntegerField()
    failed = serializers.IntegerField()
    share = serializers.IntegerField(help_text="Per cent.")
    chunks = ChunksSerializer()
    at_work = serializers.IntegerField(help_text="Workers that are at it now.")
    seconds = serializers.FloatField()
    work_seconds = serializers.FloatField(help_text="Of all workers together.")
    slowest = serializers.FloatField(help_text="Seconds of the slowest part.")
    rate = serializers.FloatField(allow_null=True)
    seconds_left = serializers.FloatField(allow_null=True)
    failures = FailureSerializer(many=True)


class RunViewSet(Reads, ScopedViewSet):
    """Scoring runs, newest first: nightly ones, sweeps and runs by hand."""

    queryset = ScoringRun.objects.select_related("version")
    serializer_class = RunSerializer
    filterset_class = RunFilterSet
    inputs = {"resume": NothingSerializer}

    @action(detail=True, serializer_class=RunProgressSerializer)
    def progress(self, request: Request, pk: str) -> Response:
        """How far it is, how fast, and the first hundred failures."""
        run = self.get_object()
        found = run_progress(run=run, at=timezone.now())
        figures = {name: value for name, value in asdict(found).items() if name != "is_waiting_long"}
        derived = {"share": found.share, "rate": found.rate, "seconds_left": found.seconds_left}
        return Response({**figures, **derived, "failures": self._failures(run) if found.failed else []})

    @action(detail=True, methods=["post"])
    @once
    def resume(self, request: Request, pk: str) -> Response:
        """Try the failed parts again. What was scored before stays."""
        run = self.get_object()
        self.validated()
        try:
            return self.answer(resume_run(run=run, at=timezone.now()).pk)
        except NothingToResume as error:
            raise NothingFailed from error

    def _failures(self, run: ScoringRun) -> list[dict[str, Any]]:
        chunks = run.chunks.filter(state=LeaseState.FAILED).order_by("lo")[:SHOWN_FAILURES]
        return [
            {
                "lo": chunk.lo,
                "hi": chunk.hi,
                "customer": chunk.lo if chunk.lo == chunk.hi else None,
                "attempts": chunk.attempts,
                "error": chunk.error,
            }
            for chunk in chunks
        ]
