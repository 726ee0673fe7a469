from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import APIException, PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.base import Creates, Reads, ScopedViewSet
from customers.api.fields import NothingSerializer, Strict, StrictModel
from customers.api.idempotency import once
from customers.api.import_uploads import (
    MappingSerializer,
    NewImportSerializer,
    TableSerializer,
    UploadParser,
    draft_upload,
    take_mapping,
)
from customers.api.jobs import JobSerializer
from customers.api.locking import NoSuchETag, expected_version
from customers.api.pagination import Keyset
from customers.api.parsers import StrictJSONParser
from customers.choices import ImportState, Outcome
from customers.filtersets import ImportBatchFilterSet
from customers.importers.jobs import PREPARED, AtWork, NotPrepared, start_check, start_import
from customers.models import ImportBatch, ImportRow
from customers.operations.start_undo import rows_of, start_undo
from customers.operations.what_was_touched import what_was_touched
from customers.tasks import poke_after_commit


class ImportBatchSerializer(StrictModel):
    """One import, and what became of its rows, by kind."""

    job = JobSerializer(read_only=True, allow_null=True)
    tables = TableSerializer(many=True, read_only=True, help_text="How the files are read.")
    counts = serializers.DictField(
        child=serializers.DictField(child=serializers.IntegerField()),
        read_only=True,
        help_text="Kind of record → created, updated, unchanged, refused → rows.",
    )

    class Meta:
        model = ImportBatch
        fields = [
            "id",
            "format",
            "source",
            "path",
            "state",
            "dry_run",
            "tables",
            "on_duplicate",
            "team",
            "counts",
            "duplicates",
            "error",
            "job",
            "started_at",
            "finished_at",
            "started_by",
        ]
        read_only_fields = fields


class ImportRowSerializer(StrictModel):
    """What became, or would become, of one row. Of a large file the first of each outcome are kept."""

    class Meta:
        model = ImportRow
        fields = ["id", "kind", "file", "line", "source_id", "outcome", "label", "detail"]
        read_only_fields = fields


class TouchedRowSerializer(Strict):
    """A row that stands in the way of an undo."""

    model = serializers.CharField(help_text="Such as customers.Customer.")
    id = serializers.CharField()
    reason = serializers.CharField()


class TouchedSerializer(Strict):
    """The rows that stand in the way of an undo."""

    rows = TouchedRowSerializer(many=True)


# Beyond, looking takes longer than a request may.
MOST_LOOKED_AT = 20_000


class TooManyToLookAt(APIException):
    """The import is too large to be looked at within a request."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = _(
        "This import is large: start the undo, which looks first and changes nothing if rows were touched."
    )
    default_code = "too_many_rows"


verb: Any = {"detail": True, "methods": ["post"], "is_verb": True, "needs": "customers.add_importbatch"}


class ImportBatchViewSet(Reads, Creates, ScopedViewSet):
    """Imports of files: send files, look at `tables` (how they are read), map them if need be, check, start. An import
    can be undone as a whole while nobody has touched its rows."""

    queryset = ImportBatch.objects.select_related("job")
    serializer_class = ImportBatchSerializer
    filterset_class = ImportBatchFilterSet
    inputs = {
        "create": NewImportSerializer,
        "map": MappingSerializer,
        **dict.fromkeys(["check", "start", "undo"], NothingSerializer),
    }

    def get_parsers(self) -> list[Any]:
        """Files come as a form, all else as JSON."""
        method = (self.request.method or "").lower() if getattr(self, "request", None) else ""
        action = getattr(self, "action", None) or getattr(self, "action_map", {}).get(method)
        return [UploadParser(), StrictJSONParser()] if action == "create" else super().get_parsers()

    def make(self, **values: Any) -> ImportBatch:
        """Take the files, look at them, and propose how they are read."""
        batch: ImportBatch = draft_upload(by=self.user, at=timezone.now(), **values)
        if values["dry_run"]:
            self._begin(start_check, batch)
        return batch

    def _own(self) -> tuple[ImportBatch, dict[str, Any]]:
        """An import runs with the rights of whoever began it, so only they go on with it. With what was sent."""
        batch: ImportBatch = self.get_object()
        given = self.validated()
        if expected_version(self.request, required=False) is not None:
            raise NoSuchETag  # an import has no version
        if batch.started_by_id != self.user.pk:
            raise PermissionDenied(_("Only whoever began this import goes on with it."))
        return batch, given

    def _begin(self, operation: Any, batch: ImportBatch) -> None:
        try:
            operation(batch=batch, by=self.user, at=timezone.now())
        except NotPrepared as error:
            raise ValidationError({"tables": error.problems}) from error
        poke_after_commit()

    def _verb(self, operation: Any) -> Response:
        batch, _given = self._own()
        self._begin(operation, batch)
        return self.answer(batch.pk, status=status.HTTP_202_ACCEPTED)

    @action(**verb)
    @once
    def map(self, request: Request, pk: str) -> Response:
        """Say what is in the tables of an import that was not begun, and what their columns become."""
        batch, mapping = self._own()
        with transaction.atomic():
            batch.refresh_from_db(from_queryset=ImportBatch.objects.select_for_update())
            if batch.state not in PREPARED:
                raise AtWork
            take_mapping(batch, mapping)
            ImportBatch.objects.filter(pk=batch.pk, state=ImportState.CHECKED).update(state=ImportState.UPLOADED)
        return self.answer(batch.pk)

    @extend_schema(responses={202: ImportBatchSerializer})
    @action(**verb)
    @once
    def check(self, request: Request, pk: str) -> Response:
        """Have the files gone through without writing anything: `rows` tell what would become of each."""
        return self._verb(start_check)

    @extend_schema(responses={202: ImportBatchSerializer})
    @action(**verb)
    @once
    def start(self, request: Request, pk: str) -> Response:
        """Import. Look at `job` to see how far it is."""
        return self._verb(start_import)

    @extend_schema(
        responses=ImportRowSerializer(many=True),
        parameters=[OpenApiParameter("outcome", enum=Outcome.values, description="Rows of this outcome alone.")],
    )
    @action(
        detail=True,
        serializer_class=ImportRowSerializer,
        needs="customers.view_importrow",
        parameters=(*Keyset.parameters, "outcome"),
        filter_backends=[],
        ordering_fields=(),
    )
    def rows(self, request: Request, pk: str) -> Response:
        """What became of the rows, last first (`ordering=id`: first first). Those that were here before are told to
        whoever began the import."""
        rows = ImportRow.objects.visible_to(self.user).filter(batch=self.get_object())
        outcome = request.query_params.get("outcome")
        if outcome is not None:
            if outcome not in Outcome.values:
                raise ValidationError({"outcome": [f"Choose one of: {', '.join(Outcome.values)}."]})
            rows = rows.filter(outcome=outcome)
        return self.get_paginated_response([self.shown(row) for row in self.paginate_queryset(rows) or ()])

    @action(
        detail=True,
        serializer_class=TouchedSerializer,
        needs="customers.change_importbatch",
        pagination_class=None,
        filter_backends=[],
    )
    def touched(self, request: Request, pk: str) -> Response:
        """The first hundred rows that keep the import from being undone; none: it can be. Of a large import only the
        undo itself looks: it changes nothing where rows were touched."""
        batch = self.get_object()
        if rows_of(batch) > MOST_LOOKED_AT:
            raise TooManyToLookAt
        touched = what_was_touched(batch=batch, by=self.user)
        rows = [{"model": row.model._meta.label, "id": str(row.key), "reason": row.reason} for row in touched]
        return Response(self.shown({"rows": rows}))

    @extend_schema(responses={202: ImportBatchSerializer})
    @action(detail=True, methods=["post"], is_verb=True)
    @once
    def undo(self, request: Request, pk: str) -> Response:
        """Have the import undone: what it created goes, what it changed has its old values back. Look at `job` to see
        how far it is. Rows that were touched since are a 409."""
        batch = self.get_object()
        self.validated()
        if expected_version(request, required=False) is not None:
            raise NoSuchETag
        start_undo(batch=batch, by=self.user, at=timezone.now())
        poke_after_commit()
        return self.answer(batch.pk, status=status.HTTP_202_ACCEPTED)
