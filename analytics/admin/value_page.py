"""What the relationship with one customer is worth: the working, the orders that count, and what to do next."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from analytics.admin.value_display import money, value_card
from analytics.choices import DecisionKind
from analytics.models import ActionRule
from analytics.operations.customer_value import customer_value
from analytics.operations.decide_action import NotAllowed, NotOffered, decide_action
from analytics.sql.value_facts import NOT_COUNTED
from customers.admin.customer_page import page_frame, visible_customer
from customers.admin.row_keys import is_key
from customers.models import Customer, Order
from customers.operations.why_not_profiled import why_not_profiled

# So many of the newest orders and decisions are shown.
SHOWN = 50
SEES, DECIDES = "analytics.view_customervalue", "analytics.add_actiondecision"


def value_page(model_admin: Any, request: HttpRequest, pk: int, *, at: datetime) -> HttpResponse:
    """Render the page; a POST decides on an action and comes back."""
    customer = visible_customer(model_admin, request, pk)
    if not request.user.has_perm(SEES):
        raise PermissionDenied
    if request.method == "POST":
        return _decide(request, customer, at)
    if reason := why_not_profiled(customer=customer):
        context = {**page_frame(model_admin, request, customer, tab="value"), "reason": reason}
        return TemplateResponse(request, "admin/analytics/not_profiled.html", context)
    valued = customer_value(customer=customer, at=at)
    card = value_card(valued)
    sees_actions = request.user.has_perm("analytics.view_actiondecision")
    sees_orders = valued is not None and request.user.has_perm("customers.view_order")
    context = {
        **page_frame(model_admin, request, customer, tab="value"),
        "value": card,
        "offers": card.offers if card and sees_actions else [],
        "decisions": [_told(row) for row in valued.decisions[:SHOWN]] if valued and sees_actions else [],
        "may_decide": request.user.has_perm(DECIDES),
        "sees_model": request.user.has_perm("analytics.view_valuemodel"),
        "orders": _orders(customer, valued.value.as_of) if valued and sees_orders else None,
    }
    return TemplateResponse(request, "admin/analytics/value/page.html", context)


def _orders(customer: Customer, as_of: datetime) -> list[dict[str, Any]]:
    """The newest orders that the value looked at, and whether they count."""
    rows = Order.objects.filter(customer=customer, ordered_at__lte=as_of).order_by("-ordered_at", "-id")[:SHOWN]
    return [
        {
            "order": row,
            "total": money(float(row.total), row.currency),
            "counts": row.status not in NOT_COUNTED,
            "is_refund": row.total < 0,
        }
        for row in rows
    ]


def _told(row: Any) -> dict[str, Any]:
    tones = {DecisionKind.DONE: "good", DecisionKind.DISMISSED: "warn", DecisionKind.SHOWN: "fair"}
    return {"row": row, "tone": tones.get(row.kind, "thin"), "worth": money(row.worth, row.currency)}


def _decide(request: HttpRequest, customer: Customer, at: datetime) -> HttpResponse:
    if not request.user.has_perm(DECIDES):
        raise PermissionDenied
    text = request.POST.get("rule", "")
    rule = ActionRule.objects.filter(pk=text).first() if is_key(text) else None
    kind, reason = request.POST.get("kind", ""), request.POST.get("reason", "")
    user: Any = request.user
    try:
        if rule is None:
            raise NotOffered(_("There is no such action."))
        decide_action(customer=customer, rule=rule, kind=kind, reason=reason, by=user, at=at)
    except (NotOffered, NotAllowed) as refused:
        messages.error(request, str(refused))
    except ValidationError as error:
        for message in error.messages:
            messages.error(request, message)
    else:
        done = kind == DecisionKind.DONE
        messages.success(request, _("Put down as done.") if done else _("Put down, with the reason."))
    name = "page" if request.POST.get("back") == "overview" else "value"
    return HttpResponseRedirect(reverse(f"admin:customers_customer_{name}", args=[customer.pk]) + "#actions")
