"""Versions of the preference profile: weights that staff edit, put in force, and take back."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.admin import preference_overrides
from analytics.admin.preference_form import (
    FEATURE_NAMES,
    NUMBERS,
    PreferenceVersionForm,
    weight_name,
)
from analytics.admin.versions import ONE_BUTTON, VersionAdmin, number_of, table_of
from analytics.models import PreferenceModelVersion, VersionEvent, WeightProposal
from analytics.operations.discard_draft import discard_draft
from analytics.operations.draft_version import draft_version
from analytics.operations.revise_draft import revise_draft
from analytics.scoring.preference_parameters import ITEM_FEATURES, PreferenceParameters
from customers.admin.base import CandidModelAdmin
from customers.models import Segment

MOST_EVENTS = 50


@admin.register(PreferenceModelVersion)
class PreferenceModelVersionAdmin(VersionAdmin):
    """Versions of the preference profile: drafted, activated, and taken back."""

    form = PreferenceVersionForm
    readonly_fields = ["table", "number", "state", "created_at", "activated_at", "created_by"]
    compressed_fields = False
    change_form_outer_before_template = "admin/analytics/preference_version/head.html"
    change_form_outer_after_template = "admin/analytics/preference_version/after.html"

    class Media:
        css = {"all": ["analytics/versions.css", "analytics/preferences.css"]}

    def get_urls(self) -> list[URLPattern]:
        """Verbs and overrides have addresses of their own."""
        wrap, name = self.admin_site.admin_view, "analytics_preferencemodelversion"
        return [
            path("<int:pk>/activate/", wrap(self.activate), name=f"{name}_activate"),
            path("<int:pk>/override/", wrap(self.override), name=f"{name}_override_add"),
            path("<int:pk>/override/<int:segment>/", wrap(self.override), name=f"{name}_override"),
            path("<int:pk>/override/<int:segment>/<slug:verb>/", wrap(self.move), name=f"{name}_override_move"),
            *super().get_urls(),
        ]

    def activate(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Put a version in force, after a question."""
        return preference_overrides.activate(self, request, pk, at=timezone.now())

    def override(self, request: HttpRequest, pk: int, segment: int | None = None) -> HttpResponse:
        """Other weights for a segment."""
        return preference_overrides.override(self, request, pk, segment, at=timezone.now())

    def move(self, request: HttpRequest, pk: int, segment: int, verb: str) -> HttpResponse:
        """An override one place up or down, or away."""
        return preference_overrides.move(self, request, pk, segment, verb, at=timezone.now())

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
        names = [weight_name(feature) for feature in ITEM_FEATURES]
        numbers = list(NUMBERS)
        told = _("How much each reason counts, against the others; 0 leaves it out. Only how they compare matters.")
        return [
            (None, {"fields": ["label", "note"]}),
            (
                _("Weights"),
                {"fields": [tuple(names[:4]), tuple(names[4:])], "description": told, "classes": ["version-factor"]},
            ),
            (
                _("Half-lives and priors"),
                {"fields": [tuple(numbers[:3]), tuple(numbers[3:])], "classes": ["version-factor"]},
            ),
        ]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form, which knows what is in force and what a new draft begins with."""
        known = {
            "base": None if obj else self._base(request),
            "in_force": PreferenceModelVersion.objects.active().first(),
        }
        form = type("PreferenceVersionForm", (PreferenceVersionForm,), known)
        return super().get_form(request, obj, change, **{"form": form, **kwargs})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The version with its verbs, overrides and history."""
        # Not by get_object, which locks the row of a POST and needs the transaction that is to come.
        version = self.get_queryset(request).filter(pk=object_id).first() if object_id.isdecimal() else None
        more: dict[str, Any] = {**ONE_BUTTON}
        if version:
            events = VersionEvent.objects.filter(of=version.of, number=version.number).select_related("by")
            more |= {
                "version": version,
                "may_edit": self.has_change_permission(request, version),
                "may_activate": self.has_change_permission(request),
                "may_draft": self.has_add_permission(request),
                "overrides": preference_overrides.lines_of(version),
                "events": [(event, _changes(event)) for event in events[:MOST_EVENTS]],
                "proposal": WeightProposal.objects.filter(version=version).first(),
            }
        response: HttpResponse = super().change_view(request, object_id, form_url, {**more, **(extra_context or {})})
        return response

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A new draft, which begins with the parameters of another version."""
        more = {"draft_base": self._base(request), **ONE_BUTTON}
        response: HttpResponse = super().add_view(request, form_url, {**more, **(extra_context or {})})
        return response

    def save_model(self, request: HttpRequest, obj: PreferenceModelVersion, form: Any, change: bool) -> None:
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
                model=PreferenceModelVersion,
                **given,
                overrides=overrides,
                standing=overrides,
                segments=Segment.objects.none(),
                by=user,
                at=at,
            )
        obj.__dict__.update(made.__dict__)

    def delete_model(self, request: HttpRequest, obj: PreferenceModelVersion) -> None:
        """Discard the draft."""
        discard_draft(version=obj, by=request.user, at=timezone.now())  # type: ignore[arg-type]

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """Stay with the draft: activating is next."""
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

    def _base(self, request: HttpRequest) -> PreferenceModelVersion | None:
        key = request.GET.get("from", "")
        rows: Any = self.get_queryset(request)
        asked = rows.filter(pk=int(key)).first() if key.isascii() and key.isdecimal() and len(key) < 19 else None
        base: PreferenceModelVersion | None = asked or rows.active().first()
        return base

    @admin.display(description=gettext_lazy("parameters"))
    def table(self, version: PreferenceModelVersion) -> SafeString:
        """One row a feature: its weight, and what is usual of categories and of products."""
        read = PreferenceParameters.from_dict(version.parameters)
        tables = (read.weights, read.means, read.deviations, read.item_means, read.item_deviations)
        heads = (
            _("feature"),
            _("weight"),
            _("categories: usual"),
            _("deviation"),
            _("products: usual"),
            _("deviation"),
        )
        rows: list[tuple[Any, ...]] = [
            (FEATURE_NAMES[name], *(number_of(table.get(name)) for table in tables)) for name in ITEM_FEATURES
        ]
        empty = ("",) * (len(heads) - 2)
        rows += [(label, number_of(getattr(read, name)), *empty) for name, (label, _meaning) in NUMBERS.items()]
        return table_of(heads, rows)


def _changes(event: VersionEvent) -> list[tuple[str, Any, Any]]:
    """What an event changed: (what, old, new)."""
    lines = []
    for changed, (old, new) in event.changes.items():
        parts = changed.split(".")
        words = [str(FEATURE_NAMES.get(part) or (NUMBERS[part][0] if part in NUMBERS else part)) for part in parts]
        lines.append((" · ".join(words).replace("_", " "), _told(old), _told(new)))
    return lines


def _told(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, list):
        return ", ".join(str(part) for part in value) or "–"
    return number_of(value) if isinstance(value, float) else str(value)
