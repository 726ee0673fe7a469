"""Imports: what was brought, by whom, what came of each row, and the way back."""

from typing import Any

from django.contrib import admin, messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from customers.admin.base import ReadOnlyModelAdmin
from customers.admin.import_page import import_page, import_progress, import_report, is_mine, visible_batch
from customers.admin.import_undo import undo_page
from customers.admin.import_upload import Quota, limit_upload, upload_page
from customers.admin.import_wizard import back_to_mapping, begin_import, discard_import, map_import, mapping_page
from customers.choices import ImportState
from customers.importers.draft import Draft, FilesGone
from customers.models import ImportBatch

LABELS = {
    ImportState.CHECKING: "info",
    ImportState.RUNNING: "info",
    ImportState.UNDOING: "info",
    ImportState.DONE: "success",
    ImportState.FAILED: "danger",
    ImportState.UNDONE: "warning",
}


@admin.register(ImportBatch)
class ImportBatchAdmin(ReadOnlyModelAdmin):
    """Imports of the command and of the wizard."""

    empty_hint = gettext_lazy(
        "Bring customers and their history from another system, or from a list in CSV or Excel. You see what "
        "would become of each row before anything is written, and can undo all of it."
    )
    list_display = ["path", "format", "status", "team", "started_at", "finished_at", "started_by"]
    list_filter = [("state", ChoicesDropdownFilter)]
    list_select_related = ["started_by", "team"]
    search_fields = ["path", "format"]

    class Media:
        css = {"all": ["customers/imports.css"]}
        js = ["customers/imports.js"]

    def get_urls(self) -> list[URLPattern]:
        """The page of an import is at .../change/; the pieces of it have addresses of their own."""
        wrap = self.admin_site.admin_view
        return [
            path("add/", wrap(self.upload), name="customers_importbatch_add"),
            path("<int:pk>/map/", wrap(self.map), name="customers_importbatch_map"),
            path("<int:pk>/start/", wrap(self.start), name="customers_importbatch_start"),
            path("<int:pk>/back/", wrap(self.back), name="customers_importbatch_back"),
            path("<int:pk>/discard/", wrap(self.discard), name="customers_importbatch_discard"),
            path("<int:pk>/progress/", wrap(self.progress), name="customers_importbatch_progress"),
            path("<int:pk>/report/", wrap(self.report), name="customers_importbatch_report"),
            path("<int:pk>/undo/", wrap(self.undo), name="customers_importbatch_undo"),
            *super().get_urls(),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """An import is added by uploading files."""
        return bool(request.user.has_perm("customers.add_importbatch"))

    def has_undo_permission(self, request: HttpRequest) -> bool:
        """Whoever may change imports may undo them, though nobody edits one."""
        return bool(request.user.has_perm("customers.change_importbatch"))

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page of the import."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        pk = int(object_id) if object_id.isdecimal() and len(object_id) < 19 else 0
        batch = visible_batch(self, request, pk)
        if batch.state == ImportState.UPLOADED and is_mine(request, batch):
            try:
                return mapping_page(self, request, batch, Draft(batch))
            except FilesGone as gone:
                messages.error(request, str(gone))
        return import_page(self, request, batch, at=timezone.now())

    def upload(self, request: HttpRequest) -> HttpResponse:
        """The first step. How much may come in is said before anybody looks at what was posted, hence the CSRF check
        only then."""
        quota = limit_upload(request) if request.method == "POST" else None
        return self._upload(request, quota)

    upload.csrf_exempt = True  # type: ignore[attr-defined]

    @method_decorator(csrf_protect)
    def _upload(self, request: HttpRequest, quota: Quota | None) -> HttpResponse:
        return upload_page(self, request, quota, at=timezone.now())

    @method_decorator(require_POST)
    def map(self, request: HttpRequest, pk: int) -> HttpResponse:
        """How the files are read, and what their columns become."""
        return map_import(self, request, pk, at=timezone.now())

    @method_decorator(require_POST)
    def start(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Import for good."""
        return begin_import(self, request, pk, at=timezone.now())

    @method_decorator(require_POST)
    def back(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Back to the mapping."""
        return back_to_mapping(self, request, pk)

    @method_decorator(require_POST)
    def discard(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Forget the files."""
        return discard_import(self, request, pk)

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
        label={state.value: LABELS.get(state, "") for state in ImportState},  # of a state without one the code is shown
    )
    def status(self, batch: ImportBatch) -> tuple[str, str]:
        """The state as a label."""
        return batch.state, batch.get_state_display()
