from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import APIException, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.base import CatalogueViewSet
from customers.api.customers import CustomerSerializer, with_parts
from customers.api.fields import Attributes, StrictModel
from customers.api.pagination import Keyset
from customers.filtersets import SegmentFilterSet
from customers.models import Segment
from customers.operations.create_segment import create_segment
from customers.operations.revise_segment import revise_segment
from customers.segments.condition import segment_customers
from customers.segments.definition import SegmentInvalid, read_definition
from customers.segments.description import describe_facts, describe_operators
from customers.segments.facts import Catalogue
from customers.segments.sealing import opened_definition
from customers.sql.time_limit import TookTooLong, at_most

# A count that takes longer helps no program that waits for it.
COUNT_SECONDS = 20

MATCH = {"type": "string", "enum": ["all", "any"], "default": "all"}
CONDITION = {
    "type": "object",
    "required": ["fact", "op"],
    "properties": {
        "fact": {"type": "string", "description": "Code of a fact, see /segments/facts/."},
        "op": {"type": "string", "description": "Code of one of its operators."},
        "value": {"description": "One value, a list, a pair, a number of days, or none, as the operator has it."},
        "days": {"type": "integer", "minimum": 1, "description": "Count only what happened in the last days."},
        "where": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {}},
            "description": "Count only rows with one of these values, by the code of a narrowing.",
        },
    },
}
GROUP = {
    "type": "object",
    "required": ["conditions"],
    "properties": {"match": MATCH, "conditions": {"type": "array", "items": CONDITION, "minItems": 1}},
}


@extend_schema_field(
    {
        "type": "object",
        "required": ["groups"],
        "properties": {"match": MATCH, "groups": {"type": "array", "items": GROUP, "minItems": 1}},
        "example": {
            "match": "all",
            "groups": [
                {
                    "match": "all",
                    "conditions": [
                        {"fact": "country", "op": "is", "value": "GB"},
                        {"fact": "orders", "op": "at_least", "value": 3, "days": 90},
                    ],
                }
            ],
        },
    }
)
class DefinitionField(Attributes):
    """Groups of conditions, each joined by all or any."""

    def to_internal_value(self, data: Any) -> Any:
        value = super().to_internal_value(data)
        try:
            return read_definition(value, catalogue=Catalogue(self.context["request"].user)).as_json()
        except SegmentInvalid as error:
            raise serializers.ValidationError(error.as_lists()) from error

    def to_representation(self, value: Any) -> Any:
        return opened_definition(value)


class SegmentSerializer(StrictModel):
    """A saved filter over customers: who is in it is asked anew each time. Its owner is whoever made it."""

    definition = DefinitionField()

    class Meta:
        model = Segment
        fields = ["id", "name", "description", "definition", "is_shared", "owner", "created_at", "version"]
        read_only_fields = ["owner", "created_at", "version"]


class CountSerializer(serializers.Serializer[Any]):
    """How many customers are in a segment."""

    count = serializers.IntegerField()


class ChoicesSerializer(serializers.Serializer[Any]):
    """Values with their names: the first of them, where they are not complete."""

    options = serializers.ListField(child=serializers.DictField())
    is_complete = serializers.BooleanField()


class NarrowingSerializer(serializers.Serializer[Any]):
    """Which rows behind a fact count."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    is_required = serializers.BooleanField()
    is_single = serializers.BooleanField()
    choices = ChoicesSerializer(allow_null=True)


class FactSerializer(serializers.Serializer[Any]):
    """Something that can be asked of a customer."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    group = serializers.CharField()
    type = serializers.CharField()
    operators = serializers.ListField(child=serializers.CharField())
    choices = ChoicesSerializer(allow_null=True)
    takes_days = serializers.BooleanField()
    where = NarrowingSerializer(many=True)


class OperatorSerializer(serializers.Serializer[Any]):
    """A way to ask, and what its value is."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    value = serializers.ChoiceField(choices=["one", "list", "pair", "days", "nothing"])


class FactsSerializer(serializers.Serializer[Any]):
    """What definitions are made of."""

    facts = FactSerializer(many=True)
    operators = OperatorSerializer(many=True)


class SegmentBroken(APIException):
    """The segment asks for what is no longer there, or for what this user may not see."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "segment_broken"


class CountTookTooLong(APIException):
    """The database was stopped."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "took_too_long"
    default_detail = _("There are too many customers to count them in time. Narrow the segment down.")


class SegmentViewSet(CatalogueViewSet):
    """Saved filters over customers. Shared ones are everybody's; each sees the customers that are theirs to see."""

    queryset = Segment.objects.all()
    serializer_class = SegmentSerializer
    filterset_class = SegmentFilterSet

    def make(self, **values: Any) -> Segment:
        """Create through the operation."""
        return create_segment(**values, owner=self.user, at=timezone.now())

    def change(self, row: Segment, expected: int | None, **values: Any) -> None:
        """Update through the operation."""
        revise_segment(segment=row, changes=values, by=self.user, expected_version=expected, at=timezone.now())

    def members(self) -> Any:
        """The customers of the segment that this request is about. Raises SegmentBroken."""
        segment = self.get_object()
        if not self.user.has_perm("customers.view_customer"):
            raise PermissionDenied
        try:
            return segment_customers(segment=segment, user=self.user, at=timezone.now())
        except SegmentInvalid as error:
            raise SegmentBroken(" ".join(error.sentences())) from error

    @extend_schema(responses=CountSerializer)
    @action(detail=True, serializer_class=CountSerializer)
    def count(self, request: Request, pk: str) -> Response:
        """How many customers are in it now, of those that you see."""
        members = self.members()
        try:
            with at_most(COUNT_SECONDS):
                return Response({"count": members.order_by().count()})
        except TookTooLong as error:
            raise CountTookTooLong from error

    @extend_schema(responses=CustomerSerializer(many=True))
    @action(
        detail=True,
        pagination_class=Keyset,
        serializer_class=CustomerSerializer,
        parameters=Keyset.parameters,
        ordering_fields=("name", "last_activity_at"),
    )
    def customers(self, request: Request, pk: str) -> Response:
        """The customers who are in it now, of those that you see, in pages."""
        page = self.paginate_queryset(with_parts(self.members()))
        return self.get_paginated_response([self.shown(row) for row in page or ()])

    @extend_schema(responses=FactsSerializer, filters=False)
    @action(detail=False, serializer_class=FactsSerializer, pagination_class=None)
    def facts(self, request: Request) -> Response:
        """What definitions are made of: the facts, their operators and choices."""
        return Response({"facts": describe_facts(Catalogue(self.user)), "operators": describe_operators()})
