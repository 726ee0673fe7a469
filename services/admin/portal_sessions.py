"""Who is logged in to the customer portal, and logging them out."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from customers.admin.base import ReadOnlyModelAdmin
from customers.models import Customer
from services.models import PortalSession
from services.operations.end_portal_sessions import end_portal_sessions
from services.operations.mail_sender import index_of
from services.operations.portal_session import IDLE, LONGEST


@admin.register(PortalSession)
class PortalSessionAdmin(ReadOnlyModelAdmin):
    """Written by the portal alone."""

    empty_hint = _("Customers log in to the portal by a link in a mail. Whoever is logged in stands here.")
    list_display = ["to_customer", "status", "begun_at", "seen_at"]
    list_select_related = ["customer"]
    search_fields = ["customer__name"]
    search_help_text = _("A whole e-mail address, or part of a name.")
    ordering = ("-seen_at", "-id")
    fields = [("to_customer", "status"), ("begun_at", "seen_at")]
    readonly_fields = ["to_customer", "status"]
    actions = ["end"]

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """By the whole address, of which only an index is kept; or by the customer's name."""
        term = search_term.strip()
        if "@" in term:
            return queryset.filter(email_index=index_of(term)), False
        return (queryset.filter(customer__in=Customer.objects.search(term)) if term else queryset), False

    def has_end_permission(self, request: HttpRequest) -> bool:
        """Whoever may delete a session."""
        return request.user.has_perm("services.delete_portalsession")

    @admin.action(description=_("Log these customers out everywhere"), permissions=["end"])
    def end(self, request: HttpRequest, queryset: QuerySet[PortalSession]) -> None:
        """Every session of the customers of the chosen ones, and every link that waits."""
        user: Any = request.user
        customers = Customer.objects.filter(pk__in=[row.customer_id for row in queryset])
        ended = sum(end_portal_sessions(customer=customer, by=user, at=timezone.now()) for customer in customers)
        text = ngettext("%(count)d session ended.", "%(count)d sessions ended.", ended)
        messages.success(request, text % {"count": ended})

    @admin.display(description=_("customer"), ordering="customer__name")
    def to_customer(self, row: PortalSession) -> SafeString:
        """Whom the link was sent to."""
        link = reverse("admin:customers_customer_change", args=[row.customer_id])
        return format_html('<a class="cd-link" href="{}">{}</a>', link, row.customer.name)

    @display(description=_("state"), label={"on": "success", "off": ""})
    def status(self, row: PortalSession) -> tuple[str, Any]:
        """Whether it still opens anything."""
        at = timezone.now()
        is_live = row.seen_at > at - IDLE and row.begun_at > at - LONGEST
        return ("on", _("logged in")) if is_live else ("off", _("ended"))
