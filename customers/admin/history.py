"""The history of one row: what was changed, by whom, when; for whoever may see the row."""

from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from customers.admin.audit_words import tell
from customers.admin.paginator import CappedPaginator
from customers.models import AuditEntry, Customer

PER_PAGE = 50


def history_page(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """The page of a row's history. A row out of sight is a 404; of the rows that belong to it, those of kinds that the
    user may see are told (`history_with` of the admin class)."""
    row = model_admin.get_object(request, unquote(object_id))
    if row is None:
        model_admin._get_obj_does_not_exist_redirect(request, model_admin.opts, object_id)
    if not model_admin.has_view_or_change_permission(request, row):
        raise PermissionDenied
    user: Any = request.user
    entries = AuditEntry.objects.filter(_about(model_admin, row, user)).select_related("actor").order_by("-pk")
    page = CappedPaginator(entries, PER_PAGE).get_page(request.GET.get("page"))
    request.current_app = model_admin.admin_site.name
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("History: %(row)s") % {"row": row},
        "subtitle": None,
        "object": row,
        "opts": model_admin.opts,
        "entries": tell(page.object_list, user),
        "page": page,
        "own_model": row._meta.label_lower,
        # From where somebody worked is for administrators.
        "shows_origin": user.has_perm("customers.view_auditentry"),
    }
    return TemplateResponse(request, model_admin.object_history_template or "admin/audit/history.html", context)


def _about(model_admin: Any, row: Any, user: Any) -> Q:
    own = Q(model=row._meta.label_lower, object_id=str(row.pk))
    for part in model_admin.history_parts(row):
        own |= Q(model=part._meta.label_lower, object_id=str(part.pk))
    if not isinstance(row, Customer):
        return own
    beside = [label for label in model_admin.history_with if _may_see(user, label)]
    return own | Q(customer_id=row.pk, model__in=beside)


def _may_see(user: Any, label: str) -> bool:
    app, _dot, model = label.partition(".")
    return bool(user.has_perm(f"{app}.view_{model}"))
