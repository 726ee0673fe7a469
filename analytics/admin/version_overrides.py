"""Other parameters for some customers: the page on which an override is written, and its place among the others."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from analytics.admin.version_form import VersionOverrideForm, choosable_segments
from analytics.admin.version_page import override_lines, page_frame, version_link, visible_draft
from analytics.admin.version_verbs import EDITED, seen_version
from analytics.operations.read_parameters import merged
from analytics.operations.revise_draft import revise_draft
from analytics.operations.start_measuring import start_measuring
from analytics.operations.take_overrides import OverrideRefused
from customers.models import StaleVersion
from customers.tasks import poke_after_commit

Row = dict[str, Any]


def override_page(
    model_admin: Any, request: HttpRequest, pk: int, segment: int | None, *, at: datetime
) -> HttpResponse:
    """Write an override of a draft: a new one where no segment is named."""
    version = visible_draft(model_admin, request, pk)
    row = None if segment is None else _row(version, segment)
    segments = choosable_segments(request.user, version) if row is None else None
    own = row["parameters"] if row else {}
    form = model_admin.override_form(request.POST or None, version=version, segments=segments, own=own)
    if request.method == "POST" and form.is_valid() and _save(model_admin, request, version, row, form, at):
        return HttpResponseRedirect(f"{version_link(version)}#overrides")
    line = next((line for line in override_lines(model_admin, version) if line.segment == segment), None)
    context = {
        **page_frame(model_admin, request, version),
        "form": form,
        "line": line,
        "has_segments": segments is None or segments.exists(),
        "may_measure": bool(model_admin.measured_of_its_own(version)),
    }
    return TemplateResponse(request, "admin/analytics/version/override.html", context)


def _save(
    model_admin: Any,
    request: HttpRequest,
    version: Any,
    row: Row | None,
    form: VersionOverrideForm,
    at: datetime,
) -> bool:
    """Keep what was typed; False where it is refused, with the reason in the form."""
    user: Any = request.user
    parameters = form.parameters()
    stated = model_admin.measured_of_its_own(version) if "_measure" in request.POST else {}
    if stated:  # a baseline that is stated is measured on these customers
        parameters = merged(stated, parameters)
    # The form offers those alone that the user sees; one that stands keeps what it asked.
    segments = [] if row else [form.cleaned_data["segment"]]
    key = row["segment"] if row else segments[0].pk
    mine = {"segment": key, "parameters": parameters}
    rows = [mine if old["segment"] == key else old for old in version.overrides]
    changes = {"overrides": rows if row else [*rows, mine]}
    try:
        revise_draft(
            version=version, changes=changes, segments=segments, by=user, expected_version=seen_version(request), at=at
        )
        job = start_measuring(version=version, by=user, at=at) if stated else None
    except StaleVersion:
        version.refresh_from_db()
        form.add_error(
            None, _("Somebody edited this draft after you opened it. What you typed is still here: save again.")
        )
        return False
    except OverrideRefused as refused:
        form.add_error("segment" if row is None else None, str(refused))
        return False
    if job is not None:
        poke_after_commit()
    name = version.overrides[[one["segment"] for one in version.overrides].index(key)]["name"]
    messages.success(request, model_admin.words.override_saved % {"segment": name})
    return True


def move_override(
    model_admin: Any, request: HttpRequest, pk: int, segment: int, verb: str, *, at: datetime
) -> HttpResponse:
    """An override one place up or down, or away; then back to the draft."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    version = visible_draft(model_admin, request, pk)
    rows = list(version.overrides)
    place = rows.index(_row(version, segment))
    row = rows.pop(place)
    if verb in ("up", "down"):
        rows.insert(max(0, place - 1) if verb == "up" else place + 1, row)
    elif verb != "remove":
        raise Http404(_("There is no such page, or you may not see it."))
    user: Any = request.user
    try:
        revise_draft(
            version=version, changes={"overrides": rows}, by=user, expected_version=seen_version(request), at=at
        )
    except StaleVersion:
        messages.error(request, EDITED)
    return HttpResponseRedirect(f"{version_link(version)}#overrides")


def _row(version: Any, segment: int) -> Row:
    found: Row | None = next((row for row in version.overrides if row["segment"] == segment), None)
    if found is None:
        raise Http404(_("This draft has no override for that segment."))
    return found
