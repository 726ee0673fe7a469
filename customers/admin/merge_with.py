"""Choosing whom to merge a customer with: who looks alike, and a search."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from customers.admin.customer_page import page_frame, visible_customer
from customers.models import ContactPoint, Customer, DuplicatePair

SHOWN = 10


def merge_with(model_admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """Render the page: customers of the same kind that are reached at the same address or number, have the same name,
    or were proposed as duplicates; with `?q=`, those that a search finds."""
    customer = visible_customer(model_admin, request, pk)
    if not model_admin.has_merge_permission(request):
        raise PermissionDenied
    asked = request.GET.get("q", "").strip()
    others = Customer.objects.visible_to(request.user).filter(kind=customer.kind).exclude(pk=customer.pk)
    found = others.search(asked) if asked else others.filter(_alike(customer))
    context = {
        **page_frame(model_admin, request, customer, tab="merge"),
        "asked": asked,
        "found": list(found.select_related("team").order_by("-pk")[: SHOWN + 1]),
        "shown": SHOWN,
    }
    return TemplateResponse(request, "admin/customers/merge/with.html", context)


def _alike(customer: Customer) -> Q:
    points = ContactPoint.objects.filter(customer=customer).values("blind_index")
    reached = ContactPoint.objects.filter(blind_index__in=points).values("customer")
    pairs = DuplicatePair.objects.open().of(customer.pk)
    return (
        Q(pk__in=reached)
        | Q(search_name=customer.search_name)
        | Q(pk__in=pairs.values("first"))
        | Q(pk__in=pairs.values("second"))
    )
