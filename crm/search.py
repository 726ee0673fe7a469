"""The search palette (Ctrl + K): customers, tickets and orders by name, address or number."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from unfold.dataclasses import SearchResult

from customers.models import Customer, Order
from services.models import Ticket

# Of each kind: who types two letters in a million rows wants the first few.
SHOWN = 8


def search(request: HttpRequest, text: str) -> list[SearchResult]:
    """The first few visible customers, tickets and orders that `text` names."""
    if len(text.strip()) < 2:
        return []
    return list(chain(_customers(request, text), _tickets(request, text), _orders(request, text)))


def _rows(model: Any, request: HttpRequest, text: str) -> Any:
    """What the model's own list would find, under its permission."""
    page = admin.site._registry[model]
    if not page.has_view_permission(request):
        return []
    rows, _repeats = page.get_search_results(request, page.get_queryset(request), text)
    return rows.order_by("-pk")[:SHOWN]


def _customers(request: HttpRequest, text: str) -> Iterator[SearchResult]:
    for row in _rows(Customer, request, text):
        icon = "apartment" if row.kind == "organisation" else "person"
        link = reverse("admin:customers_customer_page", args=[row.pk])
        yield SearchResult(title=row.name, description=row.get_kind_display(), link=link, icon=icon)


def _tickets(request: HttpRequest, text: str) -> Iterator[SearchResult]:
    for row in _rows(Ticket, request, text):
        link = reverse("admin:services_ticket_change", args=[row.pk])
        yield SearchResult(title=row.subject, description=row.number, link=link, icon="confirmation_number")


def _orders(request: HttpRequest, text: str) -> Iterator[SearchResult]:
    for row in _rows(Order, request, text):
        link = reverse("admin:customers_order_change", args=[row.pk])
        yield SearchResult(title=row.number, description=_("Order"), link=link, icon="receipt_long")
