"""What is done to a version, of scores or of preferences: previewed, measured, put in force."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.admin.version_page import (
    job_of,
    may_activate,
    page_frame,
    shown_preview,
    version_link,
    visible_draft,
    visible_version,
)
from analytics.operations.activate_version import VersionIsActive, activate_version
from analytics.operations.revise_draft import VersionIsFrozen
from analytics.operations.start_measuring import start_measuring
from analytics.operations.start_preview import preview_of, start_preview
from analytics.tasks import poke_workers_after_commit
from customers.admin.progress import progress_answer
from customers.models import StaleVersion
from customers.tasks import poke_after_commit

SEEN = "seen_version"
EDITED = gettext_lazy("Somebody edited this draft after you opened it. Look at it, then try again.")


def version_verb(model_admin: Any, request: HttpRequest, pk: int, verb: str, *, at: datetime) -> HttpResponse:
    """Preview a version, or measure on everybody what a draft takes for usual; then back to its page."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    version = visible_version(model_admin, request, pk)
    if verb == "preview":
        if not may_activate(model_admin, request):
            raise PermissionDenied
        place = "#preview" if _preview(model_admin, request, version, at) else ""
    elif verb == "measure":
        version, place = visible_draft(model_admin, request, pk), ""
        _measure(model_admin, request, version, at)
    else:
        raise Http404(_("There is no such page, or you may not see it."))
    return HttpResponseRedirect(f"{version_link(version)}{place}")


def _preview(model_admin: Any, request: HttpRequest, version: Any, at: datetime) -> bool:
    """Whether there is something to look at now; else a job tells how far it is."""
    user: Any = request.user
    try:
        preview = start_preview(version=version, by=user, at=at)
    except VersionIsActive as refused:
        messages.warning(request, str(refused))
        return False
    if preview.job is not None:
        poke_after_commit()
        messages.success(request, model_admin.words.previewing)
    return preview.job is None


def _measure(model_admin: Any, request: HttpRequest, version: Any, at: datetime) -> None:
    user: Any = request.user
    try:
        job = start_measuring(version=version, by=user, expected_version=seen_version(request), at=at)
    except VersionIsFrozen as refused:
        messages.error(request, str(refused))
    except StaleVersion:
        messages.error(request, EDITED)
    else:
        if job is not None:
            poke_after_commit()
        messages.success(request, model_admin.words.measuring if job else model_admin.words.measured)


def activate_page(model_admin: Any, request: HttpRequest, pk: int, *, at: datetime) -> HttpResponse:
    """Ask whether a version shall come in force; a POST does it."""
    version = visible_version(model_admin, request, pk)
    if not may_activate(model_admin, request):
        raise PermissionDenied
    if request.method == "POST":
        return _activate(model_admin, request, version, at)
    if version.state == "active":
        return HttpResponseRedirect(version_link(version))
    in_force = model_admin.get_queryset(request).active().first()
    context = {
        **page_frame(model_admin, request, version),
        "in_force": in_force,
        "warning": model_admin.warning(version, in_force),
        "preview": shown_preview(model_admin, preview_of(version), request.user),
    }
    return TemplateResponse(request, "admin/analytics/version/activate.html", context)


def _activate(model_admin: Any, request: HttpRequest, version: Any, at: datetime) -> HttpResponse:
    user: Any = request.user
    try:
        activate_version(version=version, by=user, expected_version=seen_version(request), at=at)
    except VersionIsActive as refused:
        messages.warning(request, str(refused))
    except StaleVersion:
        messages.error(request, EDITED)
    else:
        poke_workers_after_commit()
        messages.success(request, model_admin.words.activated % {"number": version.number})
    return HttpResponseRedirect(version_link(version))


def preview_progress(model_admin: Any, request: HttpRequest, pk: int, *, at: datetime) -> HttpResponse:
    """How far the work on a version is, for its page."""
    version = visible_version(model_admin, request, pk)
    return progress_answer(request, job_of(version, preview_of(version)), page=version_link(version), at=at)


def seen_version(request: HttpRequest) -> int | None:
    """The edit of the draft that the user saw."""
    given = request.POST.get(SEEN, "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else None
