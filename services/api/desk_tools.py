"""Macros and views of the desk, over the API."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.base import CatalogueViewSet
from customers.api.fields import Attributes, StrictModel, VisibleRow
from customers.api.locking import expected_version
from customers.models import Team
from services.choices import Priority
from services.filtersets import TicketFilterSet, filter_data, filter_problems
from services.models import DeskView, Macro, Ticket
from services.operations.desk_order import ORDERS
from services.operations.remove_desk_tool import remove_desk_tool
from services.operations.write_desk_view import write_desk_view
from services.operations.write_macro import REACHED, write_macro
from services.sql.capped_counts import capped_counts

MOST_COUNTED = 100
MOST_VIEWS = 100


class ToolSerializer(StrictModel):
    """Something that agents make for the desk. Shared ones, which everybody finds, are made by who sets up the desk."""

    is_shared = serializers.BooleanField(required=False, write_only=True, help_text="For everybody. Else it is yours.")

    def to_representation(self, instance: Any) -> Any:
        return {**super().to_representation(instance), "is_shared": instance.owner_id is None}

    def to_internal_value(self, data: Any) -> Any:
        values = super().to_internal_value(data)
        shared = values.pop("is_shared", None)
        if shared is not None or self.instance is None:
            values["owner"] = None if shared else self.context["request"].user
        return values


class MacroSerializer(ToolSerializer):
    """A canned action. Placeholders in the text, such as {customer.name}, are filled in for each ticket."""

    team = VisibleRow(queryset=Team.objects.all(), required=False, allow_null=True)
    priority = serializers.ChoiceField(choices=Priority.choices, required=False, allow_null=True)
    status_after = serializers.ChoiceField(
        choices=[(status.value, status.label) for status in REACHED], required=False, allow_blank=True
    )

    class Meta:
        model = Macro
        fields = [
            "id",
            "name",
            "position",
            "is_active",
            "is_shared",
            "owner",
            "team",
            "kind",
            "body",
            "status_after",
            "priority",
            "takes_ticket",
            "version",
        ]
        read_only_fields = ["owner", "version"]


class ToolViewSet(CatalogueViewSet):
    """What `write` and the removal of tools have in common."""

    write: Any = None
    model: Any = None

    def make(self, **values: Any) -> Any:
        """Create through the operation."""
        return type(self).write(self.model(), values, self.user, None)

    def change(self, row: Any, expected: int | None, **values: Any) -> None:
        """Update through the operation."""
        type(self).write(row, values, self.user, expected)

    def destroy(self, request: Request, pk: str) -> Response:
        row = self.get_object()
        remove_desk_tool(tool=row, by=self.user, at=timezone.now(), expected_version=expected_version(request))
        return Response(status=204)


def _write_macro(macro: Macro, values: dict[str, Any], by: Any, expected: int | None) -> Macro:
    return write_macro(macro=macro, changes=values, by=by, at=timezone.now(), expected_version=expected)


def _write_view(view: DeskView, values: dict[str, Any], by: Any, expected: int | None) -> DeskView:
    return write_desk_view(view=view, changes=values, by=by, at=timezone.now(), expected_version=expected)


class MacroViewSet(ToolViewSet):
    """Canned actions. See `/tickets/{id}/macro/` for using one."""

    queryset = Macro.objects.all()
    model = Macro
    serializer_class = MacroSerializer
    write = staticmethod(_write_macro)


class DeskViewSerializer(ToolSerializer):
    """A saved view: filters as the list of tickets takes them, and an order."""

    filters = Attributes(required=False, help_text="By name, as query parameters of /tickets/.")
    ordering = serializers.ChoiceField(choices=list(ORDERS.items()), required=False, allow_blank=True)

    class Meta:
        model = DeskView
        fields = ["id", "name", "position", "is_shared", "owner", "filters", "ordering", "version"]
        read_only_fields = ["owner", "version"]

    def validate_filters(self, filters: dict[str, Any]) -> dict[str, Any]:
        problems = filter_problems(filters)
        if problems:
            raise ValidationError(problems)
        return filters


class CountsSerializer(serializers.Serializer[Any]):
    """How many tickets of yours to see are in each view, up to 100: 100 means at least so many."""

    counts = serializers.DictField(child=serializers.IntegerField())


class DeskViewViewSet(ToolViewSet):
    """Saved views of the desk: everybody's, and your own."""

    queryset = DeskView.objects.all()
    model = DeskView
    serializer_class = DeskViewSerializer
    write = staticmethod(_write_view)

    @extend_schema(responses=CountsSerializer)
    @action(detail=False, filter_backends=[], pagination_class=None)
    def counts(self, request: Request) -> Response:
        """The number of tickets in each view, by the view's id; two queries, however many tickets there are."""
        views = list(self.get_queryset()[:MOST_VIEWS])
        rows = Ticket.objects.visible_to(self.user)
        sets = {}
        for view in views:
            filtered = TicketFilterSet(filter_data(view.filters), queryset=rows, request=request)
            sets[str(view.pk)] = filtered.qs if filtered.is_valid() else rows.none()
        return Response({"counts": capped_counts(sets, most=MOST_COUNTED)})
