from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.versions import Number, VersionEventSerializer
from analytics.filtersets import PreferenceVersionFilterSet
from analytics.models import PreferenceModelVersion, VersionEvent
from analytics.operations.activate_version import activate_version
from analytics.operations.discard_draft import discard_draft
from analytics.operations.draft_version import draft_version
from analytics.operations.read_parameters import merged
from analytics.operations.revise_draft import revise_draft
from analytics.scoring.preference_parameters import (
    FEATURES,
    ITEM_FEATURES,
    NUMBER_LIMITS,
    TABLE_LIMITS,
    PreferenceParameters,
)
from analytics.tasks import poke_workers_after_commit
from customers.api.base import CatalogueViewSet
from customers.api.fields import NothingSerializer, Strict, StrictModel
from customers.api.idempotency import once
from customers.api.locking import expected_version
from customers.filtersets import LARGEST_KEY
from customers.models import Segment

WHAT = {
    "weights": "How much each feature counts; 0 leaves it out.",
    "means": "What is usual of each feature of a category.",
    "deviations": "How far from it is far, for a category.",
    "item_means": "What is usual of each feature of a product.",
    "item_deviations": "How far from it is far, for a product.",
}


def _table(name: str, features: tuple[str, ...]) -> Any:
    """The serializer of one number for each feature, with its limits."""
    _features, low, high = TABLE_LIMITS[name]
    fields: dict[str, Any] = {feature: Number(required=False, min_value=low, max_value=high) for feature in features}
    title = "".join(word.title() for word in name.split("_"))
    return type(f"Preference{title}Serializer", (Strict,), {"__doc__": WHAT[name], **fields})


WeightsSerializer: Any = _table("weights", ITEM_FEATURES)

PreferenceParametersSerializer: Any = type(
    "PreferenceParametersSerializer",
    (Strict,),
    {
        "__doc__": "The parameters of the preference profile. What is left out stays as it is.",
        **{name: Number(required=False, min_value=low, max_value=high) for name, (low, high) in NUMBER_LIMITS.items()},
        "weights": WeightsSerializer(required=False),
        **{name: _table(name, FEATURES)(required=False) for name in ("means", "deviations")},
        **{name: _table(name, ITEM_FEATURES)(required=False) for name in ("item_means", "item_deviations")},
    },
)


class OverrideParametersSerializer(Strict):
    """What a segment may have of its own: weights. All else is measured on everybody."""

    weights = WeightsSerializer(required=False)


class PreferenceOverrideSerializer(Strict):
    """Other weights for the customers of a segment: those that differ. `name` is the segment's when it was taken."""

    segment = serializers.IntegerField(min_value=1, max_value=LARGEST_KEY)
    name = serializers.CharField(read_only=True)
    parameters = OverrideParametersSerializer(required=False)


class PreferenceVersionSerializer(StrictModel):
    """A version of the preference profile. Only a draft can be changed; profiles name the version that made them. In a
    new draft, parameters that are left out, and overrides if they are, are those in force. Of overrides the first that
    a customer is in counts."""

    parameters = PreferenceParametersSerializer(required=False)
    overrides = PreferenceOverrideSerializer(many=True, required=False)
    created_by = serializers.CharField(source="created_by.username", read_only=True, allow_null=True, default=None)

    class Meta:
        model = PreferenceModelVersion
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


class PreferenceVersionViewSet(CatalogueViewSet):
    """Versions of the preference profile: drafted, activated, and taken back. The newest comes first."""

    queryset = PreferenceModelVersion.objects.select_related("created_by").order_by("-number")
    serializer_class = PreferenceVersionSerializer
    filterset_class = PreferenceVersionFilterSet
    inputs = {"activate": NothingSerializer}

    def make(self, **values: Any) -> PreferenceModelVersion:
        """Draft one, from the version in force."""
        base = PreferenceModelVersion.objects.active().first()
        standing = base.overrides if base else []
        parameters = merged(base.parameters if base else PreferenceParameters().as_dict(), values.pop("parameters", {}))
        given = values.pop("overrides", None)
        return draft_version(
            model=PreferenceModelVersion,
            parameters=parameters,
            overrides=standing if given is None else given,
            standing=standing,
            segments=self._segments(given),
            by=self.user,
            at=timezone.now(),
            **values,
        )

    def change(self, row: PreferenceModelVersion, expected: int | None, **values: Any) -> None:
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
        """Put a version in force; a retired one comes back as it was. All profiles are made anew."""
        row = self.get_object()
        self.validated()
        expected = expected_version(request, required=False)
        activate_version(version=row, by=self.user, expected_version=expected, at=timezone.now())
        poke_workers_after_commit()
        return self.answer(row.pk)

    @extend_schema(responses=VersionEventSerializer(many=True))
    @action(detail=True, serializer_class=VersionEventSerializer, pagination_class=None, filter_backends=[])
    def events(self, request: Request, pk: str) -> Response:
        """What happened to a version, and who did it: the newest two hundred, newest first."""
        row = self.get_object()
        events = VersionEvent.objects.filter(of=row.of, number=row.number).select_related("by")[:200]
        return Response(VersionEventSerializer(events, many=True).data)
