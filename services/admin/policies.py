"""What is promised: policies, which tickets they are for, their targets, and what happens around a missed one."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import BooleanRadioFilter

from customers.admin.base import CandidModelAdmin, CandidTabularInline
from services.admin.clock_faces import duration
from services.admin.recompute_page import recompute_page, tell_stale
from services.models import Agent, EscalationStep, SLAPolicy, SLATarget

# A year of business minutes: a promise beyond it is a slip of the pen.
LONGEST_TARGET = 366 * 24 * 60
TARGETS = ("first_reply_minutes", "next_reply_minutes", "resolution_minutes")


class TargetForm(forms.ModelForm):  # type: ignore[type-arg]
    """Targets are at least a minute and at most a year."""

    class Meta:
        model = SLATarget
        fields = ["priority", *TARGETS]

    def clean(self) -> dict[str, Any]:
        """Refuse what is no promise."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for name in TARGETS:
            minutes = data.get(name)
            if minutes is not None and not 1 <= minutes <= LONGEST_TARGET:
                self.add_error(name, _("Between a minute and a year, or empty for no promise."))
        return data


class TargetInline(CandidTabularInline):
    """Targets per priority."""

    model = SLATarget
    form = TargetForm
    fields = ("priority", *TARGETS)
    max_num = 4
    hide_title = True


class StepInline(CandidTabularInline):
    """What happens before and after a target is missed."""

    model = EscalationStep
    fields = ("clock", "minutes", "action", "agent")
    hide_title = True

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Steps name agents who take tickets."""
        if db_field.name == "agent":
            kwargs["queryset"] = Agent.objects.visible_to(request.user).filter(is_active=True).order_by("name")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(SLAPolicy)
class SLAPolicyAdmin(CandidModelAdmin):
    """Policies, in the order in which they are tried."""

    list_display = ["name", "position", "is_active", "matches", "promises"]
    list_editable = ["position"]
    list_select_related = ["queue", "service_type", "segment"]
    list_filter = [("is_active", BooleanRadioFilter)]
    search_fields = ["name"]
    ordering = ["position", "pk"]
    fieldsets = [
        (None, {"fields": ["name", ("position", "is_active")]}),
        (
            _("Which tickets"),
            {
                "fields": [("queue", "priority"), ("service_type", "segment")],
                "description": _(
                    "Empty matches every ticket. The first active policy by position that matches is taken; it is "
                    "matched again when a ticket gets another queue, priority or service type."
                ),
            },
        ),
    ]
    inlines = [TargetInline, StepInline]
    list_before_template = "admin/services/slapolicy/views.html"

    def get_urls(self) -> list[URLPattern]:
        """Due times are recomputed at .../recompute/."""
        page = self.admin_site.admin_view(self.recompute)
        return [path("recompute/", page, name="services_slapolicy_recompute"), *super().get_urls()]

    def recompute(self, request: HttpRequest) -> HttpResponse:
        """Have the due times of tickets under way recomputed."""
        return recompute_page(self, request)

    def response_change(self, request: HttpRequest, obj: SLAPolicy) -> HttpResponse:
        """After a change, due times are stale."""
        tell_stale(request)
        return super().response_change(request, obj)  # type: ignore[no-any-return]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the targets that the list tells of."""
        return super().get_queryset(request).prefetch_related("targets")

    @admin.display(description=_("which tickets"))
    def matches(self, policy: SLAPolicy) -> str:
        """The conditions, in words."""
        parts = [policy.queue, policy.get_priority_display(), policy.service_type, policy.segment]
        return " · ".join(str(part) for part in parts if part) or gettext("Every ticket")

    @admin.display(description=_("first reply, shortest to longest"))
    def promises(self, policy: SLAPolicy) -> str:
        """The span of the promised first replies."""
        minutes = sorted(t.first_reply_minutes for t in policy.targets.all() if t.first_reply_minutes)
        ends = dict.fromkeys([*minutes[:1], *minutes[-1:]])
        return " – ".join(duration(60 * end) for end in ends) or "–"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A policy is switched off, not deleted: tickets tell by which one they are measured."""
        return False
