"""Relationship values: the grid of value and satisfaction, and the list below it."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import RangeNumericFilter

from analytics.admin.score_display import BANDS
from analytics.admin.value_display import churn_chip, fifth, money
from analytics.models import CustomerValue
from analytics.operations.value_customers import newest_model
from analytics.sql.value_grid import value_grid
from customers.admin.base import ReadOnlyModelAdmin

# Columns of the grid: the bands of satisfaction, from below, and who has no score.
COLUMNS = [*((tone, label) for _limit, tone, label in BANDS), ("none", gettext_lazy("not scored yet"))]
# Not more of a tone than this, so that the number stays readable.
MOST_TONE = 45


@admin.register(CustomerValue)
class CustomerValueAdmin(ReadOnlyModelAdmin):
    """Who is worth most, and who of them is unhappy or about to leave."""

    empty_hint = gettext_lazy(
        "Values are computed every night from orders. Import orders, or put them down, and look again tomorrow; or run "
        "the command value_customers."
    )
    list_display = ["who", "worth", "fifth_of_value", "expected", "churn_chance", "rfm", "last_on"]
    list_filter = ["clv_fifth", "currency", ("churn", RangeNumericFilter)]
    list_select_related = ["customer"]
    list_before_template = "admin/analytics/value/grid.html"
    # Where most is at stake comes first. Not by money: the list holds several currencies.
    ordering: ClassVar[Any] = ("-clv_fifth", "-churn", "-pk")
    list_display_links: ClassVar[Any] = None

    class Media:
        css = {"all": ["analytics/value.css"]}

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, with the grid above it."""
        return super().changelist_view(request, {**grid_context(request), **(extra_context or {})})

    @admin.display(description=gettext_lazy("customer"), ordering="customer__name")
    def who(self, row: CustomerValue) -> SafeString:
        """Leads to the working."""
        link = reverse("admin:customers_customer_value", args=[row.pk])
        return format_html('<a class="cd-link" href="{}">{}</a>', link, row.customer.name)

    @admin.display(description=gettext_lazy("customer value"), ordering="clv")
    def worth(self, row: CustomerValue) -> str:
        """Of the next 12 months."""
        return money(row.clv, row.currency)

    @admin.display(description=gettext_lazy("fifth"), ordering="clv_fifth")
    def fifth_of_value(self, row: CustomerValue) -> SafeString:
        """By customer value."""
        return fifth(row.clv_fifth)

    @admin.display(description=gettext_lazy("orders expected"), ordering="expected_orders")
    def expected(self, row: CustomerValue) -> str:
        """In 12 months."""
        return "–" if row.expected_orders is None else str(number_format(round(row.expected_orders, 1), 1))

    @admin.display(description=gettext_lazy("churn"), ordering="churn")
    def churn_chance(self, row: CustomerValue) -> SafeString:
        """In 90 days."""
        return churn_chip(row.churn)

    @admin.display(description=gettext_lazy("R F M"))
    def rfm(self, row: CustomerValue) -> str:
        """The three fifths."""
        return " ".join(str(n or "–") for n in (row.recency_fifth, row.frequency_fifth, row.monetary_fifth))


def grid_context(request: HttpRequest) -> dict[str, Any]:
    """What `admin/analytics/value/grid.html` needs: cells that open into the customers behind them."""
    sees_scores = request.user.has_perm("analytics.view_customerscore")
    bands = [(limit, tone) for limit, tone, _label in BANDS]
    counts = value_grid(user=request.user, bands=bands) if sees_scores else {}
    most = max(counts.values(), default=0)
    link = reverse("admin:customers_customer_changelist")
    rows = [
        {
            "fifth": number,
            "dots": fifth(number),
            "cells": [
                {
                    "tone": tone,
                    "count": counts.get((number, tone), 0),
                    "share": round(8 + (MOST_TONE - 8) * counts.get((number, tone), 0) / most) if most else 0,
                    "link": f"{link}?value={number}&band={tone}",
                    "says": _("%(count)d customers: fifth %(fifth)d by value, %(band)s")
                    % {"count": counts.get((number, tone), 0), "fifth": number, "band": label},
                }
                for tone, label in COLUMNS
            ],
        }
        for number in (5, 4, 3, 2, 1)
    ]
    return {
        "grid": rows if most else [],
        "grid_columns": COLUMNS,
        "value_model": newest_model(),
        "sees_model": request.user.has_perm("analytics.view_valuemodel"),
    }
