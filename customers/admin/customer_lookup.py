"""Other customers for a field of the page: found while somebody types, as JSON."""

from typing import Any

from django.http import HttpRequest, JsonResponse

from customers.admin.customer_page import visible_customer
from customers.admin.relation_in_place import phrases_of
from customers.models import Customer

SHOWN = 10
SHORTEST = 2


def lookup(model_admin: Any, request: HttpRequest, pk: int) -> JsonResponse:
    """Visible customers whom `?q=` names, other than this one, of the kind that the relation `?phrase=` leads to."""
    customer = visible_customer(model_admin, request, pk)
    text = request.GET.get("q", "").strip()
    user: Any = request.user
    if len(text) < SHORTEST and not _is_wide(text):
        return JsonResponse({"results": []})
    rows = Customer.objects.visible_to(user).search(text).exclude(pk=customer.pk)
    phrase = phrases_of(customer.kind).get(request.GET.get("phrase", ""))
    if phrase and phrase.other_kind:
        rows = rows.filter(kind=phrase.other_kind)
    found = rows.select_related("team").order_by("-pk")[:SHOWN]
    return JsonResponse({"results": [_told(row) for row in found]})


def _is_wide(text: str) -> bool:
    """One Chinese sign says as much as two letters."""
    return bool(text) and ord(text[0]) >= 0x2E80


def _told(row: Customer) -> dict[str, Any]:
    what = [str(row.get_kind_display()), row.country, str(row.team)]
    return {"id": row.pk, "name": row.name, "kind": row.kind, "what": " · ".join(word for word in what if word)}
