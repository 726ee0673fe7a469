"""What every page that tells of a customer must say: restricted, objects to profiling, erased."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from customers.admin.panels import register_panel
from customers.models import Customer


def badges_of(customer: Any) -> list[tuple[str, str]]:
    """The badges of a customer: words and tone. Customers without any have none."""
    words = (
        (customer.erased_at, _("erased"), "bad"),
        (customer.restricted_at, _("processing restricted"), "bad"),
        (customer.profiling_objected_at, _("objects to profiling"), "warn"),
    )
    return [(text, tone) for since, text, tone in words if since is not None]


def badge_chips(customer: Any) -> SafeString:
    """The badges, as chips."""
    chip = ' <span class="cd-chip cd-chip--{} cd-chip--thin">{}</span>'
    return format_html_join("", chip, ((tone, text) for text, tone in badges_of(customer)))


@register_panel
def privacy_panel(request: HttpRequest, customer: Customer) -> SafeString:
    """The badges beside a ticket, and what they mean for whoever answers."""
    badges = badges_of(customer)
    if not badges:
        return SafeString("")
    context = {"badges": badges, "customer": customer}
    return SafeString(render_to_string("admin/customers/privacy/panel.html", context, request))
