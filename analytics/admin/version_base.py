"""The back office of versions, of scores or of preferences: drafted, previewed, activated, and taken back."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib.admin import display as column
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from analytics.admin.version_form import VersionOverrideForm
from analytics.admin.version_overrides import move_override, override_page
from analytics.admin.version_page import Differences, base_of_draft, version_context
from analytics.admin.version_verbs import activate_page, preview_progress, version_verb
from analytics.admin.version_words import VersionWords
from analytics.choices import OVER_EVERYBODY, RunState, VersionState
from analytics.models import Preview, ScoringRun
from analytics.operations.discard_draft import discard_draft
from analytics.operations.draft_version import draft_version
from analytics.operations.revise_draft import revise_draft
from customers.admin.base import CandidModelAdmin, ReadOnlyModelAdmin
from customers.admin.row_keys import is_key
from customers.models import Segment

STATE_TONES = {VersionState.DRAFT: "info", VersionState.ACTIVE: "success", VersionState.RETIRED: ""}
ONE_BUTTON = {"show_save_and_add_another": False, "show_save_and_continue": False}


class VersionAdmin(ReadOnlyModelAdmin):
    """Versions of a model. A version is frozen once it is active: it is read here, and a draft is edited.

    A subclass says with which words and forms. names: of the parts of parameters, where history tells of them."""

    words: ClassVar[VersionWords]
    names: ClassVar[Mapping[str, Any]]
    override_form: ClassVar[type[VersionOverrideForm]]

    list_display = ["__str__", "status", "created_at", "activated_at", "created_by"]
    list_filter = [("state", ChoicesDropdownFilter)]
    list_select_related = ["created_by"]
    ordering = ["-number"]
    fields = [("number", "state"), "label", "table", "note", ("created_at", "activated_at"), "created_by"]
    readonly_fields = ["table", "number", "state", "created_at", "activated_at", "created_by"]
    compressed_fields = False  # the numbers of a group stand side by side, each below its name
    change_form_outer_before_template = "admin/analytics/version/head.html"
    change_form_outer_after_template = "admin/analytics/version/after.html"

    class Media:
        css = {"all": ["analytics/versions.css"]}

    # What differs from model to model.

    def parameter_fieldsets(self) -> list[Any]:
        """The groups of a draft's numbers."""
        raise NotImplementedError

    def parameter_table(self, version: Any) -> SafeString:
        """The numbers of what is frozen."""
        raise NotImplementedError

    def differences(self, own: Mapping[str, Any], everybody: Mapping[str, Any]) -> Differences:
        """In which parameters an override differs."""
        raise NotImplementedError

    def preview_context(self, preview: Preview, user: Any) -> dict[str, Any]:
        """A preview as its page shows it."""
        raise NotImplementedError

    def measured_of_its_own(self, version: Any) -> dict[str, Any]:
        """The parameters that an override may have measured on its own customers, as they stand; none: it may not."""
        return {}

    def warning(self, version: Any, in_force: Any) -> str:
        """What speaks against activating a version as it is; empty: nothing that is known."""
        return ""

    def runs_by(self, version: Any) -> Any:
        """The runs that compute everybody by a version now."""
        return ScoringRun.objects.filter(version=version, state=RunState.RUNNING, kind__in=OVER_EVERYBODY)

    # What is the same.

    def get_urls(self) -> list[URLPattern]:
        """Verbs and overrides have addresses of their own."""
        wrap, name = self.admin_site.admin_view, f"{self.opts.app_label}_{self.opts.model_name}"
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
        """Preview, or measure what is usual."""
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
        return [(None, {"fields": ["label", "note"]}), *self.parameter_fieldsets()]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form, which knows what is in force and what a new draft begins with."""
        in_force = self.model.objects.active().first()
        known = {"base": None if obj else base_of_draft(self, request), "in_force": in_force}
        form = type(self.form.__name__, (self.form,), known)
        return super().get_form(request, obj, change, **{"form": form, **kwargs})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The version with its verbs, overrides, preview and history."""
        # Not by get_object, which locks the row of a POST and needs the transaction that is to come.
        version = self.get_queryset(request).filter(pk=object_id).first() if is_key(object_id) else None
        more = version_context(self, request, version, at=timezone.now()) if version else {}
        more |= ONE_BUTTON
        response: HttpResponse = super().change_view(request, object_id, form_url, {**more, **(extra_context or {})})
        return response

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A new draft, which begins with the parameters of another version."""
        base = base_of_draft(self, request)
        more = {"draft_base": base, **ONE_BUTTON}
        if base:
            more["begins"] = self.words.new_draft % {"number": base.number}
        response: HttpResponse = super().add_view(request, form_url, {**more, **(extra_context or {})})
        return response

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Through the operations, which put on record who changed what."""
        at = timezone.now()
        user: Any = request.user
        given = {name: form.cleaned_data[name] for name in ("label", "note")} | {"parameters": form.parameters()}
        if change:
            seen = form.cleaned_data.get("seen_version")
            made = revise_draft(version=obj, changes=given, by=user, expected_version=seen, at=at)
        else:
            overrides = form.base.overrides if form.base else []
            made = draft_version(
                model=type(obj),
                **given,
                overrides=overrides,
                standing=overrides,
                segments=Segment.objects.none(),
                by=user,
                at=at,
            )
        obj.__dict__.update(made.__dict__)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Discard the draft."""
        user: Any = request.user
        discard_draft(version=obj, by=user, at=timezone.now())

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

    @display(description=gettext_lazy("state"), ordering="state", label=STATE_TONES)
    def status(self, version: Any) -> tuple[str, str]:
        """The state as a label."""
        return version.state, version.get_state_display()

    @column(description=gettext_lazy("parameters"))
    def table(self, version: Any) -> SafeString:
        """The numbers as a table."""
        return self.parameter_table(version)
