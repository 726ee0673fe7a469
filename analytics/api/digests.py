from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError as Refused
from django.utils.translation import get_language
from django_filters import DateFilter, FilterSet
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.choices import DigestRhythm
from analytics.models import FACTORS, DigestSubscription, MoverDigest
from analytics.operations.digest_lines import digest_lines
from analytics.operations.subscribe_to_digest import subscribe_to_digest
from customers.api.base import Reads, ScopedViewSet
from customers.api.fields import Strict, StrictModel
from customers.api.idempotency import once
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


class ByMailSerializer(Strict):
    """How often you get the digests of your teams by mail, and in which language."""

    every = serializers.ChoiceField(choices=DigestRhythm.choices, allow_null=True, help_text="null: never.")
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)


@extend_schema_view(list=extend_schema(responses=DigestHeadSerializer(many=True)))
class DigestViewSet(Reads, ScopedViewSet):
    """Digests of movers, the newest first: one a team and day, written after the nightly run."""

    queryset = MoverDigest.objects.all()
    serializer_class = DigestSerializer
    filterset_class = DigestFilterSet
    inputs = {"list": DigestHeadSerializer, "say_by_mail": ByMailSerializer}

    @extend_schema(responses=ByMailSerializer, filters=False)
    @action(
        detail=False,
        url_path="by-mail",
        pagination_class=None,
        filter_backends=[],
        needs="analytics.view_moverdigest",
        serializer_class=ByMailSerializer,
    )
    def by_mail(self, request: Request) -> Response:
        """Whether you get the digests by mail, and how often."""
        mine = DigestSubscription.objects.filter(user=self.user).first()
        return Response(self.shown({"every": mine.every if mine else None, "language": _language(mine)}))

    @extend_schema(responses=ByMailSerializer, filters=False)
    @by_mail.mapping.post
    @once
    def say_by_mail(self, request: Request) -> Response:
        """Say it anew; an `every` of null ends it. Refused where your account has no e-mail address."""
        mine = DigestSubscription.objects.filter(user=self.user).first()
        asked = {"language": _language(mine), **self.validated()}
        try:
            subscribe_to_digest(user=self.user, **asked)
        except Refused as error:
            raise ValidationError({"every": error.messages}) from error
        return Response(self.shown(asked))


def _language(mine: DigestSubscription | None) -> str:
    return mine.language if mine else get_language() or settings.LANGUAGE_CODE
