"""The undo of an import: what it would do, what stands in its way, and the button."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from customers.admin.import_page import page_frame, visible_batch
from customers.models import ImportBatch
from customers.operations.start_undo import LOOKED_AT_FIRST, rows_of, start_undo
from customers.operations.undo_import import UNDOABLE, CannotUndo, RowsTouched
from customers.operations.what_was_touched import Touched, what_was_touched
from customers.tasks import poke_after_commit

TEMPLATE = "admin/customers/importbatch/undo.html"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A touched row as the page shows it; `link` is empty where there is no page of it."""

    kind: str
    name: str
    reason: str
    link: str


def undo_page(model_admin: Any, request: HttpRequest, pk: int, *, at: datetime) -> HttpResponse:
    """Show what an undo would do; a POST starts it."""
    batch = visible_batch(model_admin, request, pk)
    if not model_admin.has_undo_permission(request):
        raise PermissionDenied
    user: Any = request.user
    page = reverse("admin:customers_importbatch_change", args=[pk])
    touched: list[Touched] = []
    if request.method == "POST":
        try:
            start_undo(batch=batch, by=user, at=at)
        except RowsTouched as refused:
            touched = refused.touched
        except CannotUndo as refused:
            messages.error(request, str(refused))
            return HttpResponseRedirect(page)
        else:
            poke_after_commit()
            messages.success(request, _("The import is being undone."))
            return HttpResponseRedirect(page)
    elif batch.state not in UNDOABLE or batch.dry_run:
        return HttpResponseRedirect(page)
    is_large = rows_of(batch) > LOOKED_AT_FIRST
    if not touched and not is_large:
        touched = what_was_touched(batch=batch, by=user)
    context = {
        **page_frame(model_admin, request, batch),
        "obstacles": [_obstacle(row) for row in touched],
        "is_large": is_large,
        "written": _written(batch),
    }
    return TemplateResponse(request, TEMPLATE, context, status=409 if touched and request.method == "POST" else 200)


def _written(batch: ImportBatch) -> dict[str, int]:
    """How many rows would go, and how many would have their old values back."""
    counts = batch.counts.values()
    return {name: sum(kind.get(name, 0) for kind in counts) for name in ("created", "updated")}


def _obstacle(row: Touched) -> Obstacle:
    options = row.model._meta
    link = ""
    if row.name:
        try:
            link = reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[row.key])
        except NoReverseMatch:
            link = ""
    return Obstacle(str(options.verbose_name), row.name or str(row.key), row.reason, link)
