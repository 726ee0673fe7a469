"""Dashboards and their tiles over the API."""

from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.core.exceptions import ValidationError as Refused
from django.utils import timezone
from django_filters import BooleanFilter, CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.tile_data import TileDataSerializer, as_data
from analytics.choices import TileSource
from analytics.exporters.boards.tell_tile import tell_tile
from analytics.models import Dashboard, SavedReport, Tile
from analytics.operations.arrange_tiles import arrange_tiles
from analytics.operations.copy_dashboard import copy_dashboard
from analytics.operations.write_dashboard import write_dashboard
from analytics.operations.write_tile import MOST_TILES, write_tile
from customers.api.base import CatalogueViewSet
from customers.api.fields import NothingSerializer, Strict, StrictModel, VisibleRow
from customers.api.idempotency import once
from customers.api.locking import expected_version
from customers.filtersets import LARGEST_KEY, LONGEST_PART, IdFilter
from customers.models import Product, Team

OF_ALL = "non_field_errors"


def refused(error: Refused) -> ValidationError:
    """What an operation refuses, by field where it names one."""
    if not hasattr(error, "error_dict"):
        return ValidationError({OF_ALL: error.messages})
    return ValidationError(
        {OF_ALL if name == NON_FIELD_ERRORS else name: said for name, said in error.message_dict.items()}
    )


class DashboardSerializer(StrictModel):
    """Figures side by side. Its owner is whoever made it; `tiles` are their keys, in order."""

    team = VisibleRow(queryset=Team.objects.all(), required=False, allow_null=True, help_text="null: everybody.")
    tiles = serializers.SerializerMethodField()

    class Meta:
        model = Dashboard
        fields = ["id", "name", "description", "is_shared", "team", "owner", "tiles", "created_at", "version"]
        read_only_fields = ["owner", "created_at", "version"]

    @extend_schema_field(serializers.ListField(child=serializers.IntegerField()))
    def get_tiles(self, board: Dashboard) -> Any:
        return [tile.pk for tile in sorted(board.tiles.all(), key=lambda tile: (tile.place, tile.pk))]


class OrderSerializer(Strict):
    """All tiles of the dashboard, in the order that they shall have."""

    tiles = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_KEY), min_length=1, max_length=MOST_TILES
    )


class DashboardFilterSet(FilterSet):
    """Dashboards by name and whether they are shared."""

    name = CharFilter(lookup_expr="icontains", max_length=LONGEST_PART)
    is_shared = BooleanFilter()

    class Meta:
        model = Dashboard
        fields: list[str] = []


class DashboardViewSet(CatalogueViewSet):
    """Dashboards: one's own, and those that are shared. Each figure counts what is theirs to see who asks."""

    queryset = Dashboard.objects.prefetch_related("tiles")
    serializer_class = DashboardSerializer
    filterset_class = DashboardFilterSet
    inputs = {"arrange": OrderSerializer, "copy": NothingSerializer}

    def make(self, **values: Any) -> Dashboard:
        """Create through the operation."""
        return self._write(Dashboard(), values, None)

    def change(self, row: Dashboard, expected: int | None, **values: Any) -> None:
        """Update through the operation."""
        self._write(row, values, expected)

    def _write(self, row: Dashboard, values: dict[str, Any], expected: int | None) -> Dashboard:
        try:
            return write_dashboard(
                dashboard=row, changes=values, by=self.user, at=timezone.now(), expected_version=expected
            )
        except Refused as error:
            raise refused(error) from error

    @extend_schema(request=OrderSerializer, responses=DashboardSerializer)
    @action(detail=True, methods=["post"], is_verb=True, needs="analytics.change_dashboard")
    @once
    def arrange(self, request: Request, pk: str) -> Response:
        """Put the tiles into an order."""
        row = self.get_object()
        expected = expected_version(request, required=False)
        try:
            arrange_tiles(dashboard=row, tiles=self.validated()["tiles"], at=timezone.now(), expected_version=expected)
        except Refused as error:
            raise refused(error) from error
        return self.answer(row.pk)

    @extend_schema(request=NothingSerializer, responses=DashboardSerializer)
    @action(detail=True, methods=["post"], is_verb=True, needs="analytics.add_dashboard")
    @once
    def copy(self, request: Request, pk: str) -> Response:
        """Make one of one's own with the same tiles; answers it."""
        row = self.get_object()
        self.validated()
        return self.answer(copy_dashboard(dashboard=row, by=self.user, at=timezone.now()).pk)


class TileSerializer(StrictModel):
    """A figure of a dashboard. `report` is for the source `report`, `product` for `forecast`, `days` for the others;
    which shapes fit depends on what it shows, and one that does not is refused in words. It stays on its dashboard. A
    report that is not yours to see is null."""

    dashboard = VisibleRow(queryset=Dashboard.objects.all())
    report = VisibleRow(queryset=SavedReport.objects.all(), required=False, allow_null=True)
    product = VisibleRow(queryset=Product.objects.all(), required=False, allow_null=True)

    class Meta:
        model = Tile
        fields = [
            *("id", "dashboard", "title", "source", "report", "product", "days", "shape", "width"),
            *("place", "version"),
        ]
        read_only_fields = ["place", "version"]
        extra_kwargs = {"source": {"required": True}, "shape": {"required": True}}

    def validate_dashboard(self, board: Dashboard) -> Dashboard:
        """It stays where it is."""
        if self.instance is not None and self.instance.dashboard_id != board.pk:
            raise serializers.ValidationError("A tile stays on its dashboard.")
        return board

    def to_representation(self, tile: Any) -> Any:
        """The key of a report alone where whoever asks sees it."""
        shown = super().to_representation(tile)
        if tile.report_id not in self._seen_reports():
            shown["report"] = None
        return shown

    def _seen_reports(self) -> set[int]:
        """The keys of the reports in sight: asked once for all tiles of an answer."""
        context: Any = self.context
        if "seen_reports" not in context:
            rows = SavedReport.objects.visible_to(context["request"].user)
            context["seen_reports"] = set(rows.values_list("pk", flat=True))
        seen: set[int] = context["seen_reports"]
        return seen


class TileFilterSet(FilterSet):
    """Tiles by dashboard and by what they show."""

    dashboard = IdFilter()
    source = ChoiceFilter(choices=TileSource.choices)

    class Meta:
        model = Tile
        fields: list[str] = []


class TileViewSet(CatalogueViewSet):
    """Tiles of the dashboards that you see. A new one comes last."""

    queryset = Tile.objects.all()
    serializer_class = TileSerializer
    filterset_class = TileFilterSet

    def make(self, **values: Any) -> Tile:
        """Create through the operation."""
        return self._write(Tile(dashboard=values.pop("dashboard")), values, None)

    def change(self, row: Tile, expected: int | None, **values: Any) -> None:
        """Update through the operation."""
        values.pop("dashboard", None)
        self._write(row, values, expected)

    def _write(self, row: Tile, values: dict[str, Any], expected: int | None) -> Tile:
        try:
            return write_tile(tile=row, changes=values, by=self.user, at=timezone.now(), expected_version=expected)
        except Refused as error:
            raise refused(error) from error

    @extend_schema(responses=TileDataSerializer, filters=False)
    @action(detail=True, serializer_class=TileDataSerializer, pagination_class=None)
    def data(self, request: Request, pk: str) -> Response:
        """What the tile tells now, of the customers and tickets that you see. Where it cannot, `problem` says why."""
        content = tell_tile(tile=self.get_object(), user=self.user, at=timezone.now())
        return Response(self.shown(as_data(content)))
