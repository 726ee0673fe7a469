"""Orders: what was bought, and whether it came when promised."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateTimeFilter
from unfold.decorators import display

from customers.admin.base import CandidTabularInline, ReadOnlyModelAdmin
from customers.admin.bought_filter import BoughtFilter
from customers.choices import ON_THE_WAY
from customers.models import Order, OrderLine
from customers.operations.deliver_order import NotOnTheWay, deliver_order

MAY_DELIVER = "customers.change_order"


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
    list_filter: Any = [("status", ChoicesDropdownFilter), ("ordered_at", RangeDateTimeFilter), BoughtFilter]
    list_select_related = ["customer"]
    search_fields = ["number__startswith"]
    search_help_text = gettext_lazy("The beginning of the number")
    fields = ["number", "customer", ("status", "amount"), "ordered_at", ("promised_at", "delivered_at")]
    readonly_fields = ["amount"]
    inlines = [OrderLineInline]
    change_form_outer_before_template = "admin/customers/order/verbs.html"

    def get_urls(self) -> list[URLPattern]:
        """Status and dates of an order move by verbs alone."""
        deliver = path("<int:pk>/deliver/", self.admin_site.admin_view(self.deliver), name="customers_order_deliver")
        return [deliver, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The order, with the verbs that it can take."""
        verbs = {"may_deliver": request.user.has_perm(MAY_DELIVER), "on_the_way": ON_THE_WAY}
        response: HttpResponse = super().change_view(request, object_id, form_url, {**verbs, **(extra_context or {})})
        return response

    def deliver(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Put on record that the order arrived just now."""
        order = self.get_queryset(request).filter(pk=pk).first()
        if order is None:
            raise Http404(_("There is no such order, or you may not see it."))
        if not request.user.has_perm(MAY_DELIVER):
            raise PermissionDenied
        if request.method == "POST":
            try:
                deliver_order(order=order, at=timezone.now())
                messages.success(request, _("Order %(number)s arrived.") % {"number": order.number})
            except NotOnTheWay as refused:
                messages.error(request, str(refused))
        return HttpResponseRedirect(reverse("admin:customers_order_change", args=[pk]))

    @display(
        description=gettext_lazy("status"),
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

    @admin.display(description=gettext_lazy("total"), ordering="total")
    def amount(self, order: Order) -> str:
        """The total with its currency."""
        total = number_format(order.total, 2, force_grouping=True)
        return format_html('<span class="cd-number">{} {}</span>', total, order.currency)
