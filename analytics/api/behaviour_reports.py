"""Behaviour reports over the API: saved questions, what they find, and whom their numbers count."""

from array import array
from bisect import bisect_right
from typing import Any

from django.core.exceptions import ValidationError as Refused
from django.utils import timezone
from django_filters import BooleanFilter, CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import APIException, NotFound, PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.behaviour_result import ResultSerializer, as_data
from analytics.behaviour.definition import Definition
from analytics.behaviour.events import NoSuchCell
from analytics.behaviour.matching import OPERATORS
from analytics.choices import Granularity, ReportKind
from analytics.models import SavedReport
from analytics.operations.people_behind import people_behind
from analytics.operations.report_definition import DefinitionInvalid, read_report
from analytics.operations.run_report import ReportFailed, run_report
from analytics.operations.write_report import write_report
from customers.api.base import CatalogueViewSet
from customers.api.customers import CustomerSerializer, with_parts
from customers.api.fields import Attributes, StrictModel, VisibleRow
from customers.api.pagination import PAGE_SIZE, page_size_of
from customers.filtersets import LARGEST_KEY, LONGEST_PART
from customers.models import Customer, Team

CONDITION = {
    "type": "object",
    "required": ["property", "op"],
    "properties": {
        "property": {"type": "string"},
        "op": {"type": "string", "enum": list(OPERATORS)},
        "value": {"type": "string"},
    },
}
STEP = {
    "type": "object",
    "properties": {
        "event": {"type": "string", "nullable": True, "description": "Name of the event; null: any."},
        "where": {"type": "array", "items": CONDITION},
    },
}
WHOLE = {"type": "integer", "minimum": 1}
PROPERTIES = {
    "steps": {
        "type": "array",
        "items": STEP,
        "description": "trend: events; funnel: 2 or more; retention: the first event and the one that brings back; "
        "paths: the anchor; sessions: none.",
    },
    "period": {
        "type": "object",
        "properties": {
            "days": {**WHOLE, "description": "The last days up to today."},
            "first": {"type": "string", "format": "date"},
            "last": {"type": "string", "format": "date"},
        },
    },
    "time_zone": {"type": "string", "description": "Whose days are meant, such as Asia/Shanghai."},
    "segments": {"type": "array", "items": WHOLE, "description": "None: everybody. Each is counted by itself."},
    "by": {"type": "string", "enum": list(Granularity.values), "description": "trend, retention, sessions"},
    "breakdown": {"type": "string", "description": "trend: by this property"},
    "window": {
        "type": "object",
        "properties": {"count": WHOLE, "unit": {"type": "string", "enum": ["hours", "days"]}},
        "description": "funnel, paths",
    },
    "columns": {**WHOLE, "description": "retention: steps after the one in which they began"},
    "is_backwards": {"type": "boolean", "description": "paths: what came before"},
    "skips_repeats": {"type": "boolean", "description": "paths: the same event in a row is one step"},
    "depth": {**WHOLE, "description": "paths: steps"},
    "top": {**WHOLE, "description": "paths: events a step"},
}


@extend_schema_field(
    {
        "type": "object",
        "properties": PROPERTIES,
        "example": {
            "steps": [
                {"event": "Sign up"},
                {"event": "Buy", "where": [{"property": "plan", "op": "is", "value": "gold"}]},
            ],
            "window": {"count": 7, "unit": "days"},
            "period": {"days": 30},
        },
    }
)
class QuestionField(Attributes):
    """What a report asks for. `write_report` reads it, with the kind."""


class SavedReportSerializer(StrictModel):
    """A question about behaviour events that is asked anew each time. Its owner is whoever made it."""

    definition = QuestionField()
    team = VisibleRow(queryset=Team.objects.all(), required=False, allow_null=True, help_text="null: everybody.")

    class Meta:
        model = SavedReport
        fields = [
            "id",
            "name",
            "description",
            "kind",
            "definition",
            "is_shared",
            "team",
            "owner",
            "created_at",
            "version",
        ]
        read_only_fields = ["owner", "created_at", "version"]
        extra_kwargs = {"kind": {"required": True}}

    def validate(self, attrs: Any) -> Any:
        """The definition, of the kind that the report has or gets."""
        kept = self.instance
        if "definition" in attrs or "kind" in attrs:
            kind = attrs.get("kind", kept.kind if kept else None)
            definition = attrs.get("definition", kept.definition if kept else None)
            _read(kind, definition, self.context["request"].user)
        return attrs


class SavedReportFilterSet(FilterSet):
    """Reports by name, kind and whether they are shared."""

    name = CharFilter(lookup_expr="icontains", max_length=LONGEST_PART)
    kind = ChoiceFilter(choices=ReportKind.choices)
    is_shared = BooleanFilter()

    class Meta:
        model = SavedReport
        fields: list[str] = []


class BehindSerializer(serializers.Serializer[Any]):
    """Who stands behind a number, by key, in pages."""

    count = serializers.IntegerField(help_text="Customers.")
    unknown = serializers.IntegerField(help_text="People of whom no customer is known.")
    next = serializers.IntegerField(allow_null=True, help_text="Give it as `after` for the next page; null: no more.")
    results = CustomerSerializer(many=True)


class BehindAskedSerializer(serializers.Serializer[Any]):
    """The query of `/customers/`."""

    cell = serializers.CharField(max_length=300, default="")
    segment = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_KEY)
    after = serializers.IntegerField(required=False, min_value=0, max_value=LARGEST_KEY)


BEHIND = [
    OpenApiParameter(
        "cell", {"type": "string", "minLength": 1}, description="A cell of the result. Without: all whom it counts."
    ),
    OpenApiParameter("segment", {"type": "integer", "minimum": 1}, description="The segment whose number it is."),
    OpenApiParameter("after", {"type": "integer", "minimum": 0}, description="`next` of the page before."),
    OpenApiParameter("page_size", {"type": "integer", "minimum": 1, "maximum": 200, "default": PAGE_SIZE}),
]


class ReportBroken(APIException):
    """The report asks for what is no longer there, or for too much."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "report_failed"


def _read(kind: Any, definition: Any, user: Any) -> Definition:
    try:
        return read_report(kind=kind, definition=definition, user=user)
    except DefinitionInvalid as error:
        raise ValidationError({"definition": error.errors}) from error


class SavedReportViewSet(CatalogueViewSet):
    """Behaviour reports: one's own, and those that are shared. Each counts the customers that they may see."""

    queryset = SavedReport.objects.all()
    serializer_class = SavedReportSerializer
    stale = ("result", "customers")
    filterset_class = SavedReportFilterSet

    def make(self, **values: Any) -> SavedReport:
        """Create through the operation."""
        return self._write(SavedReport(), values, None)

    def change(self, row: SavedReport, expected: int | None, **values: Any) -> None:
        """Update through the operation."""
        self._write(row, values, expected)

    def _write(self, row: SavedReport, values: dict[str, Any], expected: int | None) -> SavedReport:
        try:
            return write_report(report=row, changes=values, by=self.user, at=timezone.now(), expected_version=expected)
        except DefinitionInvalid as error:
            raise ValidationError({"definition": error.errors}) from error
        except Refused as error:
            raise ValidationError(error.message_dict) from error

    def _question(self) -> Definition:
        row = self.get_object()
        try:
            return read_report(kind=row.kind, definition=row.definition, user=self.user)
        except DefinitionInvalid as error:
            raise ReportBroken(str(error)) from error

    @extend_schema(responses=ResultSerializer, filters=False)
    @action(detail=True, serializer_class=ResultSerializer, pagination_class=None)
    def result(self, request: Request, pk: str) -> Response:
        """What the report finds now, of those whom you see."""
        try:
            report = run_report(definition=self._question(), user=self.user, at=timezone.now())
        except ReportFailed as error:
            raise ReportBroken(str(error)) from error
        return Response(self.shown(as_data(report)))

    @extend_schema(parameters=BEHIND, responses=BehindSerializer, filters=False)
    @action(
        detail=True,
        serializer_class=BehindSerializer,
        pagination_class=None,
        parameters=("cell", "segment", "after", "page_size"),
    )
    def customers(self, request: Request, pk: str) -> Response:
        """The customers behind a number of the result, of those that you see."""
        definition = self._question()
        if not self.user.has_perm("customers.view_customer"):
            raise PermissionDenied
        serializer = BehindAskedSerializer(data=request.query_params.dict())
        serializer.is_valid(raise_exception=True)
        asked, size = serializer.validated_data, page_size_of(request)
        try:
            people = people_behind(
                definition=definition,
                cell=asked["cell"],
                segment=asked.get("segment"),
                user=self.user,
                at=timezone.now(),
            )
        except NoSuchCell as error:
            raise NotFound from error
        except ReportFailed as error:
            raise ReportBroken(str(error)) from error
        keys, after = _page(people.customers, asked.get("after", 0), size)
        rows = with_parts(Customer.objects.visible_to(self.user)).filter(pk__in=keys).order_by("pk")
        data = {"count": len(people.customers), "unknown": people.unknown, "next": after, "results": list(rows)}
        return Response(self.shown(data))


def _page(keys: "array[int]", after: int, size: int) -> tuple[list[int], int | None]:
    """So many keys after one, and where the next page begins."""
    start = bisect_right(keys, after)
    found = list(keys[start : start + size])
    return found, found[-1] if start + size < len(keys) else None
