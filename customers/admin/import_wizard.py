"""The steps of an import after the upload: mapping, check, import. Each is taken by whoever began it, with their own
rights; colleagues of the team look on."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.admin.import_mapping import mapping_context, take_mapping_form
from customers.admin.import_page import is_mine, page_frame, visible_batch
from customers.choices import ImportState
from customers.importers.draft import Draft, FilesGone
from customers.importers.jobs import PREPARED, AtWork, NotPrepared, start_check, start_import
from customers.models import ImportBatch
from customers.operations.keep_mapping import keep_mapping
from customers.operations.uploads import forget_upload
from customers.tasks import poke_after_commit

MAPPING = "admin/customers/importbatch/mapping.html"
LONGEST_NAME = 100


def _own_batch(model_admin: Any, request: HttpRequest, pk: int) -> ImportBatch:
    batch = visible_batch(model_admin, request, pk)
    if not is_mine(request, batch):
        raise PermissionDenied
    return batch


def _page(pk: int) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:customers_importbatch_change", args=[pk]))


def _upload() -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:customers_importbatch_add"))


def mapping_page(
    model_admin: Any, request: HttpRequest, batch: ImportBatch, draft: Draft, *, shown: bool = False
) -> HttpResponse:
    """Render the mapping. `shown`: problems stand in the way of what was just asked for."""
    context = {**page_frame(model_admin, request, batch), **mapping_context(draft), "step": 2, "shown": shown}
    return TemplateResponse(request, MAPPING, context, status=422 if shown else 200)


@transaction.atomic
def map_import(model_admin: Any, request: HttpRequest, pk: int, *, at: datetime) -> HttpResponse:
    """Take the mapping as it is on the page; then keep it, keep it under a name, or have it checked."""
    batch = _own_batch(model_admin, request, pk)
    # One change after the other: what was seen of the files and how they are read go together.
    batch.refresh_from_db(from_queryset=ImportBatch.objects.select_for_update())
    if batch.state not in PREPARED:
        messages.warning(request, str(AtWork()))
        return _page(pk)
    try:
        draft = Draft(batch)
    except FilesGone as gone:
        messages.error(request, str(gone))
        return _upload()
    take_mapping_form(draft, request)
    draft.save()
    user: Any = request.user
    name = request.POST.get("keep_as", "").replace("\x00", "").strip()[:LONGEST_NAME]
    if name and request.POST.get("action") in ("check", "save") and user.has_perm("customers.add_importmapping"):
        keep_mapping(name=name, format=batch.format, tables=draft.as_saved(), by=user, at=at)
        messages.success(request, _("The mapping was kept as “%(name)s”.") % {"name": name})
    if request.POST.get("action") != "check":
        return mapping_page(model_admin, request, batch, draft)
    try:
        start_check(batch=batch, by=user, at=at)
    except NotPrepared:
        return mapping_page(model_admin, request, batch, draft, shown=True)
    poke_after_commit()
    return _page(pk)


def begin_import(model_admin: Any, request: HttpRequest, pk: int, *, at: datetime) -> HttpResponse:
    """Have a worker import the files."""
    batch = _own_batch(model_admin, request, pk)
    try:
        start_import(batch=batch, by=request.user, at=at)  # type: ignore[arg-type]
    except FilesGone as gone:
        messages.error(request, str(gone))
    except (NotPrepared, AtWork) as refused:
        messages.error(request, str(refused))
    else:
        poke_after_commit()
    return _page(pk)


def back_to_mapping(model_admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """After a check: change the mapping after all."""
    batch = _own_batch(model_admin, request, pk)
    going_back = ImportBatch.objects.filter(pk=batch.pk, state=ImportState.CHECKED)
    going_back.update(state=ImportState.UPLOADED, error="")
    return _page(pk)


def discard_import(model_admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """Forget an import that was not begun, with its files."""
    batch = _own_batch(model_admin, request, pk)
    if batch.state not in PREPARED:
        messages.warning(request, str(AtWork()))
        return _page(pk)
    forget_upload(batch)
    batch.delete()
    messages.success(request, _("The files were deleted. Nothing was imported."))
    return HttpResponseRedirect(reverse("admin:customers_importbatch_changelist"))
