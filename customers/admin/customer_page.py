"""The page about one customer that is read: who this is, how they relate, and small forms to put down what happened."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.admin.merged import refuse_merged
from customers.admin.page_forms import ConsentForm, InteractionForm
from customers.admin.words import language_name
from customers.models import Customer
from customers.sql.united import united


def visible_customer(model_admin: Any, request: HttpRequest, pk: int) -> Customer:
    """The customer, or 404 when it is out of the user's sight; 403 for someone who may see no customer at all.

    Raises WasMerged, which leads to the customer into whom this one was merged."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    customer: Customer | None = model_admin.page_queryset(request).filter(pk=pk).first()
    if customer is None:
        refuse_merged(request, pk)
        raise Http404(_("There is no such customer, or you may not see it."))
    return customer


def page_frame(model_admin: Any, request: HttpRequest, customer: Customer, *, tab: str) -> dict[str, Any]:
    """What all pages about one customer share: the admin's frame, the tabs, and who this is."""
    request.current_app = model_admin.admin_site.name
    return {
        **model_admin.admin_site.each_context(request),
        "title": customer.name,
        "opts": model_admin.opts,
        "crumbs": [
            {"title": model_admin.opts.verbose_name_plural, "link": reverse("admin:customers_customer_changelist")},
            {"title": customer.name, "link": ""},
        ],
        "customer": customer,
        "tab": tab,
        "can_change": model_admin.has_change_permission(request, customer),
        "has_view_permission": True,
    }


def customer_page(
    model_admin: Any, request: HttpRequest, pk: int, *, at: datetime, opened: dict[str, Any] | None = None
) -> HttpResponse:
    """Render the page. `opened`: forms that are open on it, such as one that was refused.

    The short lists of all rooms are read in one query: a dozen round trips would cost more than their rows."""
    customer = visible_customer(model_admin, request, pk)
    rows = united(model_admin.page_parts(request, customer, at=at))
    user = request.user
    is_tombstone = customer.erased_at is not None  # nothing is put down of nobody
    may_log = user.has_perm("customers.add_interaction") and not is_tombstone
    may_ask = user.has_perm("customers.add_consent") and not is_tombstone
    context = {
        **page_frame(model_admin, request, customer, tab="overview"),
        "language": language_name(customer.language),
        "interaction_form": InteractionForm() if may_log else None,
        "consent_form": ConsentForm() if may_ask else None,
        **model_admin.page_context(request, customer, at=at, rows=rows),
        **({"may_relate": False, "may_merge": False} if is_tombstone else {}),
        **(opened or {}),
    }
    return TemplateResponse(request, model_admin.page_template, context)
