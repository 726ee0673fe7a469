"""Who was asked for a rating, who answered, and what share that is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import FieldTextFilter, RangeDateTimeFilter

from customers.admin.base import ReadOnlyModelAdmin
from services.admin.percents import percent
from services.models import RatingRequest
from services.operations.response_rate import By, ResponseRate, response_rate, total

PERIOD = timedelta(days=90)
MOST_LINES = 20


@dataclass(frozen=True, slots=True)
class RateLine:
    """A response rate as it is shown."""

    name: str
    asked: int
    answered: int
    percent: str | None


def response_header(request: HttpRequest, *, at: datetime) -> dict[str, Any]:
    """The response rate of the last 90 days, all together and by queue and agent, of what the user may see."""
    user: Any = request.user
    if not user.has_perm("services.view_ratingrequest"):
        return {}
    tables: list[tuple[str, list[RateLine]]] = []
    overall = total([])
    pairs: list[tuple[By, str]] = [("queue", gettext("By queue")), ("agent", gettext("By agent"))]
    for by, title in pairs:
        rates = response_rate(user=user, since=at - PERIOD, by=by)
        overall = total(rates)
        tables.append((title, [_line(rate) for rate in sorted(rates, key=lambda one: -one.asked)[:MOST_LINES]]))
    return {"response": _line(overall), "response_tables": tables, "response_days": PERIOD.days}


def _line(rate: ResponseRate) -> RateLine:
    return RateLine(rate.label or gettext("nobody"), rate.asked, rate.answered, percent(rate.answered, rate.asked))


@admin.register(RatingRequest)
class RatingRequestAdmin(ReadOnlyModelAdmin):
    """Rating requests: made by solving a ticket, answered by a link."""

    list_display = ["about", "customer", "requested_at", "opened_at", "answered_at", "answer", "expires_at"]
    list_display_links = None
    list_select_related = ["ticket", "customer", "rating"]
    list_filter = [("requested_at", RangeDateTimeFilter), ("ticket__number", FieldTextFilter)]
    fields = ["ticket", "customer", ("requested_at", "expires_at"), ("opened_at", "answered_at"), "rating"]

    @admin.display(description=_("ticket"), ordering="ticket")
    def about(self, asked: RatingRequest) -> SafeString:
        """The ticket, by a link."""
        link = reverse("admin:services_ticket_change", args=[asked.ticket_id])
        return format_html('<a class="cd-link" href="{}">{}</a>', link, asked.ticket.number)

    @admin.display(description=_("answer"))
    def answer(self, asked: RatingRequest) -> str:
        """The number, of five."""
        return f"{asked.rating.value} / 5" if asked.rating else "–"
