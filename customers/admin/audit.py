"""The audit record: who did what to which row, when and from where. For administrators."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter, FieldTextFilter, RangeDateFilter
from unfold.decorators import display

from customers.admin.audit_words import model_name, tell, who_did
from customers.admin.base import ReadOnlyModelAdmin
from customers.admin.filters import VisibleRelatedFilter, remembered
from customers.choices import AuditKind
from customers.models import AuditEntry
from customers.models.audited import audited_models

COLOURS = {
    AuditKind.ADDED: "success",
    AuditKind.CHANGED: "info",
    AuditKind.REMOVED: "danger",
    AuditKind.EXPORTED: "warning",
    AuditKind.FORGOTTEN: "danger",
}


class ModelFilter(DropdownFilter):
    """What kind of row."""

    title = _("kind of row")
    parameter_name = "model"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        """The kinds that are put on record, by name."""

        def choices() -> list[tuple[Any, str]]:
            labels = {*audited_models(), "auth.group", "customers.observation", "analytics.scoringrun"}
            return sorted(((label, model_name(label)) for label in labels), key=lambda pair: pair[1])

        return remembered(request, "audit-models", choices)

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Entries about rows of the kind."""
        return queryset.filter(model=self.value()) if self.value() else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyModelAdmin):
    """Every change and every export. Old and new values are encrypted, and opened on the page of an entry only."""

    empty_hint = _("Whatever somebody adds, changes, removes or exports stands here, with who did it and from where.")
    list_display = ["moment", "who", "what", "row", "verb", "channel", "address"]
    list_select_related = ["actor"]
    list_filter: ClassVar[Any] = [
        ("actor", VisibleRelatedFilter),
        ModelFilter,
        ("kind", ChoicesDropdownFilter),
        ("channel", ChoicesDropdownFilter),
        ("verb", FieldTextFilter),
        ("at", RangeDateFilter),
    ]
    search_fields = ["=object_id"]
    search_help_text = _("The key of a row, as it stands in its address.")
    ordering = ["-pk"]
    fields: ClassVar[Any] = ["moment", "who", "kind", "row", "verb", "channel", "address", "via", "seal_number", "told"]
    readonly_fields = fields

    class Media:
        css = {"all": ["customers/audit.css"]}

    @admin.display(description=_("at"), ordering="at")
    def moment(self, entry: AuditEntry) -> SafeString:
        """To the second."""
        at = localtime(entry.at)
        text = f"{date_format(at, 'SHORT_DATE_FORMAT')} {at:%H:%M:%S}"
        return format_html('<span class="cd-number">{}</span>', text)

    @admin.display(description=_("by"), ordering="actor")
    def who(self, entry: AuditEntry) -> str:
        """Who did it."""
        return who_did(entry)

    @display(description=_("what"), label=COLOURS)
    def what(self, entry: AuditEntry) -> tuple[str, str]:
        """What was done, as a label."""
        return entry.kind, entry.get_kind_display()

    @admin.display(description=_("row"))
    def row(self, entry: AuditEntry) -> SafeString | str:
        """The row, with a way to its page; where it has none, to that of its customer."""
        name = f"{model_name(entry.model)} {entry.object_id}".strip()
        link = _page_of(entry.model, entry.object_id)
        if not link and entry.customer_id is not None:
            link = _page_of("customers.customer", str(entry.customer_id))
            name = f"{model_name(entry.model)} · {model_name('customers.customer')} {entry.customer_id}"
        return format_html('<a class="cd-link" href="{}">{}</a>', link, name) if link else name

    @admin.display(description=_("seal"))
    def seal_number(self, entry: AuditEntry) -> str:
        """Which link of the chain holds it."""
        return str(entry.seal.number) if entry.seal else str(_("not sealed yet"))

    @admin.display(description=_("values"))
    def told(self, entry: Any) -> SafeString:
        """Old and new values, opened for this page."""
        return render_to_string("admin/audit/values.html", {"told": tell([entry], entry.read_by)[0]})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """An entry has no history: it does not change."""
        response: HttpResponse = super().change_view(
            request, object_id, form_url, {"show_history": False, **(extra_context or {})}
        )
        return response

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The entry, for the user who asks: what it refers to is named as far as they may see it."""
        entry = super().get_object(request, object_id, from_field)
        if entry is not None:
            entry.read_by = request.user
        return entry


def _page_of(label: str, key: str) -> str:
    """The address of a row's page; empty where there is none."""
    app, _dot, model = label.partition(".")
    try:
        return reverse(f"admin:{app}_{model}_change", args=[key]) if key else ""
    except NoReverseMatch:
        return ""
