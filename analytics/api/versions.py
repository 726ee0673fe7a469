from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.version_preview import PreviewSerializer, shown_preview
from analytics.filtersets import ScoreVersionFilterSet
from analytics.models import ScoreModelVersion, VersionEvent, VersionPreview
from analytics.operations.activate_version import activate_version
from analytics.operations.discard_draft import discard_draft
from analytics.operations.draft_version import draft_version
from analytics.operations.read_parameters import merged
from analytics.operations.revise_draft import revise_draft
from analytics.operations.start_measuring import start_measuring
from analytics.operations.start_preview import start_preview
from analytics.scoring.parameters import FACTOR_NAMES, FIELD_NAMES, ScoreParameters, limits_of
from analytics.tasks import poke_workers_after_commit
from customers.api.base import CatalogueViewSet
from customers.api.fields import NothingSerializer, Strict, StrictModel
from customers.api.idempotency import once
from customers.api.locking import expected_version
from customers.filtersets import LARGEST_KEY
from customers.models import Segment
from customers.tasks import poke_after_commit

HELP = {
    "exponent": "How strongly the factor moves the score: 1 is usual (price: -1), 0 leaves it out.",
    "half_life_days": "After so many days an observation counts half.",
    "prior_weight": "How many observations the baseline is worth.",
    "baseline": "What the average customer has: a share; of price a ratio to the usual one.",
}


class Number(serializers.FloatField):
    """A number with an end: not infinite, and not none."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("invalid")
        value = super().to_internal_value(data)
        if value != value or value in (float("inf"), float("-inf")):
            self.fail("invalid")
        return value


def _factor(name: str) -> Any:
    """The serializer of one factor's parameters, with its limits."""
    fields: dict[str, Any] = {"__doc__": f"The parameters of {name}. What is left out stays as it is."}
    for field in FIELD_NAMES:
        low, high = limits_of(name, field)
        fields[field] = Number(required=False, min_value=low, max_value=high, help_text=HELP[field])
    return type(f"{name.title()}ParametersSerializer", (Strict,), fields)


ParametersSerializer: Any = type(
    "ScoreParametersSerializer",
    (Strict,),
    {
        "__doc__": "The parameters of the satisfaction score, factor by factor. What is left out stays as it is.",
        **{name: _factor(name)(required=False) for name in FACTOR_NAMES},
    },
)


class OverrideSerializer(Strict):
    """Other parameters for the customers of a segment: those that differ. `name` is the segment's when it was taken."""

    segment = serializers.IntegerField(min_value=1, max_value=LARGEST_KEY)
    name = serializers.CharField(read_only=True)
    parameters = ParametersSerializer(required=False)


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


class ScoreVersionSerializer(StrictModel):
    """A version of the satisfaction score. Only a draft can be changed; scores name the version that made them. In a
    new draft, parameters that are left out, and overrides if they are, are those in force. Of overrides the first that
    a customer is in counts."""

    parameters = ParametersSerializer(required=False)
    overrides = OverrideSerializer(many=True, required=False)
    created_by = serializers.CharField(source="created_by.username", read_only=True, allow_null=True, default=None)

    class Meta:
        model = ScoreModelVersion
        fields = [
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
        read_only_fields = ["number", "state", "created_at", "activated_at", "version"]
        extra_kwargs = {"note": {"max_length": 10_000}}


class ScoreVersionViewSet(CatalogueViewSet):
    """Versions of the satisfaction score: drafted, previewed, activated, and taken back. The newest comes first."""

    queryset = ScoreModelVersion.objects.select_related("created_by").order_by("-number")
    serializer_class = ScoreVersionSerializer
    filterset_class = ScoreVersionFilterSet
    inputs = {
        "activate": NothingSerializer,
        "measure": NothingSerializer,
        "start": NothingSerializer,
    }

    def make(self, **values: Any) -> ScoreModelVersion:
        """Draft one, from the version in force."""
        base = ScoreModelVersion.objects.active().first()
        standing = base.overrides if base else []
        parameters = merged(base.parameters if base else ScoreParameters().as_dict(), values.pop("parameters", {}))
        given = values.pop("overrides", None)
        return draft_version(
            model=ScoreModelVersion,
            parameters=parameters,
            overrides=standing if given is None else given,
            standing=standing,
            segments=self._segments(given),
            by=self.user,
            at=timezone.now(),
            **values,
        )

    def change(self, row: ScoreModelVersion, expected: int | None, **values: Any) -> None:
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
        """Put a version in force; a retired one comes back as it was. Everybody is scored anew; stored scores keep the
        version that made them."""
        row = self.get_object()
        self.validated()
        expected = expected_version(request, required=False)
        activate_version(version=row, by=self.user, expected_version=expected, at=timezone.now())
        poke_workers_after_commit()
        return self.answer(row.pk)

    @action(detail=True, methods=["post"], is_verb=True)
    @once
    def measure(self, request: Request, pk: str) -> Response:
        """Set the baselines of a draft to what the average customer has. 202 where there are many customers: the draft
        then changes when a worker has measured them."""
        row = self.get_object()
        self.validated()
        expected = expected_version(request, required=False)
        job = start_measuring(version=row, by=self.user, expected_version=expected, at=timezone.now())
        if job is not None:
            poke_after_commit()
        return self.answer(row.pk, status=202 if job else 200)

    @extend_schema(responses=PreviewSerializer)
    @action(detail=True, serializer_class=PreviewSerializer)
    def preview(self, request: Request, pk: str) -> Response:
        """Who would move, and how far, if this version were in force: the newest preview, with how far it is."""
        row = self.get_object()
        found = VersionPreview.objects.filter(pk=row.pk).select_related("job", "against", "version").first()
        if found is None:
            raise NotFound(_("Nobody has previewed this version yet. POST here does."))
        return Response(shown_preview(found, self.user))

    @extend_schema(request=NothingSerializer, responses={200: PreviewSerializer, 202: PreviewSerializer})
    @preview.mapping.post
    @once
    def start(self, request: Request, pk: str) -> Response:
        """Compute the preview: at once (200), or by a worker where there are many customers (202; ask again)."""
        row = self.get_object()
        NothingSerializer(data=request.data).is_valid(raise_exception=True)
        preview = start_preview(version=row, by=self.user, at=timezone.now())
        if preview.job is not None:
            poke_after_commit()
        return Response(shown_preview(preview, self.user), status=202 if preview.result is None else 200)

    @extend_schema(responses=VersionEventSerializer(many=True))
    @action(detail=True, serializer_class=VersionEventSerializer, pagination_class=None, filter_backends=[])
    def events(self, request: Request, pk: str) -> Response:
        """What happened to a version, and who did it: the newest two hundred, newest first."""
        row = self.get_object()
        events = VersionEvent.objects.filter(of=row.of, number=row.number).select_related("by")[:200]
        return Response(VersionEventSerializer(events, many=True).data)
