"""Orders: what was bought, and whether it came when promised."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateTimeFilter
from unfold.decorators import display

from customers.admin.base import CandidTabularInline, ReadOnlyModelAdmin
from customers.models import Order, OrderLine


class OrderLineInline(CandidTabularInline):
    """The lines of an order."""

    model = OrderLine
    fields = ["product", "quantity", "unit_price", "list_price"]
    readonly_fields = ["product", "quantity", "unit_price", "list_price"]
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Lines with the names of their products."""
        return super().get_queryset(request).select_related("product")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Lines come with the order."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Lines stay as they were sold."""
        return False


@admin.register(Order)
class OrderAdmin(ReadOnlyModelAdmin):
    """Orders, as the shop or the import told us."""

    list_display = ["number", "customer", "state", "amount", "ordered_at", "promised_at", "delivered_at"]
    list_filter = [("status", ChoicesDropdownFilter), ("ordered_at", RangeDateTimeFilter)]
    list_select_related = ["customer"]
    search_fields = ["number__startswith"]
    search_help_text = _("The beginning of the number")
    fields = ["number", "customer", ("status", "amount"), "ordered_at", ("promised_at", "delivered_at")]
    readonly_fields = ["amount"]
    inlines = [OrderLineInline]

    @display(
        description=_("status"),
        ordering="status",
        label={
            "placed": "info",
            "shipped": "info",
            "delivered": "success",
            "cancelled": "warning",
            "returned": "danger",
        },
    )
    def state(self, order: Order) -> tuple[str, str]:
        """The status as a label."""
        return order.status, order.get_status_display()

    @admin.display(description=_("total"), ordering="total")
    def amount(self, order: Order) -> str:
        """The total with its currency."""
        return format_html('<span class="cd-number">{} {}</span>', order.total, order.currency)
