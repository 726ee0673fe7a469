"""The customer beside the conversation; fetched after the rest, so that nobody waits for it to read."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from customers.admin.panels import customer_panels
from customers.models import Customer, Order
from services.admin.desk.access import at_the_desk, ticket_in_sight
from services.models import Ticket

OTHERS_SHOWN = 5
ORDERS_SHOWN = 3


@at_the_desk("GET")
def customer_panel(request: HttpRequest, pk: int, *, at: datetime) -> HttpResponse:
    """Who asks, how they were served so far, and what else is going on with them."""
    ticket = ticket_in_sight(request, pk)
    context = {"ticket": ticket, **customer_side(request, ticket)}
    return TemplateResponse(request, "admin/desk/customer.html", context)


def customer_side(request: HttpRequest, ticket: Ticket) -> dict[str, Any]:
    """The customer, the panels about them, their other tickets and last orders, as far as the user may see."""
    user: Any = request.user
    may_see = user.has_perm("customers.view_customer")
    customer = Customer.objects.visible_to(user).filter(pk=ticket.customer_id).first() if may_see else None
    others = Ticket.objects.visible_to(user).unsolved().filter(customer=ticket.customer_id).exclude(pk=ticket.pk)
    orders = Order.objects.visible_to(user).filter(customer=ticket.customer_id).order_by("-ordered_at", "-pk")
    return {
        "customer": customer,
        "panels": customer_panels(request, customer) if customer else [],
        "others": list(others.order_by("-pk")[:OTHERS_SHOWN]),
        "orders": list(orders[:ORDERS_SHOWN]) if user.has_perm("customers.view_order") else [],
    }
