"""Web forms: what they ask for, how they look, and what is put into a web site to show them."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import BooleanRadioFilter
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextareaWidget

from customers.admin.base import CandidModelAdmin
from customers.admin.forms import CandidForm
from services.models import WebForm
from services.operations.write_web_form import check_web_form, write_web_form


class WebFormForm(CandidForm):
    """A web form; its web sites are typed one a line."""

    origins = forms.CharField(
        label=gettext_lazy("Web sites that may show it"),
        required=False,
        max_length=5000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3, "placeholder": "https://www.example.com"}),
        help_text=WebForm._meta.get_field("origins").help_text,
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages"),
        required=False,
        choices=settings.LANGUAGES,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=WebForm._meta.get_field("languages").help_text,
    )

    class Meta:
        model = WebForm
        fields = [
            *("name", "slug", "queue", "service_type", "title", "intro", "asks_name", "asks_subject", "asks_phone"),
            *("takes_files", "languages", "origins", "in_portal", "is_active"),
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "origins" in self.fields:
            self.initial["origins"] = "\n".join(self.instance.origins)

    def typed(self, name: str, value: Any) -> Any:
        """As it stands in the row."""
        return value if name == "origins" else super().typed(name, value)

    def clean_origins(self) -> list[str]:
        """One a line."""
        return [line.strip() for line in self.cleaned_data["origins"].splitlines() if line.strip()]

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        try:
            check_web_form(self.instance)
        except ValidationError as error:
            for name, problems in error.message_dict.items():
                self.add_error(name if name in self.fields else None, problems)


@admin.register(WebForm)
class WebFormAdmin(CandidModelAdmin):
    """Web forms by name."""

    form = WebFormForm
    empty_hint = gettext_lazy(
        "A web form takes requests in from your web site: give it a name, an address and a queue, then put its snippet "
        "into the page."
    )
    list_display = ["name", "page_link", "queue", "service_type", "in_portal", "is_active"]
    list_select_related = ["queue", "service_type"]
    list_filter = [("is_active", BooleanRadioFilter)]
    search_fields = ["name", "slug", "title"]
    ordering = ["name"]
    prepopulated_fields = {"slug": ["name"]}
    change_form_after_template = "admin/services/webform/snippet.html"

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """In the order in which one sets a form up."""
        return [
            (None, {"fields": [("name", "slug"), ("queue", "service_type"), ("is_active", "in_portal")]}),
            (
                _("What it says and asks"),
                {
                    "fields": [
                        "title",
                        "intro",
                        ("asks_name", "asks_subject"),
                        ("asks_phone", "takes_files"),
                        "languages",
                    ]
                },
            ),
            (_("In your web site"), {"fields": ["origins"]}),
        ]

    def get_urls(self) -> list[URLPattern]:
        """The preview, for the frame on the page of a form, has an address of its own."""
        wrap = self.admin_site.admin_view
        return [path("<int:pk>/preview/", wrap(self.preview), name="services_webform_preview"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """With what is put into a web site."""
        extra = dict(extra_context or {})
        row = self.get_object(request, object_id) if request.method == "GET" else None
        if row is not None:
            extra |= snippets(row)
        response: HttpResponse = super().change_view(request, object_id, form_url, extra)
        return response

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The form as a page of ours may show it; what is typed into it goes nowhere."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_queryset(request).filter(pk=pk).first()
        if row is None:
            raise Http404(_("There is no such page, or you may not see it."))
        html = render_to_string(
            "services/forms/preview.html", {"web_form": row, "embedded": True, "is_light": True}, request
        )
        response = HttpResponse(html)
        response._csp_replace = {"frame-ancestors": ["'self'"], "form-action": ["'none'"]}  # type: ignore[attr-defined]
        response["X-Frame-Options"] = "SAMEORIGIN"
        return response

    @admin.display(description=gettext_lazy("page"), ordering="slug")
    def page_link(self, row: WebForm) -> SafeString | str:
        """Its page, by a link."""
        address = reverse("web-form", args=[row.slug])
        if not row.is_active:
            return address
        return format_html('<a class="cd-link" href="{}" target="_blank" rel="noopener">{}</a>', address, address)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Through the operation."""
        names = form.changed_data if change else WebFormForm.Meta.fields
        given = {name: form.cleaned_data[name] for name in names if name in WebFormForm.Meta.fields}
        row = WebForm.objects.get(pk=obj.pk) if change else WebForm()
        seen = form.cleaned_data.get("seen_version") if change else None
        done = write_web_form(form=row, changes=given, at=timezone.now(), expected_version=seen)
        obj.__dict__.update(done.__dict__)


def snippets(row: WebForm) -> dict[str, Any]:
    """What is put into a web site: the script, which makes a frame as high as the form; or a plain frame or link."""
    page = f"{settings.PUBLIC_URL}{reverse('web-form', args=[row.slug])}"
    script = f"{settings.PUBLIC_URL}{reverse('web-form-embed', args=[row.slug])}"
    return {
        "form_page": page,
        "form_script": f'<script src="{script}" async></script>',
        "form_preview": reverse("admin:services_webform_preview", args=[row.pk]),
    }
