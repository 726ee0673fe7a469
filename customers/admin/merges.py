"""Merges: the log, what one of them moved, and the way back; choosing whom to merge with."""

from datetime import datetime
from typing import Any

from django.apps import apps
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter, RangeDateTimeFilter
from unfold.decorators import display

from customers.admin.base import ReadOnlyModelAdmin
from customers.admin.compare_page import both, compare_page, may, take_merge
from customers.admin.compare_rows import field_labels
from customers.admin.row_keys import is_key
from customers.models import Merge, Team, User
from customers.operations.source import keys_in
from customers.operations.undo_merge import Undone, UndoRefused, undo_merge

DETAILS = ("columns", "moved", "dropped", "changed", "facts")
PAGE = "admin/customers/merge/page.html"


class StandsFilter(DropdownFilter):
    """Whether a merge was undone."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The states."""
        return [("stands", _("stands")), ("undone", _("undone"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Merges in this state."""
        return queryset.filter(undone_at__isnull=self.value() == "stands") if self.value() else queryset


@admin.register(Merge)
class MergeAdmin(ReadOnlyModelAdmin):
    """Which customers were merged, when and by whom."""

    list_display = ["merged", "at", "by", "state"]
    list_display_links = None
    list_select_related = ["kept", "gone", "by", "undone_by"]
    list_filter = [StandsFilter, ("at", RangeDateTimeFilter)]
    search_fields = ["kept__name", "gone__name"]
    list_before_template = "admin/customers/merge/empty.html"

    class Media:
        css = {"all": ["customers/duplicates.css"]}

    def get_urls(self) -> list[URLPattern]:
        """What moved is at .../change/, the way back at .../undo/; two are compared at compare/<one>/<other>/."""
        wrap = self.admin_site.admin_view
        return [
            path("compare/<int:one>/<int:other>/", wrap(self.compare), name="customers_merge_compare"),
            path("<int:pk>/undo/", wrap(self.undo), name="customers_merge_undo"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> Any:
        """The merges of customers that the user may see; what moved only where it is asked for."""
        return super().get_queryset(request).defer(*DETAILS)

    def compare(self, request: HttpRequest, one: int, other: int) -> HttpResponse:
        """Two customers side by side, whoever chose them; POST merges them."""
        if one == other:
            raise Http404(gettext("A customer cannot be merged with itself."))
        customers = both(request, [one, other])
        if customers[0].kind != customers[1].kind:
            messages.error(request, gettext("A person and an organisation cannot be one."))
            return HttpResponseRedirect(reverse("admin:customers_customer_merge", args=[one]))
        if request.method == "POST":
            return take_merge(request, customers, at=timezone.now())
        return compare_page(request, customers)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """What moved."""
        return self._page(request, self._merge(request, object_id))

    def undo(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask first; then make two of one again."""
        merge = self._merge(request, pk)
        if not may(request, "customers.change_merge"):
            raise PermissionDenied
        if request.method != "POST":
            return self._page(request, merge, asks=True)
        try:
            undone = undo_merge(merge=merge, by=request.user, at=timezone.now())  # type: ignore[arg-type]
        except UndoRefused as refused:
            messages.error(request, str(refused))
        else:
            _tell(request, undone)
        return HttpResponseRedirect(reverse("admin:customers_merge_change", args=[merge.pk]))

    def _merge(self, request: HttpRequest, key: Any) -> Merge:
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = super().get_queryset(request).select_related("kept", "kept__merged_into", "gone", "by", "undone_by")
        merge: Merge | None = rows.filter(pk=key).first() if is_key(str(key)) else None
        if merge is None:
            raise Http404(gettext("There is no such merge, or you may not see its customer."))
        return merge

    def _page(self, request: HttpRequest, merge: Merge, *, asks: bool = False) -> HttpResponse:
        request.current_app = self.admin_site.name
        may_undo = may(request, "customers.change_merge") and merge.undone_at is None
        labels = field_labels(merge.columns)
        context = {
            **self.admin_site.each_context(request),
            "title": str(Merge._meta.verbose_name).capitalize(),
            "opts": self.opts,
            "media": self.media,
            "merge": merge,
            "kept_then": merge.columns.get("name", {}).get("before", merge.kept.name),
            "columns": [_column(name, value, labels) for name, value in merge.columns.items()],
            "moved": [(_plural(label), _count(fields)) for label, fields in sorted(merge.moved.items())],
            "dropped": [(_plural(label), len(rows)) for label, rows in sorted(merge.dropped.items())],
            "facts": merge.facts.get("count", 0),
            "later": merge.kept.merged_into,
            "may_undo": may_undo and merge.kept.merged_into is None,
            "asks": asks,
            "has_view_permission": True,
        }
        return TemplateResponse(request, PAGE, context)

    @display(description=_("merge"))
    def merged(self, merge: Merge) -> SafeString:
        """Who into whom, leading to what moved."""
        return format_html(
            '<a class="cd-who" href="{}"><span class="material-symbols-outlined" aria-hidden="true">merge</span>'
            "<span><b>{}</b><small>{}</small></span></a>",
            reverse("admin:customers_merge_change", args=[merge.pk]),
            merge.kept.name,
            gettext("took in “%(name)s”") % {"name": merge.gone.name},
        )

    @display(description=_("state"))
    def state(self, merge: Merge) -> SafeString:
        """Whether it stands."""
        if merge.undone_at is None:
            return format_html('<span class="cd-chip cd-chip--good">{}</span>', gettext("stands"))
        return format_html(
            '<span class="cd-two"><span class="cd-chip">{}</span><small>{} · {}</small></span>',
            gettext("undone"),
            date_format(merge.undone_at, "SHORT_DATETIME_FORMAT"),
            merge.undone_by or "–",
        )


def _plural(label: str) -> str:
    return capfirst(str(apps.get_model(label)._meta.verbose_name_plural))


def _count(fields: dict[str, list[Any]]) -> int:
    """How many rows, each counted once."""
    return len({key for keys in fields.values() for key in keys_in(keys)})


def _column(name: str, value: dict[str, Any], labels: dict[str, str]) -> tuple[str, str, str]:
    """A field that changed: its name, what stood before, and what the merge wrote."""
    return labels[name], _named(name, value.get("before")), _named(name, value.get("after"))


def _named(name: str, value: Any) -> str:
    if value in (None, "", [], {}):
        return "–"
    if name == "created_at":
        return date_format(datetime.fromisoformat(value), "DATE_FORMAT")
    model: Any = {"team": Team, "owner": User}.get(name)
    if model is not None:
        return str(model._default_manager.filter(pk=value).first() or "–")
    return str(value)


def _tell(request: HttpRequest, undone: Undone) -> None:
    """Say what was put back, and what was not."""
    merge = undone.merge
    text = gettext("“%(kept)s” and “%(gone)s” are two customers again.")
    messages.success(request, text % {"kept": merge.kept.name, "gone": merge.gone.name})
    if undone.edited:
        fields = ", ".join(field_labels(undone.edited).values())
        messages.warning(request, gettext("Edited since, and left as it is: %(fields)s.") % {"fields": fields})
    for label, count in undone.missing.items():
        given = {"count": count, "kind": _plural(label)}
        messages.warning(request, gettext("Could not be put back: %(kind)s (%(count)d).") % given)
