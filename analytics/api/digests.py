from typing import Any

from django_filters import DateFilter, FilterSet
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers

from analytics.models import FACTORS, MoverDigest
from analytics.operations.digest_lines import digest_lines
from customers.api.base import Reads, ScopedViewSet
from customers.api.fields import StrictModel
from customers.filtersets import IdFilter


class DigestFilterSet(FilterSet):
    """Digests by team and day."""

    team = IdFilter()
    day = DateFilter()

    class Meta:
        model = MoverDigest
        fields: list[str] = []


class DigestLineSerializer(serializers.Serializer[Any]):
    """A customer who moved."""

    customer = serializers.IntegerField(source="customer.pk")
    before = serializers.FloatField()
    score = serializers.FloatField()
    change = serializers.FloatField()
    low_evidence = serializers.BooleanField()
    factor = serializers.ChoiceField(choices=FACTORS, help_text="The one that moved it most in its direction.")


class DigestHeadSerializer(StrictModel):
    """How many of a team's customers fell and rose by `points` or more since the digest before."""

    class Meta:
        model = MoverDigest
        fields = ["id", "team", "day", "since", "until", "points", "fell", "rose"]
        read_only_fields = fields


Lines = extend_schema_field(DigestLineSerializer(many=True))


class DigestSerializer(DigestHeadSerializer):
    """The same with those who moved most, of the customers whom you see now."""

    who_fell = serializers.SerializerMethodField()
    who_rose = serializers.SerializerMethodField()

    class Meta(DigestHeadSerializer.Meta):
        fields = [*DigestHeadSerializer.Meta.fields, "who_fell", "who_rose"]
        read_only_fields = fields

    @Lines
    def get_who_fell(self, digest: MoverDigest) -> Any:
        return self._lines(digest, "fell")

    @Lines
    def get_who_rose(self, digest: MoverDigest) -> Any:
        return self._lines(digest, "rose")

    def _lines(self, digest: MoverDigest, direction: str) -> Any:
        user = self.context["request"].user
        found = digest_lines(digests=[digest], user=user, direction=direction)
        return DigestLineSerializer(found, many=True).data


@extend_schema_view(list=extend_schema(responses=DigestHeadSerializer(many=True)))
class DigestViewSet(Reads, ScopedViewSet):
    """Digests of movers, the newest first: one a team and day, written after the nightly run."""

    queryset = MoverDigest.objects.all()
    serializer_class = DigestSerializer
    filterset_class = DigestFilterSet
    inputs = {"list": DigestHeadSerializer}
