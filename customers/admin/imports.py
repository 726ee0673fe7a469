"""Imports: what was brought, by whom, what came of each row, and the way back."""

from typing import Any

from django.contrib import admin
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from customers.admin.base import ReadOnlyModelAdmin
from customers.admin.import_page import import_page, import_progress, import_report
from customers.admin.import_undo import undo_page
from customers.models import ImportBatch


@admin.register(ImportBatch)
class ImportBatchAdmin(ReadOnlyModelAdmin):
    """Imports of the command and of the wizard."""

    list_display = ["path", "format", "status", "team", "started_at", "finished_at", "started_by"]
    list_filter = [("state", ChoicesDropdownFilter)]
    list_select_related = ["started_by", "team"]
    search_fields = ["path", "format"]

    class Media:
        css = {"all": ["customers/imports.css"]}

    def get_urls(self) -> list[URLPattern]:
        """The page of an import is at .../change/; the pieces of it have addresses of their own."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/progress/", wrap(self.progress), name="customers_importbatch_progress"),
            path("<int:pk>/report/", wrap(self.report), name="customers_importbatch_report"),
            path("<int:pk>/undo/", wrap(self.undo), name="customers_importbatch_undo"),
            *super().get_urls(),
        ]

    def has_undo_permission(self, request: HttpRequest) -> bool:
        """Whoever may change imports may undo them, though nobody edits one."""
        return bool(request.user.has_perm("customers.change_importbatch"))

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page of the import."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        pk = int(object_id) if object_id.isdecimal() and len(object_id) < 19 else 0
        return import_page(self, request, pk, at=timezone.now())

    def progress(self, request: HttpRequest, pk: int) -> HttpResponse:
        """How far its job is."""
        return import_progress(self, request, pk, at=timezone.now())

    def report(self, request: HttpRequest, pk: int) -> FileResponse:
        """The refused rows, as a file."""
        return import_report(self, request, pk)

    def undo(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What an undo would do, and the button for it."""
        return undo_page(self, request, pk, at=timezone.now())

    @display(
        description=gettext_lazy("state"),
        ordering="state",
        label={"running": "info", "checking": "info", "undoing": "info", "done": "success", "failed": "danger"},
    )
    def status(self, batch: ImportBatch) -> tuple[str, str]:
        """The state as a label."""
        return batch.state, batch.get_state_display()
