"""The customer admin with scores: it takes the place of the plain one, which knows nothing of analytics."""

import json
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from analytics.admin import contest
from analytics.admin.campaign_filter import CampaignFilter
from analytics.admin.chart_options import score_line
from analytics.admin.customer_filters import EvidenceFilter, ScoreBandFilter
from analytics.admin.customer_list import ScoredChangeList
from analytics.admin.moved_filter import SINCE, MovedFilter
from analytics.admin.offers import offer
from analytics.admin.open_tickets import open_ticket_parts, open_tickets
from analytics.admin.preference_display import preference_card
from analytics.admin.preferences_page import preferences_page
from analytics.admin.relation_card import relation_card, relation_parts
from analytics.admin.relation_filters import RelationEffectFilter, SingleContactFilter
from analytics.admin.score_card import score_card
from analytics.admin.score_display import FACTOR_OF_CODE, change_and_factor, score_bar
from analytics.admin.timeline_page import newest, newest_lines, older_page
from analytics.admin.value_display import value_card
from analytics.admin.value_filters import ChurnFilter, ValueFilter
from analytics.admin.value_page import value_page
from analytics.admin.why_page import why_page
from analytics.choices import FACTOR_NAMES
from analytics.operations.customer_value import customer_value
from analytics.operations.score_distribution import newest_distribution
from customers.admin.customers import CustomerAdmin
from customers.models import Customer
from customers.operations.why_not_profiled import why_not_profiled
from customers.sql.united import Part

admin.site.unregister(Customer)


@admin.register(Customer)
class ScoredCustomerAdmin(CustomerAdmin):
    """Customers with satisfaction score, reasons, preferences and timeline."""

    list_display = [
        "name_and_kind",
        "satisfaction",
        "change",
        "open_tickets",
        "relation_to_us",
        "looked_after_by",
        "last_activity",
    ]
    list_select_related = ["owner", "team", "score"]
    list_filter = [
        *CustomerAdmin.list_filter,
        ScoreBandFilter,
        EvidenceFilter,
        MovedFilter,
        RelationEffectFilter,
        SingleContactFilter,
        ValueFilter,
        ChurnFilter,
        CampaignFilter,
    ]
    page_template = "admin/analytics/customer_page.html"

    def get_list_display(self, request: HttpRequest) -> list[str]:
        """Asked who moved since another day, the list shows the change since then."""
        asked = request.GET.get(SINCE)
        shown: list[str] = list(super().get_list_display(request))
        return ["change_since" if asked and name == "change" else name for name in shown]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        """The list with scores and open tickets."""
        return ScoredChangeList

    def get_urls(self) -> list[URLPattern]:
        """The reasons and the timeline have addresses of their own."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/why/", wrap(self.why), name="customers_customer_why"),
            path("<int:pk>/preferences/", wrap(self.preferences), name="customers_customer_preferences"),
            path("<int:pk>/value/", wrap(self.value), name="customers_customer_value"),
            path("<int:pk>/offers/", wrap(self.offer), name="customers_customer_offer"),
            path("<int:pk>/why/<int:fact>/exclude/", wrap(self.leave_out), name="customers_customer_exclude"),
            path("<int:pk>/why/<int:fact>/readmit/", wrap(self.take_back), name="customers_customer_readmit"),
            path("<int:pk>/timeline/", wrap(self.timeline), name="customers_customer_timeline"),
            *super().get_urls(),
        ]

    def why(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Why this score: the evidence, as of now or of ?as_of=."""
        return why_page(self, request, pk, at=timezone.now())

    def preferences(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What they prefer and why; a POST puts down what they said."""
        return preferences_page(self, request, pk, at=timezone.now())

    def value(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What the relationship is worth; a POST decides on an action."""
        return value_page(self, request, pk, at=timezone.now())

    def offer(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Put down what came of an offer."""
        return offer(self, request, pk, at=timezone.now())

    def leave_out(self, request: HttpRequest, pk: int, fact: int) -> HttpResponse:
        """Leave a fact out of the score."""
        return contest.exclude(self, request, pk, fact, at=timezone.now(), page=why_page)

    def take_back(self, request: HttpRequest, pk: int, fact: int) -> HttpResponse:
        """Take that back."""
        return contest.readmit(self, request, pk, fact, at=timezone.now(), page=why_page)

    def timeline(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Older entries of the timeline, from ?before= on."""
        return older_page(self, request, pk, at=timezone.now())

    def page_queryset(self, request: HttpRequest) -> Any:
        """The visible customers with score, preferences and how the scores of everybody lie, in the same query."""
        joined = ("score__version", "preferences__version", "relation_effect", "contact_risk", "value__model")
        rows = super().page_queryset(request).select_related(*joined)
        return rows.annotate(distribution=Subquery(newest_distribution()[:1]))

    def page_parts(self, request: HttpRequest, customer: Customer, *, at: datetime) -> dict[str, Part]:
        """The open tickets and the newest entries of the timeline as well."""
        mine = open_ticket_parts(customer, request) | newest(customer, request, at=at).parts
        if request.user.has_perm("analytics.view_customerscore"):
            mine |= relation_parts(customer, request)
        return super().page_parts(request, customer, at=at) | mine

    def page_context(
        self, request: HttpRequest, customer: Customer, *, at: datetime, rows: dict[str, Any]
    ) -> dict[str, Any]:
        """Score, preferences, open tickets and the newest entries of the timeline as well."""
        beside: Any = customer  # with what page_queryset put beside it
        may_see = request.user.has_perm("analytics.view_customerscore")
        stored = getattr(beside, "score", None) if customer.is_profiled else None
        card = score_card(customer, stored, beside.distribution, at=at) if may_see else None
        may_see_preferences = request.user.has_perm("analytics.view_preferenceprofile")
        likes = getattr(beside, "preferences", None) if customer.is_profiled else None
        return {
            **super().page_context(request, customer, at=at, rows=rows),
            "may_see_score": may_see,
            "score": card,
            "history_data": json.dumps(card.chart) if card else "",
            "history_options": json.dumps(score_line(card.reached)) if card else "",
            "not_profiled": why_not_profiled(customer=customer),
            "may_see_preferences": may_see_preferences,
            "preferences": preference_card(likes) if may_see_preferences else None,
            **_value_context(request, customer, at),
            **(relation_card(customer, request, rows) if may_see else {}),
            **open_tickets(rows, at=at),
            **newest_lines(newest(customer, request, at=at), customer, rows),
        }

    @admin.display(description=_("satisfaction"), ordering="score__score")
    def satisfaction(self, customer: Customer) -> SafeString:
        """Score and bar, never without the label where the evidence is low."""
        score = getattr(customer, "score", None)
        if not customer.is_profiled:
            return format_html('<span class="cd-muted" title="{}">–</span>', why_not_profiled(customer=customer))
        return score_bar(score) if score else format_html('<span class="cd-muted">{}</span>', _("not yet"))

    @admin.display(description=_("30 days"), ordering="score__change")
    def change(self, customer: Customer) -> SafeString | str:
        """Points against thirty days before, and the factor that moved the score most."""
        score = getattr(customer, "score", None)
        if score is None or score.change is None or not customer.is_profiled:
            return "–"
        return change_and_factor(score.change, FACTOR_NAMES.get(FACTOR_OF_CODE.get(score.change_factor or 0, ""), ""))

    @admin.display(description=_("since then"))
    def change_since(self, customer: Any) -> SafeString | str:
        """The same against the day that was asked for."""
        mover = customer.moved
        return "–" if mover is None else change_and_factor(mover.change, FACTOR_NAMES[mover.factor])

    @admin.display(description=_("open tickets"))
    def open_tickets(self, customer: Any) -> SafeString | str:
        """How many tickets are not solved, leading to them."""
        if not customer.open_tickets:
            return "–"
        link = reverse("admin:services_ticket_changelist") + f"?customer__id__exact={customer.pk}"
        return format_html('<a class="cd-chip cd-chip--fair" href="{}">{}</a>', link, customer.open_tickets)


def _value_context(request: HttpRequest, customer: Customer, at: datetime) -> dict[str, Any]:
    """What the card of relationship value needs."""
    user = request.user
    may_see = user.has_perm("analytics.view_customervalue")
    stored = getattr(customer, "value", None) if may_see else None
    valued = customer_value(customer=customer, at=at, value=stored) if stored else None
    return {
        "may_see_value": may_see,
        "value": value_card(valued),
        "sees_actions": user.has_perm("analytics.view_actiondecision"),
        "may_decide": user.has_perm("analytics.add_actiondecision"),
    }
