"""Calls, meetings, visits and campaign touches."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateTimeFilter

from customers.admin.base import CandidModelAdmin
from customers.models import Interaction


@admin.register(Interaction)
class InteractionAdmin(CandidModelAdmin):
    """Every interaction, newest first. They are best logged on the customer's page."""

    empty_hint = gettext_lazy("Calls, meetings, visits and notes are logged at the page of a customer.")
    list_display = ["subject", "customer", "kind", "direction", "at", "author"]
    list_filter = [
        ("kind", ChoicesDropdownFilter),
        ("direction", ChoicesDropdownFilter),
        ("at", RangeDateTimeFilter),
    ]
    list_select_related = ["customer", "author"]
    search_fields = ["subject"]
    autocomplete_fields = ["customer"]
    readonly_fields = ["author"]
    fields = ["customer", ("kind", "direction"), ("at", "seconds"), "subject", "body", "author"]

    def save_model(self, request: HttpRequest, obj: Interaction, form: Any, change: bool) -> None:
        """Whoever adds it is its author."""
        if not change:
            obj.author = request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change)
