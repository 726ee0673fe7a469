"""The ledger: every fact that scores are made of, and what people decided about them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display

from analytics.admin.contest import decided
from analytics.operations.fact_words import describe
from customers.admin.base import ReadOnlyModelAdmin
from customers.choices import Factor
from customers.models import Customer, Observation


class DecisionFilter(DropdownFilter):
    """What somebody decided about a fact."""

    title = gettext_lazy("decision")
    parameter_name = "decision"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The decisions."""
        return [
            ("left_out", gettext_lazy("left out now")),
            ("taken_back", gettext_lazy("taken back")),
            ("any", gettext_lazy("all decisions, past ones too")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Rows with such a decision: by who decided, which an index knows."""
        if not self.value():
            return queryset
        rows = queryset.filter(excluded_by__isnull=False)
        if self.value() == "left_out":
            return rows.filter(is_exclusion=True, superseded_version=None)
        return rows.filter(is_exclusion=False) if self.value() == "taken_back" else rows


@admin.register(Observation)
class ObservationAdmin(ReadOnlyModelAdmin):
    """Facts of all customers in sight, what was recorded last first. They are contested where their score is
    explained."""

    empty_hint = gettext_lazy("Facts come from tickets, ratings and orders.")
    list_display = ["of_customer", "factor", "fact", "at", "recorded_at", "decision"]
    list_display_links = None
    list_filter: Any = [("factor", ChoicesDropdownFilter), DecisionFilter]
    list_select_related = ["customer", "excluded_by"]
    search_fields = ["customer__name"]
    search_help_text = gettext_lazy("Name of the customer, or a whole e-mail address or phone number")
    fields = [
        "customer",
        ("factor", "measure"),
        ("value", "reference"),
        ("subject_type", "subject_id"),
        ("at", "due_at"),
        "recorded_at",
        ("is_exclusion", "excluded_until"),
        ("excluded_by", "reason"),
    ]

    class Media:
        css = {"all": ["analytics/why.css"]}

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """As customers are found in their own list."""
        if not search_term.strip():
            return queryset, False
        return queryset.filter(customer__in=Customer.objects.search(search_term).values("pk")), False

    @admin.display(description=gettext_lazy("customer"))
    def of_customer(self, row: Observation) -> SafeString:
        """Whose score it moves; leads to where it can be contested."""
        link = reverse("admin:customers_customer_why", args=[row.customer_id])
        anchor = Factor(row.factor).name.lower()
        return format_html('<a class="cd-link cd-strong" href="{}#{}">{}</a>', link, anchor, row.customer.name)

    @admin.display(description=gettext_lazy("fact"))
    def fact(self, row: Observation) -> SafeString:
        """What it says, and of what kind of thing."""
        words = describe(row, as_of=timezone.now())
        return format_html(
            '<span class="cd-two"><b>{}</b><small>{}</small></span>', words, row.get_subject_type_display()
        )

    @display(description=gettext_lazy("decision"))
    def decision(self, row: Observation) -> SafeString | str:
        """Who left it out or took it back, and why."""
        if not row.is_exclusion and not row.excluded_by_id:
            return _("corrected since") if row.superseded_version is not None else "–"
        past = _("past") if row.superseded_version is not None else ""
        return format_html(
            '<span class="cd-two"><b>{}</b><small>{}{}</small></span>',
            row.reason,
            decided(row),
            f" · {past}" if past else "",
        )
