"""One's own exports: how far they are, and the files to be fetched."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from unfold.decorators import display

from customers.admin.base import ReadOnlyModelAdmin
from customers.admin.progress import progress_answer, progress_context
from customers.choices import LeaseState
from customers.exporters.download import attachment, export_name, may_fetch
from customers.models import Export
from customers.operations.forget_exports import export_file, open_export

NO_EXPORT = gettext_lazy("There is no such export, or it is not yours, or its time is over.")


@admin.register(Export)
class ExportAdmin(ReadOnlyModelAdmin):
    """Exports that were left to a worker. Each is its owner's alone, and kept for a few days."""

    empty_hint = gettext_lazy(
        "Open a list, filter it and choose “Export”. A small one is handed out at once; a large one is made "
        "by a worker and waits for you here."
    )
    list_display = ["list_name", "format", "status", "rows", "created_at", "expires_at"]
    list_select_related = ["job"]

    def get_urls(self) -> list[URLPattern]:
        """The file is at .../download/."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/progress/", wrap(self.progress), name="customers_export_progress"),
            path("<int:pk>/download/", wrap(self.download), name="customers_export_download"),
            *super().get_urls(),
        ]

    def _own(self, request: HttpRequest, pk: int) -> Export:
        export: Export | None = self.get_queryset(request).select_related("job").filter(pk=pk).first()
        if export is None:
            raise Http404(NO_EXPORT)
        if not self.has_view_permission(request, export):
            raise PermissionDenied
        return export

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """How far it is, then the file."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        export = self._own(request, int(object_id) if object_id.isdecimal() and len(object_id) < 19 else 0)
        request.current_app = self.admin_site.name
        poll = reverse("admin:customers_export_progress", args=[export.pk])
        context = {
            **self.admin_site.each_context(request),
            "title": list_label(export),
            "opts": self.opts,
            "original": f"{list_label(export)} {export.created_at:%Y-%m-%d}",
            "export": export,
            "list_label": list_label(export),
            "list_link": list_link(export),
            "is_there": export_file(export) is not None,
            **progress_context(request, export.job, poll=poll, page=request.path, at=timezone.now()),
        }
        return TemplateResponse(request, "admin/customers/export/page.html", context)

    def progress(self, request: HttpRequest, pk: int) -> HttpResponse:
        """How far its job is."""
        export = self._own(request, pk)
        page = reverse("admin:customers_export_change", args=[pk])
        return progress_answer(request, export.job, page=page, at=timezone.now())

    def download(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Hand the file to its owner, who may still see what is in it."""
        export = self._own(request, pk)
        user: Any = request.user
        if not may_fetch(export, user):
            raise PermissionDenied
        if export_file(export) is None:
            raise Http404(NO_EXPORT)
        return attachment(open_export(export), export_name(export), export.format)

    @admin.display(description=gettext_lazy("list"))
    def list_name(self, export: Export) -> str:
        """The list that was exported."""
        return list_label(export)

    @display(
        description=gettext_lazy("state"),
        label={"todo": "info", "leased": "info", "done": "success", "failed": "danger", "stopped": "warning"},
    )
    def status(self, export: Export) -> tuple[str, str]:
        """The state of its job as a label."""
        state = export.job.state if export.job else LeaseState.DONE
        return state, str(LeaseState(state).label)


def list_label(export: Export) -> str:
    """The name of the list in words."""
    if export.person_id is not None:
        return gettext("Everything known of a person")
    name = str(apps.get_model(export.model)._meta.verbose_name_plural)
    return name[:1].upper() + name[1:]


def list_link(export: Export) -> str:
    """The address of the list with the filters of the export; of a person, that of their privacy."""
    if export.person_id is not None:
        return reverse("admin:customers_customer_privacy", args=[export.person_id])
    options = apps.get_model(export.model)._meta
    link = reverse(f"admin:{options.app_label}_{options.model_name}_changelist")
    return f"{link}?{export.query}" if export.query else link
