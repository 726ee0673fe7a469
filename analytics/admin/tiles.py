"""Tiles of dashboards: their form. They are looked at and arranged on the page of their dashboard."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from analytics.admin.dashboards import board_page
from analytics.choices import TileSource
from analytics.models import Tile
from analytics.operations.tile_shapes import why_it_does_not_fit
from analytics.operations.write_tile import MOST_TILES, write_tile
from customers.admin.base import CandidModelAdmin
from customers.admin.filters import VisibleRelatedFilter
from customers.admin.forms import CandidForm

ASKS_FOR = {"report": TileSource.REPORT, "product": TileSource.FORECAST}


class TileForm(CandidForm):
    """What the operation would refuse is said beside its field."""

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        source, shape = data.get("source"), data.get("shape")
        for name, asking in ASKS_FOR.items():
            if source != asking:
                data[name] = None
            elif name in self.fields and data.get(name) is None and name not in self.errors:
                words = _("Choose a behaviour report.") if name == "report" else _("Choose a product.")
                self.add_error(name, words)
        fits = not (source and shape) or bool(self.errors)
        if not fits and (problem := why_it_does_not_fit(str(source), data.get("report"), str(shape))):
            self.add_error("shape", problem)
        board = data.get("dashboard")
        if board is not None and self.instance.pk is None and board.tiles.count() >= MOST_TILES:
            self.add_error(None, _("A dashboard has at most %(most)d tiles.") % {"most": MOST_TILES})
        return data


@admin.register(Tile)
class TileAdmin(CandidModelAdmin):
    """One figure of a dashboard."""

    form = TileForm
    empty_hint = gettext_lazy("Tiles are added on the page of their dashboard.")
    list_display = ["__str__", "dashboard", "source", "shape"]
    list_select_related = ["dashboard"]
    list_filter = [("dashboard", VisibleRelatedFilter), ("source", ChoicesDropdownFilter)]
    search_fields = ["title"]
    ordering = ["dashboard__name", "place", "pk"]
    autocomplete_fields = ["product"]
    fieldsets = [
        (None, {"fields": ["dashboard", "source", "report", "product", "days", "shape", "title", "width"]}),
    ]
    conditional_fields = {
        "report": f"source == '{TileSource.REPORT}'",
        "product": f"source == '{TileSource.FORECAST}'",
        "days": "!['report', 'forecast', 'waiting', 'scores'].includes(source)",
    }

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A tile stays on its dashboard."""
        return ("dashboard",) if obj is not None else ()

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """To whoever may only look, the report is not named: it may be out of their sight."""
        if obj is None or self.has_change_permission(request, obj):
            return super().get_fieldsets(request, obj)
        return [(None, {"fields": ["dashboard", "source", "days", "shape", "title", "width"]})]

    def save_model(self, request: HttpRequest, obj: Tile, form: Any, change: bool) -> None:
        """Through the operation."""
        names = ("source", "report", "product", "days", "shape", "title", "width")
        given = {name: form.cleaned_data[name] for name in names if name in form.cleaned_data}
        user: Any = request.user
        if change:
            row = Tile.objects.get(pk=obj.pk)
            changes = {name: value for name, value in given.items() if getattr(row, name) != value}
            seen = form.cleaned_data.get("seen_version")
        else:
            row, changes, seen = Tile(dashboard=form.cleaned_data["dashboard"]), given, None
        made = write_tile(tile=row, changes=changes, by=user, at=timezone.now(), expected_version=seen)
        obj.__dict__.update(made.__dict__)

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Back to the dashboard."""
        return HttpResponseRedirect(f"{board_page(obj.dashboard_id)}#tile-{obj.pk}")

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Back to the dashboard."""
        return self.response_post_save_add(request, obj)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Through the operation; where it was is kept for the answer."""
        request.deleted_from = obj.dashboard_id  # type: ignore[attr-defined]
        super().delete_model(request, obj)

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: Any) -> HttpResponse:
        """Back to the dashboard."""
        super().response_delete(request, obj_display, obj_id)  # it tells that it is gone
        return HttpResponseRedirect(board_page(getattr(request, "deleted_from", 0)))
