"""Merges: the log, and undoing one. What a request for a merge says is shared by duplicates and customers."""

from typing import Any

from django.apps import apps
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.base import Reads, ScopedViewSet
from customers.api.fields import NothingSerializer, Strict, StrictModel, VisibleRow
from customers.api.idempotency import once
from customers.filtersets import MergeFilterSet
from customers.models import Customer, Merge
from customers.operations.choose_columns import GONE, KEPT
from customers.operations.merge_customers import merge_customers
from customers.operations.source import keys_in
from customers.operations.undo_merge import undo_merge

Counts = extend_schema_field(serializers.DictField(child=serializers.IntegerField()))


class MergeSerializer(StrictModel):
    """Two customers made one: `gone` into `kept`."""

    columns = serializers.DictField(read_only=True, help_text="Fields of `kept` that changed: before and after.")
    moved = serializers.SerializerMethodField(help_text="How many rows of which model went over.")
    dropped = serializers.SerializerMethodField(
        help_text="How many could not, because the same stood there already. Undoing puts them back."
    )

    class Meta:
        model = Merge
        fields = ["id", "kept", "gone", "at", "by", "columns", "moved", "dropped", "undone_at", "undone_by"]
        read_only_fields = fields

    @Counts
    def get_moved(self, merge: Merge) -> dict[str, int]:
        return moved_counts(merge)

    @Counts
    def get_dropped(self, merge: Merge) -> dict[str, int]:
        return {_name(label): len(rows) for label, rows in sorted(merge.dropped.items())}


def moved_counts(merge: Merge) -> dict[str, int]:
    """How many rows of each model went over, each counted once."""
    found = {}
    for label, fields in sorted(merge.moved.items()):
        found[_name(label)] = len({key for keys in fields.values() for key in keys_in(keys)})
    return found


def _name(label: str) -> str:
    return str(apps.get_model(label)._meta.model_name)


class MergeIntoSerializer(Strict):
    """How to merge. Fields that `choices` does not name keep the value of the one who is kept; where it has none, they
    get the other's. Names: those of a customer, and `attributes.CODE`."""

    choices = serializers.DictField(child=serializers.ChoiceField(choices=[KEPT, GONE]), required=False)
    gone_version = serializers.IntegerField(
        required=False, min_value=1, help_text="Refuse (412) unless the one who goes is at this version."
    )


class MergeOtherSerializer(MergeIntoSerializer):
    """Whom to merge into this customer, and how."""

    gone = VisibleRow(queryset=Customer.objects.all())


class UndoneSerializer(serializers.Serializer[Any]):
    """A merge that was undone, and what is not as it was."""

    merge = MergeSerializer()
    edited = serializers.ListField(
        child=serializers.CharField(), help_text="Fields of `kept` that somebody changed since: they stay."
    )
    missing = serializers.DictField(
        child=serializers.IntegerField(), help_text="Rows, by model, that something stands in the way of."
    )


def merge_as(view: ScopedViewSet, **given: Any) -> Merge:
    """Merge on behalf of whoever asks, who must be allowed to change customers, too."""
    if not view.user.has_perm("customers.change_customer"):
        raise PermissionDenied
    return merge_customers(**given, by=view.user, at=timezone.now())


class MergeViewSet(Reads, ScopedViewSet):
    """Which customers were merged into which, when and by whom."""

    queryset = Merge.objects.all()
    serializer_class = MergeSerializer
    filterset_class = MergeFilterSet
    inputs = {"undo": NothingSerializer}

    @action(detail=True, methods=["post"], serializer_class=UndoneSerializer)
    @once
    def undo(self, request: Request, pk: str) -> Response:
        """Make two of one again: what went over goes back, what came since stays."""
        merge = self.get_object()
        self.validated()
        if not self.user.has_perm("customers.change_customer"):
            raise PermissionDenied
        return Response(self.shown(undo_merge(merge=merge, by=self.user, at=timezone.now())))
