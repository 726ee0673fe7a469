"""What the versions of both models, of scores and of preferences, have in common."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.version_preview import shown_preview
from analytics.models import Preview, VersionEvent
from analytics.operations.activate_version import activate_version
from analytics.operations.discard_draft import discard_draft
from analytics.operations.draft_version import draft_version
from analytics.operations.read_parameters import merged
from analytics.operations.revise_draft import revise_draft
from analytics.operations.start_measuring import start_measuring
from analytics.operations.start_preview import preview_of, start_preview
from analytics.scoring.parameters import ScoreParameters
from analytics.scoring.preference_parameters import PreferenceParameters
from analytics.tasks import poke_workers_after_commit
from customers.api.base import CatalogueViewSet
from customers.api.fields import NothingSerializer, Strict, StrictModel
from customers.api.idempotency import once
from customers.api.locking import expected_version
from customers.filtersets import LARGEST_KEY
from customers.models import Segment
from customers.tasks import poke_after_commit


class Number(serializers.FloatField):
    """A number with an end: not infinite, and not none."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("invalid")
        value = super().to_internal_value(data)
        if value != value or value in (float("inf"), float("-inf")):
            self.fail("invalid")
        return value


class OverrideSerializer(Strict):
    """What differs for the customers of a segment."""

    segment = serializers.IntegerField(min_value=1, max_value=LARGEST_KEY)
    name = serializers.CharField(read_only=True)


class VersionSerializer(StrictModel):
    """A version of a model: who drafted it, when, and what became of it."""

    created_by = serializers.CharField(source="created_by.username", read_only=True, allow_null=True, default=None)

    class Meta:
        fields: ClassVar[list[str]] = [
            "id",
            "number",
            "label",
            "state",
            "parameters",
            "overrides",
            "note",
            "created_at",
            "created_by",
            "activated_at",
            "version",
        ]
        read_only_fields: ClassVar[list[str]] = ["number", "state", "created_at", "activated_at", "version"]
        extra_kwargs: ClassVar[dict[str, Any]] = {"note": {"max_length": 10_000}}


class VersionEventSerializer(serializers.ModelSerializer[VersionEvent]):
    """What happened to a version."""

    by = serializers.CharField(allow_null=True, help_text="The log-in name; null: the system, or somebody who left.")
    changes = serializers.SerializerMethodField()

    class Meta:
        model = VersionEvent
        fields = ["kind", "at", "by", "changes"]
        read_only_fields = fields

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "array", "items": {}}})
    def get_changes(self, row: VersionEvent) -> Any:
        """By path, the old and the new value."""
        return row.changes


class VersionViewSet(CatalogueViewSet):
    """Versions of a model: drafted, previewed, activated, and taken back."""

    model: ClassVar[Any]  # ScoreModelVersion or PreferenceModelVersion, with the parameters of a first one
    usual: ClassVar[type[ScoreParameters] | type[PreferenceParameters]]
    # The shape of a preview, and what a user sees of what it found.
    preview_shape: ClassVar[type[serializers.BaseSerializer[Any]]]
    shown_result: ClassVar[Callable[..., dict[str, Any]]]
    inputs = dict.fromkeys(("activate", "measure", "start"), NothingSerializer)

    def schema_responses(self) -> Any:
        """202: a worker does it."""
        if self.action == "measure":
            return {200: self.serializer_class, 202: self.serializer_class}
        if self.action == "start":
            return {200: self.preview_shape, 202: self.preview_shape}
        return self.preview_shape if self.action == "preview" else None

    def make(self, **values: Any) -> Any:
        """Draft one, from the version in force."""
        base = self.model.objects.active().first()
        standing = base.overrides if base else []
        parameters = merged(base.parameters if base else self.usual().as_dict(), values.pop("parameters", {}))
        given = values.pop("overrides", None)
        return draft_version(
            model=self.model,
            parameters=parameters,
            overrides=standing if given is None else given,
            standing=standing,
            segments=self._segments(given),
            by=self.user,
            at=timezone.now(),
            **values,
        )

    def change(self, row: Any, expected: int | None, **values: Any) -> None:
        """Change a draft."""
        if "parameters" in values:
            values["parameters"] = merged(row.parameters, values["parameters"])
        revise_draft(
            version=row,
            changes=values,
            segments=self._segments(values.get("overrides")),
            by=self.user,
            expected_version=row.version if expected is None else expected,
            at=timezone.now(),
        )

    def destroy(self, request: Request, pk: str) -> Response:
        """Discard a draft. That there was one stays on record."""
        row = self.get_object()
        discard_draft(version=row, by=self.user, expected_version=expected_version(request), at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _segments(self, given: Any) -> Any:
        keys = [row["segment"] for row in given or ()]
        return Segment.objects.visible_to(self.user).filter(pk__in=keys)

    @action(detail=True, methods=["post"], is_verb=True)
    @once
    def activate(self, request: Request, pk: str) -> Response:
        """Put a version in force; a retired one comes back as it was. Everybody is computed anew; what is stored keeps
        the version that made it."""
        row = self.get_object()
        self.validated()
        expected = expected_version(request, required=False)
        activate_version(version=row, by=self.user, expected_version=expected, at=timezone.now())
        poke_workers_after_commit()
        return self.answer(row.pk)

    @action(detail=True, methods=["post"], is_verb=True)
    @once
    def measure(self, request: Request, pk: str) -> Response:
        """Set what a draft takes for usual to what customers have now: the baselines of scores, or the means and
        deviations of preferences. 202 where there are many customers: the draft then changes when a worker has measured
        them."""
        row = self.get_object()
        self.validated()
        expected = expected_version(request, required=False)
        job = start_measuring(version=row, by=self.user, expected_version=expected, at=timezone.now())
        if job is not None:
            poke_after_commit()
        return self.answer(row.pk, status=202 if job else 200)

    @action(detail=True, filter_backends=[], pagination_class=None)
    def preview(self, request: Request, pk: str) -> Response:
        """Who would be moved, and how far, if this version were in force: the newest preview, with how far it is."""
        found = preview_of(self.get_object())
        if found is None:
            raise NotFound(_("Nobody has previewed this version yet. POST here does."))
        return Response(self._shown(found))

    @preview.mapping.post
    @once
    def start(self, request: Request, pk: str) -> Response:
        """Compute the preview: at once (200), or by a worker where there are many customers (202; ask again)."""
        row = self.get_object()
        self.validated()
        preview = start_preview(version=row, by=self.user, at=timezone.now())
        if preview.job is not None:
            poke_after_commit()
        return Response(self._shown(preview), status=202 if preview.result is None else 200)

    def _shown(self, preview: Preview) -> dict[str, Any]:
        seen = None if preview.result is None else type(self).shown_result(preview.result, self.user)
        return shown_preview(preview, seen)

    @extend_schema(responses=VersionEventSerializer(many=True))
    @action(detail=True, serializer_class=VersionEventSerializer, pagination_class=None, filter_backends=[])
    def events(self, request: Request, pk: str) -> Response:
        """What happened to a version, and who did it: the newest two hundred, newest first."""
        row = self.get_object()
        events = VersionEvent.objects.filter(of=row.of, number=row.number).select_related("by")[:200]
        return Response(VersionEventSerializer(events, many=True).data)
