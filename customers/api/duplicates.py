from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.base import Reads, ScopedViewSet
from customers.api.fields import NothingSerializer, StrictModel
from customers.api.idempotency import once
from customers.api.merges import MergeIntoSerializer, MergeSerializer, merge_as
from customers.filtersets import PairFilterSet
from customers.models import DuplicatePair
from customers.operations.dismiss_pair import dismiss_pair
from customers.operations.reopen_pair import reopen_pair


class ReasonSerializer(serializers.Serializer[Any]):
    """Why two customers may be one."""

    what = serializers.CharField()
    similarity = serializers.FloatField(help_text="0 to 1.")
    points = serializers.FloatField(help_text="What it adds to, or takes from, the likeness.")


class PairSerializer(StrictModel):
    """Two customers who may be one. `score` is their likeness, 0 to 1."""

    reasons = ReasonSerializer(many=True, read_only=True)

    class Meta:
        model = DuplicatePair
        fields = [
            "id",
            "first",
            "second",
            "score",
            "reasons",
            "state",
            "found_by",
            "found_at",
            "decided_at",
            "decided_by",
        ]
        read_only_fields = fields


class MergePairSerializer(MergeIntoSerializer):
    """Which of the two is kept, and how to merge."""

    kept = serializers.IntegerField(help_text="The key of one of the two.")
    kept_version = serializers.IntegerField(
        required=False, min_value=1, help_text="Refuse (412) unless the one who is kept is at this version."
    )


class DuplicateViewSet(Reads, ScopedViewSet):
    """Possible duplicates, found on entry and by the nightly sweep, and decided here. By `-score`: likeliest first."""

    queryset = DuplicatePair.objects.all()
    serializer_class = PairSerializer
    filterset_class = PairFilterSet
    ordering_fields = ("score",)
    inputs = {"dismiss": NothingSerializer, "reopen": NothingSerializer, "merge": MergePairSerializer}

    @action(detail=True, methods=["post"])
    @once
    def dismiss(self, request: Request, pk: str) -> Response:
        """Say that the two are not the same: they are not proposed again."""
        pair = self.get_object()
        self.validated()
        return self.answer(dismiss_pair(pair=pair, by=self.user, at=timezone.now()).pk)

    @action(detail=True, methods=["post"])
    @once
    def reopen(self, request: Request, pk: str) -> Response:
        """Take that back."""
        pair = self.get_object()
        self.validated()
        return self.answer(reopen_pair(pair=pair).pk)

    @action(detail=True, methods=["post"], needs="customers.add_merge", serializer_class=MergeSerializer)
    @once
    def merge(self, request: Request, pk: str) -> Response:
        """Merge the two. Answers the merge, which can be undone."""
        pair = self.get_object()
        given = self.validated()
        ends = {row.pk: row for row in (pair.first, pair.second)}
        kept = ends.pop(given.pop("kept"), None)
        if kept is None:
            text = _("Choose %(first)d or %(second)d.") % {"first": pair.first_id, "second": pair.second_id}
            raise serializers.ValidationError({"kept": [text]})
        (gone,) = ends.values()
        return Response(self.shown(merge_as(self, kept=kept, gone=gone, pair=pair, **given)))
