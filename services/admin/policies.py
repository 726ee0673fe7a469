"""What is promised: policies and their targets."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import BooleanRadioFilter

from customers.admin.base import CandidModelAdmin, CandidTabularInline
from services.models import SLAPolicy, SLATarget

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


@admin.register(SLAPolicy)
class SLAPolicyAdmin(CandidModelAdmin):
    """Policies, in the order in which they are tried."""

    list_display = ["name", "position", "is_active", "queue", "service_type"]
    list_select_related = ["queue", "service_type"]
    list_filter = [("is_active", BooleanRadioFilter)]
    search_fields = ["name"]
    ordering = ["position", "pk"]
    fieldsets = [
        (None, {"fields": ["name", ("position", "is_active")]}),
        (
            _("Which tickets"),
            {
                "fields": [("queue", "service_type")],
                "description": _(
                    "Empty matches every ticket. The first active policy by position that matches is taken."
                ),
            },
        ),
    ]
    inlines = [TargetInline]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A policy is switched off, not deleted: tickets tell by which one they are measured."""
        return False
