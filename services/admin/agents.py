"""Who handles tickets: their load, their skills, and when they are away."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import BooleanRadioFilter, RelatedDropdownFilter

from customers.admin.base import CandidModelAdmin
from services.admin.agent_away import away_page, away_words
from services.choices import UNSOLVED
from services.models import Agent, Skill


@admin.register(Agent)
class AgentAdmin(CandidModelAdmin):
    """Agents with their load."""

    list_display = ["name", "user", "here", "load", "known"]
    list_select_related = ["user"]
    list_filter = [("is_active", BooleanRadioFilter), ("skills", RelatedDropdownFilter)]
    list_before_template = "admin/services/agent/mine.html"
    search_fields = ["name", "user__username"]
    ordering = ["name"]
    fields = [
        "user",
        "name",
        ("is_active", "capacity"),
        "extension",
        "skills",
        ("away_from", "away_until"),
        "last_assigned_at",
    ]
    readonly_fields = ["last_assigned_at"]
    autocomplete_fields = ["skills"]

    class Media:
        css = {"all": ["services/desk.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Agents with the number of their unsolved tickets."""
        count = Count("tickets", filter=Q(tickets__status__in=UNSOLVED))
        agents: QuerySet[Any] = super().get_queryset(request).annotate(unsolved=count).prefetch_related("skills")
        return agents

    def get_urls(self) -> list[URLPattern]:
        """Who goes away or comes back says so on a page of its own: their own, or, of a lead, anybody's."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/away/", wrap(self.away), name="services_agent_away"),
            *super().get_urls(),
        ]

    def away(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Going away and coming back."""
        return away_page(self, request, pk, at=timezone.now())

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, with one's own standing above it."""
        mine = Agent.objects.filter(user=request.user.pk).first()
        more = {"mine": mine, "mine_says": away_words(mine, at=timezone.now()) if mine else ""}
        return super().changelist_view(request, {**(extra_context or {}), **more})

    @admin.display(description=_("here"), ordering="away_until")
    def here(self, agent: Any) -> SafeString:
        """Whether they take tickets now; it leads to where that is changed."""
        at = timezone.now()
        tone = "cd-chip--good" if agent.takes_tickets(at) else "cd-chip--warn" if agent.is_active else ""
        link = reverse("admin:services_agent_away", args=[agent.pk])
        return format_html('<a class="cd-chip {}" href="{}">{}</a>', tone, link, away_words(agent, at=at))

    @admin.display(description=_("unsolved / capacity"), ordering="unsolved")
    def load(self, agent: Any) -> SafeString:
        """How many of how many, leading to them."""
        link = reverse("admin:services_ticket_changelist") + f"?show=unsolved&assignee__id__exact={agent.pk}"
        tone = "cd-chip--bad" if agent.unsolved > agent.capacity else ""
        return format_html('<a class="cd-chip {}" href="{}">{} / {}</a>', tone, link, agent.unsolved, agent.capacity)

    @admin.display(description=_("skills"))
    def known(self, agent: Any) -> SafeString:
        """What they know."""
        chips = format_html_join(
            " ", '<span class="cd-chip">{}</span>', ((skill.name,) for skill in agent.skills.all())
        )
        return chips or format_html("{}", "–")


@admin.register(Skill)
class SkillAdmin(CandidModelAdmin):
    """What agents know, and tickets may ask for."""

    list_display = ["name", "known_by"]
    search_fields = ["name"]
    ordering = ["name"]
    fields = ["name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Skills with the number of agents who have them."""
        count = Count("agents", filter=Q(agents__is_active=True))
        skills: QuerySet[Any] = super().get_queryset(request).annotate(agent_count=count)
        return skills

    @admin.display(description=_("agents"), ordering="agent_count")
    def known_by(self, skill: Any) -> SafeString:
        """How many agents have it, leading to them; none is worth a look."""
        link = reverse("admin:services_agent_changelist") + f"?skills__id__exact={skill.pk}"
        tone = "" if skill.agent_count else "cd-chip--warn"
        return format_html('<a class="cd-chip {}" href="{}">{}</a>', tone, link, skill.agent_count)
