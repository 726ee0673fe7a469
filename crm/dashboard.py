"""The first page: what waits for somebody, who moved, how the scores lie. Every number leads to its list."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from analytics.admin.chart_options import COUNT_BARS
from analytics.admin.digests import newest_digest
from analytics.admin.mover_cards import mover_cards
from analytics.admin.score_display import tone_of
from analytics.admin.words import rating_tone
from analytics.models import ScoringRun
from analytics.operations.fact_words import said_of_rating
from analytics.operations.score_distribution import score_distribution
from crm.setup_page import may_set_up
from customers.admin.words import ago
from customers.models import Customer
from services.models import SatisfactionRating
from services.operations.count_waiting import count_waiting

RATINGS = 6
# Bars that read on light and dark alike.
COLOURS = {"bad": "#cf5b53", "warn": "#d9993c", "fair": "#3c9aa6", "good": "#3f9e74"}


@dataclass(frozen=True, slots=True)
class Tile:
    """A number, its name, and the list behind it."""

    name: str
    value: int
    link: str
    tone: str = ""


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What the first page shows this user, all of it under `visible_to`."""
    at = timezone.now()
    user: Any = request.user
    context["title"] = _("Dashboard")
    context["one_step"] = not settings.TOTP_ROLES
    if user.has_perm("services.view_ticket"):
        context["tiles"] = ticket_tiles(user, at=at)
    if user.has_perm("customers.view_customer"):
        context["has_customers"] = Customer.objects.visible_to(user).exists()
        context["setup_link"] = reverse("admin:industry_setup") if may_set_up(request) else ""
        context["customers_link"] = reverse("admin:customers_customer_changelist")
    if user.has_perm("analytics.view_customerscore"):
        context.update(mover_cards(request, at=at))
        context["digest"] = newest_digest(request)
        context["distribution"] = distribution_chart()
        context["bar_options"] = json.dumps(COUNT_BARS)
        context["run"] = run = ScoringRun.objects.order_by("-id").first()
        context["run_age"] = ago(run.finished_at or run.started_at, at=at) if run else ""
    if user.has_perm("services.view_satisfactionrating"):
        ratings = SatisfactionRating.objects.visible_to(user).select_related("customer", "ticket", "order")
        context["ratings"] = [_rating(row, at=at) for row in ratings.order_by("-id")[:RATINGS]]
    return context


def ticket_tiles(user: Any, *, at: datetime) -> list[Tile]:
    """Open tickets, and which of them press. One query."""
    waiting = count_waiting(user=user, at=at)
    link = reverse("admin:services_ticket_changelist")
    return [
        Tile(_("Open tickets"), waiting.open, f"{link}?show=unsolved"),
        Tile(_("Mine"), waiting.mine, f"{link}?show=mine"),
        Tile(_("Unassigned"), waiting.unassigned, f"{link}?show=unassigned"),
        Tile(_("Late now"), waiting.late, f"{link}?sla=late", "bad" if waiting.late else ""),
        Tile(_("Due in 4 hours"), waiting.soon, f"{link}?sla=soon", "warn" if waiting.soon else ""),
    ]


def _rating(row: SatisfactionRating, *, at: datetime) -> tuple[SatisfactionRating, str, str, str]:
    """A rating with its words, tone and age."""
    return row, said_of_rating(row.scale, row.value), rating_tone(row.scale, row.value), ago(row.at, at=at)


def distribution_chart() -> dict[str, Any] | None:
    """How the scores of everybody lay when the newest run finished, as bars of five points; None before the first."""
    found = score_distribution()
    if not found or not found["count"]:
        return None
    bins: list[int] = found["histogram"]
    width = 100 // len(bins)
    used = [i for i, count in enumerate(bins) if count]
    shown = range(max(0, used[0] - 2), min(len(bins), used[-1] + 3))  # a little air on both sides
    data = {
        "labels": [str(i * width) for i in shown],
        "datasets": [
            {
                "data": [bins[i] for i in shown],
                "backgroundColor": [COLOURS[tone_of(i * width)] for i in shown],
                "borderRadius": 3,
                "barPercentage": 0.94,
                "categoryPercentage": 1,
                "label": _("customers"),
            }
        ],
    }
    rows = [(f"{i * width}–{(i + 1) * width}", count) for i, count in enumerate(bins) if count]
    return {**found, "data": json.dumps(data), "rows": rows}
