"""Everything that customers allowed and forbade. It is put down on the customer's page, and never changed."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import BooleanRadioFilter, ChoicesDropdownFilter, RangeDateTimeFilter
from unfold.decorators import display

from customers.admin.base import ReadOnlyModelAdmin
from customers.models import Consent, Customer


@admin.register(Consent)
class ConsentAdmin(ReadOnlyModelAdmin):
    """Statements of all customers in sight, what was put down last first."""

    empty_hint = gettext_lazy("What customers allowed or forbade is put on record at their pages.")
    list_display = ["said_by", "purpose", "channel", "said", "at", "source", "text_version", "recorded_by"]
    list_display_links = None
    list_filter: Any = [
        ("purpose", ChoicesDropdownFilter),
        ("channel", ChoicesDropdownFilter),
        ("is_given", BooleanRadioFilter),
        ("at", RangeDateTimeFilter),
    ]
    list_select_related = ["customer", "recorded_by"]
    search_fields = ["customer__name"]
    search_help_text = gettext_lazy("Name of the customer, or a whole e-mail address or phone number")
    fields = [
        "customer",
        ("purpose", "channel"),
        "is_given",
        "source",
        "text_version",
        ("at", "recorded_at"),
        "recorded_by",
    ]

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """As customers are found in their own list."""
        if not search_term.strip():
            return queryset, False
        return queryset.filter(customer__in=Customer.objects.search(search_term).values("pk")), False

    @admin.display(description=gettext_lazy("customer"))
    def said_by(self, consent: Consent) -> SafeString:
        """Whoever said it; leads to their page."""
        link = reverse("admin:customers_customer_page", args=[consent.customer_id])
        return format_html('<a class="cd-link cd-strong" href="{}#identity">{}</a>', link, consent.customer.name)

    @display(description=gettext_lazy("said"), ordering="is_given", label={"yes": "success", "no": "danger"})
    def said(self, consent: Consent) -> tuple[str, str]:
        """Yes or no."""
        return ("yes", _("Yes")) if consent.is_given else ("no", _("No"))
