from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.version_base import Number, VersionViewSet
from analytics.api.version_preview import PreviewSerializer, shown_preview
from analytics.filtersets import ScoreVersionFilterSet
from analytics.models import ScoreModelVersion, VersionPreview
from analytics.operations.start_measuring import start_measuring
from analytics.operations.start_preview import start_preview
from analytics.scoring.parameters import FACTOR_NAMES, FIELD_NAMES, ScoreParameters, limits_of
from customers.api.fields import NothingSerializer, Strict, StrictModel
from customers.api.idempotency import once
from customers.api.locking import expected_version
from customers.filtersets import LARGEST_KEY
from customers.tasks import poke_after_commit

HELP = {
    "exponent": "How strongly the factor moves the score: 1 is usual (price: -1), 0 leaves it out.",
    "half_life_days": "After so many days an observation counts half.",
    "prior_weight": "How many observations the baseline is worth.",
    "baseline": "What the average customer has: a share; of price a ratio to the usual one.",
}


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


class ScoreVersionViewSet(VersionViewSet):
    """Versions of the satisfaction score: drafted, previewed, activated, and taken back. The newest comes first."""

    model, usual = ScoreModelVersion, ScoreParameters

    queryset = ScoreModelVersion.objects.select_related("created_by").order_by("-number")
    serializer_class = ScoreVersionSerializer
    filterset_class = ScoreVersionFilterSet
    inputs = {
        "activate": NothingSerializer,
        "measure": NothingSerializer,
        "start": NothingSerializer,
    }

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
