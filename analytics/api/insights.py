from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.core import signing
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.explanation import ExplanationSerializer
from analytics.api.scores import PreferenceSerializer
from analytics.models import PreferenceProfile
from analytics.operations.explain_score import NotProfiled, explain_score
from analytics.operations.moment_of import moment_of
from analytics.operations.recent_views import recent_views
from analytics.operations.timeline import timeline
from analytics.operations.timeline_sources import TYPES, USUAL_TYPES, Place
from customers.api.base import ScopedViewSet
from customers.api.fields import FIRST_YEAR, LAST_YEAR
from customers.api.merged import LivingCustomers
from customers.api.pagination import LARGEST_PAGE, page_size_of
from customers.models import Customer
from customers.operations.why_not_profiled import why_not_profiled

SALT = "api.timeline"


@extend_schema_field({"oneOf": [{"type": "integer"}, {"type": "string", "format": "uuid"}]})
class EntryKey(serializers.Field[Any, Any, Any, Any]):
    """A key as it is: a number, or the UUID of a behaviour event."""

    def to_representation(self, value: Any) -> Any:
        return value


class EntrySerializer(serializers.Serializer[Any]):
    """One thing that happened."""

    at = serializers.DateTimeField()
    type = serializers.ChoiceField(choices=TYPES)
    id = EntryKey(help_text="Of the row behind it.", read_only=True)
    title = serializers.CharField(allow_blank=True)
    detail = serializers.DictField()


class TimelineSerializer(serializers.Serializer[Any]):
    """Entries, newest first, and where they go on."""

    next_before = serializers.CharField(allow_null=True, help_text="Send it as `before` to go on; null: that was all.")
    results = EntrySerializer(many=True)


class RecentViewSerializer(serializers.Serializer[Any]):
    """One view: the event, the product that it names, and how much it counts."""

    event = serializers.UUIDField()
    at = serializers.DateTimeField()
    name = serializers.CharField()
    product = serializers.IntegerField()
    product_name = serializers.CharField()
    weight = serializers.FloatField()


class CategoryViewsSerializer(serializers.Serializer[Any]):
    """Views of products of a category, the newest ten. `value`, the sum of all weights, is the recent interest."""

    category = serializers.IntegerField()
    name = serializers.CharField()
    value = serializers.FloatField()
    number = serializers.IntegerField()
    views = RecentViewSerializer(many=True)


class InsightViewSet(LivingCustomers, ScopedViewSet):
    """What analytics knows of one customer."""

    queryset = Customer.objects.all()
    serializer_class = TimelineSerializer

    @extend_schema(
        parameters=[
            OpenApiParameter("before", str, description="Taken from `next_before` of the page before."),
            OpenApiParameter(
                "type", {"type": "string", "enum": list(TYPES)}, description="Entries of this type alone."
            ),
            OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": 50}),
        ]
    )
    @action(detail=True, parameters=("before", "limit", "type"))
    def timeline(self, request: Request, pk: str) -> Response:
        """All that happened to a customer, newest first: tickets, orders, interactions, ratings, scores, consents,
        relations, merges. Behaviour events are many: they come with `type=event` alone."""
        customer = self.get_object()
        entries, following = timeline(
            customer,
            user=self.user,
            at=timezone.now(),
            before=_place(request),
            limit=page_size_of(request, "limit"),
            types=_types(request),
        )
        next_before = following and signing.dumps([following.at.isoformat(), *following[1:]], salt=SALT)
        return Response({"next_before": next_before, "results": [asdict(entry) for entry in entries]})

    @extend_schema(
        parameters=[OpenApiParameter("as_of", str, description="A day (its end in TIME_ZONE) or a moment, ISO 8601.")]
    )
    @action(
        detail=True,
        parameters=("as_of",),
        needs="analytics.view_customerscore",
        serializer_class=ExplanationSerializer,
    )
    def score(self, request: Request, pk: str) -> Response:
        """Why the satisfaction score is what it is, down to tickets, ratings and orders; or was, on a day. Of whoever
        objected to profiling, or whose data is restricted, there is none (404 says why)."""
        customer = self.get_object()
        as_of = _as_of(request)
        try:
            explanation = explain_score(customer=customer, as_of=as_of, at=timezone.now())
        except NotProfiled as refused:
            raise NotFound(str(refused)) from refused
        return Response(explanation.as_dict())

    @action(detail=True, needs="analytics.view_preferenceprofile", serializer_class=PreferenceSerializer)
    def preferences(self, request: Request, pk: str) -> Response:
        """What the customer prefers, and how they like to be served."""
        customer = self.get_object()
        if reason := why_not_profiled(customer=customer):
            raise NotFound(reason)
        profile = PreferenceProfile.objects.select_related("version").filter(customer=customer).first()
        if profile is None:
            raise NotFound(_("No profile has been computed yet; the next run does it."))
        return Response(self.shown(profile))

    @extend_schema(responses=CategoryViewsSerializer(many=True))
    @action(
        detail=True,
        url_path="product-views",
        needs="analytics.view_event",
        pagination_class=None,
        serializer_class=CategoryViewsSerializer,
    )
    def product_views(self, request: Request, pk: str) -> Response:
        """The views of products behind the recent interest of the preferences, by category."""
        customer = self.get_object()
        if reason := why_not_profiled(customer=customer):
            raise NotFound(reason)
        profile = PreferenceProfile.objects.select_related("version").filter(customer=customer).first()
        return Response([asdict(row) for row in recent_views(profile=profile, user=self.user)] if profile else [])


def _place(request: Request) -> Place | None:
    before = request.query_params.get("before")
    if before is None:
        return None
    try:
        at, kind, key = signing.loads(before, salt=SALT)
    except (signing.BadSignature, ValueError) as error:
        raise ValidationError({"before": [_("This is not one of our places.")]}) from error
    return Place(datetime.fromisoformat(at), kind, key)


def _types(request: Request) -> tuple[str, ...]:
    wanted = request.query_params.get("type")
    if wanted is None:
        return USUAL_TYPES
    if wanted not in TYPES:
        raise ValidationError({"type": [_("Choose one of: %(choices)s.") % {"choices": ", ".join(TYPES)}]})
    return (wanted,)


def _as_of(request: Request) -> datetime | None:
    text = request.query_params.get("as_of")
    if text is None:
        return None
    try:
        moment = moment_of(text)
    except (ValueError, OverflowError) as error:
        raise ValidationError({"as_of": [_("Give a day such as 2026-06-03, or a moment, as in ISO 8601.")]}) from error
    if not FIRST_YEAR <= moment.year < LAST_YEAR:
        raise ValidationError({"as_of": [_("This day is out of range.")]})
    return moment
