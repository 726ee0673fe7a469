"""Versions of the score models: which parameters made which scores; drafts, previews, and which one is in force."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from analytics.admin.score_display import FACTOR_NAMES
from analytics.admin.version_form import DESCRIPTIONS, LABELS, ScoreVersionForm, field_name
from analytics.admin.version_overrides import move_override, override_page
from analytics.admin.version_page import base_of_draft, version_context
from analytics.admin.version_verbs import activate_page, preview_progress, version_verb
from analytics.choices import VersionState
from analytics.models import ScoreModelVersion
from analytics.operations.discard_draft import discard_draft
from analytics.operations.draft_version import draft_version
from analytics.operations.revise_draft import revise_draft
from analytics.scoring.parameters import FACTOR_NAMES as FACTORS
from analytics.scoring.parameters import FIELD_NAMES
from customers.admin.base import CandidModelAdmin, ReadOnlyModelAdmin
from customers.models import Segment

STATE_TONES = {VersionState.DRAFT: "info", VersionState.ACTIVE: "success", VersionState.RETIRED: ""}

ONE_BUTTON = {"show_save_and_add_another": False, "show_save_and_continue": False}


class VersionAdmin(ReadOnlyModelAdmin):
    """A version is frozen once it is active: it is read here."""

    list_display = ["__str__", "status", "created_at", "activated_at", "created_by"]
    list_filter = [("state", ChoicesDropdownFilter)]
    list_select_related = ["created_by"]
    ordering = ["-number"]
    fields = [("number", "state"), "label", "table", "note", ("created_at", "activated_at"), "created_by"]
    readonly_fields = ["table"]

    @display(description=gettext_lazy("state"), ordering="state", label=STATE_TONES)
    def status(self, version: Any) -> tuple[str, str]:
        """The state as a label."""
        return version.state, version.get_state_display()


@admin.register(ScoreModelVersion)
class ScoreModelVersionAdmin(VersionAdmin):
    """Versions of the satisfaction score: drafted, previewed, activated, and taken back."""

    form = ScoreVersionForm
    empty_hint = gettext_lazy(
        "The first version is made by the first run, as soon as there are ratings, tickets or orders to measure."
    )
    readonly_fields = ["table", "number", "state", "created_at", "activated_at", "created_by"]
    compressed_fields = False  # four numbers of a factor stand side by side, each below its name
    change_form_outer_before_template = "admin/analytics/version/head.html"
    change_form_outer_after_template = "admin/analytics/version/after.html"

    class Media:
        css = {"all": ["analytics/versions.css"]}

    def get_urls(self) -> list[URLPattern]:
        """Verbs and overrides have addresses of their own."""
        wrap, name = self.admin_site.admin_view, "analytics_scoremodelversion"
        return [
            path("<int:pk>/do/<slug:verb>/", wrap(self.do), name=f"{name}_do"),
            path("<int:pk>/activate/", wrap(self.activate), name=f"{name}_activate"),
            path("<int:pk>/progress/", wrap(self.progress), name=f"{name}_progress"),
            path("<int:pk>/override/", wrap(self.override), name=f"{name}_override_add"),
            path("<int:pk>/override/<int:segment>/", wrap(self.override), name=f"{name}_override"),
            path("<int:pk>/override/<int:segment>/<slug:verb>/", wrap(self.move), name=f"{name}_override_move"),
            *super().get_urls(),
        ]

    def do(self, request: HttpRequest, pk: int, verb: str) -> HttpResponse:
        """Preview, or measure baselines."""
        return version_verb(self, request, pk, verb, at=timezone.now())

    def activate(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Put a version in force, after a question."""
        return activate_page(self, request, pk, at=timezone.now())

    def progress(self, request: HttpRequest, pk: int) -> HttpResponse:
        """How far the preview, or the measuring, is."""
        return preview_progress(self, request, pk, at=timezone.now())

    def override(self, request: HttpRequest, pk: int, segment: int | None = None) -> HttpResponse:
        """Other parameters for a segment."""
        return override_page(self, request, pk, segment, at=timezone.now())

    def move(self, request: HttpRequest, pk: int, segment: int, verb: str) -> HttpResponse:
        """An override one place up or down, or away."""
        return move_override(self, request, pk, segment, verb, at=timezone.now())

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whoever may, drafts."""
        return CandidModelAdmin.has_add_permission(self, request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only a draft is edited."""
        return (obj is None or obj.is_draft) and CandidModelAdmin.has_change_permission(self, request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only a draft is discarded, one at a time."""
        return obj is not None and obj.is_draft and CandidModelAdmin.has_delete_permission(self, request, obj)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A form for a draft, a table of what is frozen."""
        if obj is not None and not self.has_change_permission(request, obj):
            return [(None, {"fields": self.fields})]
        factors = [
            (
                str(FACTOR_NAMES[factor]),
                {
                    "fields": [tuple(field_name(factor, field) for field in FIELD_NAMES)],
                    "description": str(DESCRIPTIONS[factor]),
                    "classes": ["version-factor"],
                },
            )
            for factor in FACTORS
        ]
        return [(None, {"fields": ["label", "note"]}), *factors]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form, which knows what is in force and what a new draft begins with."""
        known = {"base": None if obj else base_of_draft(self, request), "in_force": _in_force()}
        form = type("ScoreVersionForm", (ScoreVersionForm,), known)
        return super().get_form(request, obj, change, **{"form": form, **kwargs})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The version with its verbs, overrides, preview and history."""
        # Not by get_object, which locks the row of a POST and needs the transaction that is to come.
        version = self.get_queryset(request).filter(pk=object_id).first() if object_id.isdecimal() else None
        more = version_context(self, request, version, at=timezone.now()) if version else {}
        more |= ONE_BUTTON
        response: HttpResponse = super().change_view(request, object_id, form_url, {**more, **(extra_context or {})})
        return response

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A new draft, which begins with the parameters of another version."""
        more = {"draft_base": base_of_draft(self, request), **ONE_BUTTON}
        response: HttpResponse = super().add_view(request, form_url, {**more, **(extra_context or {})})
        return response

    def save_model(self, request: HttpRequest, obj: ScoreModelVersion, form: Any, change: bool) -> None:
        """Through the operations, which put on record who changed what."""
        at, user = timezone.now(), request.user
        given = {name: form.cleaned_data[name] for name in ("label", "note")} | {"parameters": form.parameters()}
        if change:
            seen = form.cleaned_data.get("seen_version")
            made = revise_draft(version=obj, changes=given, by=user, expected_version=seen, at=at)  # type: ignore[arg-type]
        else:
            overrides = form.base.overrides if form.base else []
            made = draft_version(
                model=ScoreModelVersion,
                **given,
                overrides=overrides,
                standing=overrides,
                segments=Segment.objects.none(),
                by=user,  # type: ignore[arg-type]
                at=at,
            )
        obj.__dict__.update(made.__dict__)

    def delete_model(self, request: HttpRequest, obj: ScoreModelVersion) -> None:
        """Discard the draft."""
        discard_draft(version=obj, by=request.user, at=timezone.now())  # type: ignore[arg-type]

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """Stay with the draft: the preview is next."""
        self._stay(request)
        response: HttpResponse = super().response_add(request, obj, post_url_continue)
        return response

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Stay with the draft."""
        self._stay(request)
        response: HttpResponse = super().response_change(request, obj)
        return response

    def _stay(self, request: HttpRequest) -> None:
        posted: Any = request.POST.copy()
        posted["_continue"] = "1"
        request.POST = posted

    @admin.display(description=gettext_lazy("parameters"))
    def table(self, version: ScoreModelVersion) -> SafeString:
        """One row a factor."""
        rows = [
            (FACTOR_NAMES.get(factor, factor), *(number_of(values.get(name)) for name in FIELD_NAMES))
            for factor, values in version.parameters.items()
        ]
        return table_of((_("factor"), *(str(LABELS[name]) for name in FIELD_NAMES)), rows)


def _in_force() -> ScoreModelVersion | None:
    return ScoreModelVersion.objects.active().first()


def number_of(value: Any) -> str:
    """A parameter as it is read."""
    return "–" if value is None else f"{value:.4g}"


def table_of(heads: tuple[str, ...], rows: list[tuple[Any, ...]]) -> SafeString:
    """A table as HTML: heads, and rows of cells."""
    head = format_html_join("", "<th>{}</th>", ((word,) for word in heads))
    body = format_html_join(
        "",
        "<tr>{}</tr>",
        (
            (format_html("<th>{}</th>{}", row[0], format_html_join("", "<td>{}</td>", ((cell,) for cell in row[1:]))),)
            for row in rows
        ),
    )
    return format_html('<div class="cd-scroll"><table class="cd-table"><tr>{}</tr>{}</table></div>', head, body)
