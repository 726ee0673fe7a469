"""Dashboards: their list, and the page of each with its tiles, which are arranged there by hand or by keyboard."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import BooleanRadioFilter

from analytics.admin.board_charts import tile_context
from analytics.admin.dashboard_form import DashboardForm
from analytics.admin.dashboard_moves import NoSuchMove, moved
from analytics.exporters.boards.file import CONTENT_TYPES, tell_board, write_board
from analytics.exporters.boards.mail import whose
from analytics.exporters.boards.tell_tile import tell_tile
from analytics.models import Dashboard, ScheduledReport, Tile
from analytics.operations.copy_dashboard import copy_dashboard
from analytics.operations.mail_hindrance import TAKES_OUT
from analytics.operations.write_dashboard import write_dashboard
from customers.admin.base import CandidModelAdmin
from customers.admin.filters import VisibleRelatedFilter
from customers.audit.record import record
from customers.choices import AuditKind
from customers.models.versioned import StaleVersion

NAME = "analytics_dashboard"
FOLDER = "admin/analytics/dashboard"
MAY_ARRANGE = ("analytics.change_dashboard", "analytics.change_tile")


@admin.register(Dashboard)
class DashboardAdmin(CandidModelAdmin):
    """Figures side by side."""

    form = DashboardForm
    empty_hint = gettext_lazy(
        "A dashboard shows figures side by side: behaviour reports, tickets, scores, orders, demand. Add one with the "
        "button above, then its tiles."
    )
    list_display = ["name_and_description", "number_of_tiles", "owner", "sharing", "edit_link"]
    list_display_links = None
    list_select_related = ["owner", "team"]
    list_filter = [("is_shared", BooleanRadioFilter), ("owner", VisibleRelatedFilter)]
    search_fields = ["name", "description"]
    ordering = ["name", "pk"]
    fieldsets = [(None, {"fields": ["name", "description", "is_shared", "team"]})]

    class Media:
        css = {"all": ["analytics/behaviour.css"]}

    def get_queryset(self, request: HttpRequest) -> Any:
        """With how many tiles each has."""
        return super().get_queryset(request).annotate(tile_count=Count("tiles"))

    def get_urls(self) -> list[URLPattern]:
        """A dashboard's page, its tiles and its verbs have addresses of their own."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/board/", wrap(self.board), name=f"{NAME}_board"),
            path("<int:pk>/tile/<int:tile>/", wrap(self.tile), name=f"{NAME}_tile"),
            path("<int:pk>/arrange/", wrap(self.arrange), name=f"{NAME}_arrange"),
            path("<int:pk>/copy/", wrap(self.copy), name=f"{NAME}_copy"),
            path("<int:pk>/file/", wrap(self.file), name=f"{NAME}_file"),
            *super().get_urls(),
        ]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form, which knows who asks."""
        form = type("DashboardForm", (DashboardForm,), {"user": request.user})
        return super().get_form(request, obj, change, **{"form": form, **kwargs})

    def save_model(self, request: HttpRequest, obj: Dashboard, form: Any, change: bool) -> None:
        """Through the operation."""
        given = {name: form.cleaned_data[name] for name in ("name", "description", "is_shared", "team")}
        user: Any = request.user
        row, seen = (
            (Dashboard.objects.get(pk=obj.pk), form.cleaned_data.get("seen_version")) if change else (None, None)
        )
        changes = {name: value for name, value in given.items() if row is None or getattr(row, name) != value}
        made = write_dashboard(
            dashboard=row or Dashboard(), changes=changes, by=user, at=timezone.now(), expected_version=seen
        )
        obj.__dict__.update(made.__dict__)

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """To its tiles."""
        return HttpResponseRedirect(board_page(obj.pk))

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """To its tiles."""
        return HttpResponseRedirect(board_page(obj.pk))

    def board(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page of a dashboard. Its tiles are asked for one by one, so that a slow one keeps none waiting."""
        row = self._visible(request, pk)
        user: Any = request.user
        may_change = self.has_change_permission(request, row)
        mails = ScheduledReport.objects.visible_to(user).filter(dashboard=row)
        context = {
            **self.admin_site.each_context(request),
            "title": row.name,
            "opts": self.opts,
            "board": row,
            "tiles": list(Tile.objects.visible_to(user).filter(dashboard=row).order_by("place", "pk")),
            "may_change": may_change,
            "may_arrange": may_change and user.has_perms(MAY_ARRANGE),
            "may_add_tiles": may_change and user.has_perm("analytics.add_tile"),
            "may_copy": self.has_add_permission(request),
            "may_take_out": user.has_perm(TAKES_OUT),
            "may_mail": user.has_perm("analytics.add_scheduledreport") and user.has_perm(TAKES_OUT),
            "mails": mails.count() if user.has_perm("analytics.view_scheduledreport") else 0,
        }
        return TemplateResponse(request, f"{FOLDER}/board.html", context)

    def tile(self, request: HttpRequest, pk: int, tile: int) -> HttpResponse:
        """What one tile tells, to be put into the page."""
        row = self._visible(request, pk)
        user: Any = request.user
        found = Tile.objects.visible_to(user).filter(dashboard=row, pk=tile).select_related("product").first()
        if found is None:
            raise Http404(_("There is no such tile, or you may not see it."))
        content = tell_tile(tile=found, user=user, at=timezone.now())
        return TemplateResponse(request, f"{FOLDER}/tile.html", {"tile": found, **tile_context(content, found.shape)})

    def arrange(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Move a tile, or make it wider or narrower."""
        row = self._verb(request, pk)
        if isinstance(row, HttpResponse):
            return row
        user: Any = request.user
        if not (self.has_change_permission(request, row) and user.has_perms(MAY_ARRANGE)):
            raise PermissionDenied
        try:
            anchor = moved(row, request.POST, by=user, at=timezone.now())
        except NoSuchMove as unknown:
            raise Http404(_("There is no such tile, or you may not see it.")) from unknown
        except ValidationError as refused:
            messages.error(request, " ".join(refused.messages))
            anchor = ""
        except StaleVersion:
            messages.error(request, _("Somebody changed this dashboard meanwhile. Look at it again first."))
            anchor = ""
        return HttpResponseRedirect(f"{board_page(pk)}{anchor}")

    def copy(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make one of one's own of it."""
        row = self._verb(request, pk)
        if isinstance(row, HttpResponse):
            return row
        if not self.has_add_permission(request):
            raise PermissionDenied
        user: Any = request.user
        made = copy_dashboard(dashboard=row, by=user, at=timezone.now())
        messages.success(request, _("This is your own copy. Nobody else has it."))
        return HttpResponseRedirect(board_page(made.pk))

    def file(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The dashboard as a file, as whoever asks sees it now."""
        row = self._verb(request, pk)
        if isinstance(row, HttpResponse):
            return row
        user: Any = request.user
        if not user.has_perm(TAKES_OUT):
            raise PermissionDenied
        format = request.POST.get("format", "")
        if format not in CONTENT_TYPES:
            raise Http404(_("There is no such file."))
        return _answer(row, format, user, timezone.now())

    def _verb(self, request: HttpRequest, pk: int) -> Dashboard | HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        return self._visible(request, pk)

    def _visible(self, request: HttpRequest, pk: int) -> Dashboard:
        if not self.has_view_permission(request):
            raise PermissionDenied
        row: Dashboard | None = self.get_queryset(request).filter(pk=pk).first()
        if row is None:
            raise Http404(_("There is no such dashboard, or you may not see it."))
        return row

    @admin.display(description=gettext_lazy("name"), ordering="name")
    def name_and_description(self, row: Dashboard) -> SafeString:
        """The name, which leads to its tiles."""
        text = '<a class="behaviour-name" href="{}"><b>{}</b><small>{}</small></a>'
        return format_html(text, board_page(row.pk), row.name, row.description)

    @admin.display(description=gettext_lazy("tiles"), ordering="tile_count")
    def number_of_tiles(self, row: Any) -> int:
        """How many it has."""
        return int(row.tile_count)

    @admin.display(description=gettext_lazy("shared with"))
    def sharing(self, row: Dashboard) -> str:
        """Whom it is shared with."""
        if not row.is_shared:
            return _("nobody")
        return row.team.name if row.team else _("everybody")

    @admin.display(description="")
    def edit_link(self, row: Dashboard) -> SafeString:
        """The way to its name and sharing."""
        link = reverse(f"admin:{NAME}_change", args=[row.pk])
        return format_html('<a class="cd-link" href="{}">{}</a>', link, _("Edit"))


def board_page(pk: Any) -> str:
    """The address of a dashboard's tiles."""
    return reverse(f"admin:{NAME}_board", args=[pk])


def _answer(row: Dashboard, format: str, user: Any, at: datetime) -> HttpResponse:
    response = HttpResponse(content_type=CONTENT_TYPES[format])  # type: ignore[index]
    told = tell_board(dashboard=row, user=user, at=at)
    record(AuditKind.EXPORTED, row, format=format, tiles=len(told))
    write_board(response, format=format, title=row.name, told=told, note=whose(user, at))  # type: ignore[arg-type]
    name = f"dashboard-{row.pk}-{timezone.localtime(at):%Y-%m-%d}.{format}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
