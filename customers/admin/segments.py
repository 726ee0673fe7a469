"""Segments: their list with live counts, and the page on which they are built."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from unfold.contrib.filters.admin import BooleanRadioFilter

from customers.admin.base import CandidModelAdmin
from customers.admin.builder_form import EDIT
from customers.admin.filters import VisibleRelatedFilter
from customers.admin.segment_builder import Builder, Option, Picker, choices_of
from customers.admin.segment_form import SegmentForm
from customers.admin.segment_from_list import definition_from_list
from customers.admin.segment_preview import counted, preview
from customers.admin.segment_state import edit, state_from
from customers.models import Segment
from customers.operations.create_segment import create_segment
from customers.operations.revise_segment import revise_segment
from customers.segments.choices import MOST_AT_ONCE
from customers.segments.facts import Catalogue

FROM_LIST = "from_list"


@admin.register(Segment)
class SegmentAdmin(CandidModelAdmin):
    """Saved filters over customers."""

    form = SegmentForm
    empty_hint = gettext_lazy(
        "A segment is a filter with a name, such as all clients with late tickets. Who is in it follows from "
        "the data and is always up to date."
    )
    list_display = ["name_and_description", "customer_count", "owner", "is_shared", "conditions"]
    list_display_links = None
    list_select_related = ["owner"]
    list_filter = [("is_shared", BooleanRadioFilter), ("owner", VisibleRelatedFilter)]
    search_fields = ["name", "description"]
    ordering = ["name"]
    fieldsets = [(None, {"fields": ["name", "description", "is_shared"]})]

    class Media:
        css = {"all": ["customers/segments.css"]}

    def get_urls(self) -> list[URLPattern]:
        """The builder's parts, and the count of each segment, have addresses of their own."""
        wrap = self.admin_site.admin_view
        return [
            path("builder/", wrap(self.builder), name="customers_segment_builder"),
            path("preview/", wrap(self.preview), name="customers_segment_preview"),
            path("options/", wrap(self.options), name="customers_segment_options"),
            path("<int:pk>/count/", wrap(self.count), name="customers_segment_count"),
            *super().get_urls(),
        ]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form, which knows who asks."""
        form = type("SegmentForm", (SegmentForm,), {"user": request.user})
        return super().get_form(request, obj, change, **{"form": form, **kwargs})

    def get_changeform_initial_data(self, request: HttpRequest) -> Any:
        """A new segment may begin as the filter of the customer list."""
        asked = request.GET.get(FROM_LIST)
        if asked is None:
            return {}
        definition, left_out = definition_from_list(asked, Catalogue(request.user))  # type: ignore[arg-type]
        if left_out:
            text = _("Could not be taken over from the list: %(filters)s.") % {"filters": ", ".join(left_out)}
            messages.warning(request, text)
        return {"definition": definition}

    def save_model(self, request: HttpRequest, obj: Segment, form: Any, change: bool) -> None:
        """Through the operations, which read the conditions once more."""
        at, user = timezone.now(), request.user
        given = {name: form.cleaned_data[name] for name in ("name", "description", "is_shared")}
        if change:
            changes = {name: given[name] for name in given if name in form.changed_data}
            if "definition" in form.changed_data:
                changes["definition"] = form.definition
            seen = form.cleaned_data.get("seen_version")
            made = revise_segment(segment=obj, changes=changes, by=user, expected_version=seen, at=at)  # type: ignore[arg-type]
        else:
            made = create_segment(**given, definition=form.definition, owner=user, at=at)  # type: ignore[arg-type]
        obj.__dict__.update(made.__dict__)

    def builder(self, request: HttpRequest) -> HttpResponse:
        """The builder anew after one of its buttons, or another fact."""
        self._require_builder(request)
        user: Any = request.user
        state = state_from(request.POST)
        edit(state, request.POST.get(EDIT, ""))
        context = {"builder": Builder(state, Catalogue(user))}
        response = TemplateResponse(request, "admin/customers/segment/builder.html", context)
        response["HX-Trigger"] = "segment-changed"
        return response

    def preview(self, request: HttpRequest) -> HttpResponse:
        """How many customers the conditions mean, and the first of them."""
        self._require_builder(request)
        user: Any = request.user
        context = preview(state_from(request.POST), user=user, at=timezone.now())
        return TemplateResponse(request, "admin/customers/segment/preview.html", context)

    def options(self, request: HttpRequest) -> HttpResponse:
        """What a search in a long list of choices finds."""
        self._require_view(request)
        given: Any = request.GET
        choices = choices_of(Catalogue(request.user), given.get("fact", ""), given.get("part", ""))  # type: ignore[arg-type]
        if choices is None:
            raise Http404(_("There is nothing to choose from."))
        name = str(given.get("name", ""))[:100]
        text = next((given[key] for key in given if "-search-" in key), "").strip()
        found = choices.options(request.user, text)[:MOST_AT_ONCE] if text else []  # type: ignore[arg-type]
        options = [Option(value, label) for value, label in found]
        picker = Picker(given["part"], name, "", options, given.get("single") == "1", search=text)
        return TemplateResponse(request, "admin/customers/segment/options.html", {"picker": picker})

    def count(self, request: HttpRequest, pk: int) -> HttpResponse:
        """How many customers are in a segment now."""
        self._require_view(request)
        segment = self.get_queryset(request).filter(pk=pk).first()
        if segment is None:
            raise Http404(_("There is no such segment, or you may not see it."))
        context = counted(segment, user=request.user, at=timezone.now())  # type: ignore[arg-type]
        return TemplateResponse(request, "admin/customers/segment/count.html", context)

    def _require_view(self, request: HttpRequest) -> None:
        if not (self.has_view_permission(request) and request.user.has_perm("customers.view_customer")):
            raise PermissionDenied

    def _require_builder(self, request: HttpRequest) -> None:
        self._require_view(request)
        if request.method != "POST":
            raise Http404(_("The builder is a form."))

    @admin.display(description=gettext_lazy("segment"), ordering="name")
    def name_and_description(self, segment: Segment) -> SafeString:
        """The name, which leads to the customers."""
        return format_html(
            '<a class="segment-name" href="{}?segment={}"><b>{}</b><small>{}</small></a>',
            reverse("admin:customers_customer_changelist"),
            segment.pk,
            segment.name,
            segment.description,
        )

    @admin.display(description=gettext_lazy("customers"))
    def customer_count(self, segment: Segment) -> SafeString:
        """Counted when the line is seen, each in a request of its own."""
        link = reverse("admin:customers_segment_count", args=[segment.pk])
        return format_html(
            '<span class="segment-count" hx-get="{}" hx-trigger="revealed" hx-swap="innerHTML">'
            '<a class="cd-link" href="{}">{}</a></span>',
            link,
            link,
            _("count"),
        )

    @admin.display(description=gettext_lazy("conditions"))
    def conditions(self, segment: Segment) -> SafeString:
        """The way to the builder."""
        link = reverse("admin:customers_segment_change", args=[segment.pk])
        return format_html('<a class="cd-link" href="{}">{}</a>', link, pgettext("link", "Open"))
