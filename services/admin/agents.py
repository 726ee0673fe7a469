"""Who handles tickets."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import BooleanRadioFilter

from customers.admin.base import CandidModelAdmin
from services.choices import UNSOLVED
from services.models import Agent


@admin.register(Agent)
class AgentAdmin(CandidModelAdmin):
    """Agents with their load."""

    list_display = ["name", "user", "is_active", "load"]
    list_select_related = ["user"]
    list_filter = [("is_active", BooleanRadioFilter)]
    search_fields = ["name", "user__username"]
    ordering = ["name"]
    fields = ["user", "name", ("is_active", "capacity")]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Agents with the number of their unsolved tickets."""
        count = Count("tickets", filter=Q(tickets__status__in=UNSOLVED))
        agents: QuerySet[Any] = super().get_queryset(request).annotate(unsolved=count)
        return agents

    @admin.display(description=_("unsolved / capacity"), ordering="unsolved")
    def load(self, agent: Any) -> SafeString:
        """How many of how many, leading to them."""
        link = reverse("admin:services_ticket_changelist") + f"?show=unsolved&assignee__id__exact={agent.pk}"
        tone = "cd-chip--bad" if agent.unsolved > agent.capacity else ""
        return format_html('<a class="cd-chip {}" href="{}">{} / {}</a>', tone, link, agent.unsolved, agent.capacity)
