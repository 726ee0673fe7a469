"""Panels that higher rooms add to the pages of lower ones: analytics shows a customer's score beside a ticket, and
services never hears of analytics."""

from collections.abc import Callable

from django.http import HttpRequest
from django.utils.safestring import SafeString

from customers.models import Customer

Panel = Callable[[HttpRequest, Customer], SafeString]

_panels: list[Panel] = []


def register_panel(panel: Panel) -> Panel:
    """Have `panel(request, customer)` shown wherever a page tells of a customer. Usable as a decorator."""
    if panel not in _panels:
        _panels.append(panel)
    return panel


def customer_panels(request: HttpRequest, customer: Customer) -> list[SafeString]:
    """The panels of this customer, rendered, in the order of registration. A panel with nothing to say is left out.

    The caller has made sure that the user may see the customer."""
    return [html for html in (panel(request, customer) for panel in _panels) if html]
