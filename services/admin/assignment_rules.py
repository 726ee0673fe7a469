"""Who is given a ticket: the rules in their order, and a page that tries them."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import BooleanRadioFilter

from customers.admin.base import CandidModelAdmin
from services.admin.assignment_try import try_page
from services.admin.assignment_words import conditions
from services.choices import AssignmentMethod
from services.models import AssignmentRule
from services.operations.move_rule import move_rule


@admin.register(AssignmentRule)
class AssignmentRuleAdmin(CandidModelAdmin):
    """Assignment rules, in the order in which they are tried."""

    list_display = ["order", "rule", "tickets", "agents_of", "is_active"]
    list_display_links = None
    list_select_related = ["queue", "service_type", "segment", "agent"]
    list_filter = [("is_active", BooleanRadioFilter)]
    list_before_template = "admin/services/assignmentrule/try_form.html"
    search_fields = ["name"]
    ordering = ["position", "pk"]
    empty_hint = _(
        "Rules say which agent is given a new ticket. They are tried in order, and the first that fits decides. Until "
        "there is one, agents take tickets themselves. Leads and administrators make rules."
    )
    autocomplete_fields = ["agent", "agents", "skills"]
    fieldsets = [
        (None, {"fields": ["name", ("position", "is_active")]}),
        (
            _("Which tickets"),
            {
                "fields": [("queue", "service_type"), ("priority", "channel"), "segment"],
                "description": _(
                    "Empty matches every ticket. The first active rule by position that matches decides, also where "
                    "it finds nobody."
                ),
            },
        ),
        (_("Who gets them"), {"fields": ["method", "agent", "agents", "skills"]}),
    ]

    class Media:
        css = {"all": ["services/desk.css"]}

    def get_queryset(self, request: HttpRequest) -> Any:
        """Rules with those whom they name."""
        return super().get_queryset(request).prefetch_related("agents", "skills")

    def get_urls(self) -> list[URLPattern]:
        """Trying the rules, and moving one up or down, have addresses of their own."""
        wrap = self.admin_site.admin_view
        return [
            path("try/", wrap(self.try_rules), name="services_assignmentrule_try"),
            path("<int:pk>/move/<slug:way>/", wrap(self.move), name="services_assignmentrule_move"),
            *super().get_urls(),
        ]

    def try_rules(self, request: HttpRequest) -> HttpResponse:
        """Who would get a ticket now."""
        return try_page(self, request, at=timezone.now())

    def move(self, request: HttpRequest, pk: int, way: str) -> HttpResponse:
        """One place up or down."""
        if way not in ("up", "down"):
            raise Http404(gettext("There is no such page."))
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        rule = self.get_queryset(request).filter(pk=pk).first()
        if rule is None:
            raise Http404(gettext("There is no such rule."))
        if not self.has_change_permission(request, rule):
            raise PermissionDenied
        move_rule(rule=rule, up=way == "up", at=timezone.now())
        return HttpResponseRedirect(reverse("admin:services_assignmentrule_changelist"))

    @admin.display(description=_("order"), ordering="position")
    def order(self, rule: AssignmentRule) -> SafeString:
        """The buttons that move it: they send the form of the list to their own address."""
        button = (
            '<button class="cd-button cd-button--small" type="submit" formaction="{}" title="{}" aria-label="{}">'
            '<span class="material-symbols-outlined" aria-hidden="true">{}</span></button>'
        )
        ways = [("up", gettext("Try earlier"), "arrow_upward"), ("down", gettext("Try later"), "arrow_downward")]
        buttons = format_html_join(
            "",
            button,
            (
                (reverse("admin:services_assignmentrule_move", args=[rule.pk, way]), label, label, icon)
                for way, label, icon in ways
            ),
        )
        return format_html('<span class="cd-row">{}</span>', buttons)

    @admin.display(description=_("rule"), ordering="name")
    def rule(self, rule: AssignmentRule) -> SafeString:
        """The name, which leads to the form."""
        link = reverse("admin:services_assignmentrule_change", args=[rule.pk])
        return format_html('<a class="cd-link cd-strong" href="{}">{}</a>', link, rule.name)

    @admin.display(description=_("which tickets"))
    def tickets(self, rule: AssignmentRule) -> SafeString:
        """The conditions."""
        met = conditions(rule) or [gettext("every ticket")]
        return format_html_join(" ", '<span class="cd-chip">{}</span>', ((one,) for one in met))

    @admin.display(description=_("who gets them"))
    def agents_of(self, rule: AssignmentRule) -> SafeString:
        """The method, whom it chooses among, and what they must know."""
        if rule.method == AssignmentMethod.AGENT:
            return format_html("{}", rule.agent)
        among = gettext(", ").join(agent.name for agent in rule.agents.all()) or gettext("the queue's team")
        known = gettext(", ").join(skill.name for skill in rule.skills.all())
        text = '<span class="cd-two"><b>{}</b><small>{}{}</small></span>'
        return format_html(text, rule.get_method_display(), among, f" · {known}" if known else "")
