"""What is done to a preference version: put in force, and given other weights for the customers of a segment."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.admin.preference_form import FEATURE_NAMES, WeightOverrideForm, choosable
from analytics.admin.version_form import shown
from analytics.admin.version_verbs import seen_version
from analytics.models import PreferenceModelVersion
from analytics.operations.activate_version import VersionIsActive, activate_version
from analytics.operations.revise_draft import revise_draft
from analytics.operations.take_overrides import OverrideRefused
from analytics.scoring.preference_parameters import PreferenceParameters
from analytics.tasks import poke_workers_after_commit
from customers.models import Segment, StaleVersion

EDITED = gettext_lazy("Somebody edited this draft after you opened it. Look at it, then try again.")


def visible(model_admin: Any, request: HttpRequest, pk: int) -> PreferenceModelVersion:
    """The version, or 404; 403 for someone who may see none."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    version: PreferenceModelVersion | None = model_admin.get_queryset(request).filter(pk=pk).first()
    if version is None:
        raise Http404(_("There is no such version."))
    return version


def link_of(version: PreferenceModelVersion) -> str:
    """The page of a version."""
    return reverse("admin:analytics_preferencemodelversion_change", args=[version.pk])


def _frame(model_admin: Any, request: HttpRequest, version: PreferenceModelVersion) -> dict[str, Any]:
    request.current_app = model_admin.admin_site.name
    return {
        **model_admin.admin_site.each_context(request),
        "title": str(version),
        "opts": model_admin.opts,
        "media": model_admin.media,
        "original": version,
        "version": version,
        "page": link_of(version),
    }


def lines_of(version: PreferenceModelVersion) -> list[dict[str, Any]]:
    """The overrides of a version in their order, each with the weights that differ."""
    everybody = PreferenceParameters.from_dict(version.parameters).weights
    last = len(version.overrides) - 1
    return [
        {
            "place": place + 1,
            "segment": row["segment"],
            "name": row["name"],
            "changes": [
                (FEATURE_NAMES[name], number_format(shown(value)), number_format(shown(everybody[name])))
                for name, value in row["parameters"].get("weights", {}).items()
            ],
            "is_first": place == 0,
            "is_last": place == last,
        }
        for place, row in enumerate(version.overrides)
    ]


def activate(model_admin: Any, request: HttpRequest, pk: int, *, at: datetime) -> HttpResponse:
    """Ask whether a version shall come in force; a POST does it."""
    version = visible(model_admin, request, pk)
    if not model_admin.has_change_permission(request):
        raise PermissionDenied
    if request.method != "POST":
        if version.state == "active":
            return HttpResponseRedirect(link_of(version))
        more = {"in_force": model_admin.get_queryset(request).active().first()}
        context = {**_frame(model_admin, request, version), **more}
        return TemplateResponse(request, "admin/analytics/preference_version/activate.html", context)
    user: Any = request.user
    measure = version.is_draft and "measure" in request.POST
    try:
        activate_version(version=version, by=user, measure=measure, expected_version=seen_version(request), at=at)
    except VersionIsActive as refused:
        messages.warning(request, str(refused))
    except StaleVersion:
        messages.error(request, EDITED)
    else:
        poke_workers_after_commit()
        text = _("Version %(number)d is in force. All profiles are being made anew.")
        messages.success(request, text % {"number": version.number})
    return HttpResponseRedirect(link_of(version))


def override(model_admin: Any, request: HttpRequest, pk: int, segment: int | None, *, at: datetime) -> HttpResponse:
    """Write other weights of a draft: for a new segment where none is named."""
    version = _draft(model_admin, request, pk)
    row = None if segment is None else _row(version, segment)
    segments = choosable(request.user, version) if row is None else None
    own = row["parameters"].get("weights", {}) if row else {}
    form = WeightOverrideForm(request.POST or None, version=version, segments=segments, own=own)
    if request.method == "POST" and form.is_valid():
        key = row["segment"] if row else form.cleaned_data["segment"].pk
        mine = {"segment": key, "parameters": {"weights": form.weights()}}
        rows = [mine if old["segment"] == key else old for old in version.overrides]
        if _saved(request, version, rows if row else [*rows, mine], form, at, Segment.objects.filter(pk=key)):
            return HttpResponseRedirect(f"{link_of(version)}#overrides")
    has_segments = segments is None or segments.exists()
    context = {**_frame(model_admin, request, version), "form": form, "row": row, "has_segments": has_segments}
    return TemplateResponse(request, "admin/analytics/preference_version/override.html", context)


def move(model_admin: Any, request: HttpRequest, pk: int, segment: int, verb: str, *, at: datetime) -> HttpResponse:
    """An override one place up or down, or away; then back to the draft."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    version = _draft(model_admin, request, pk)
    rows = list(version.overrides)
    place = rows.index(_row(version, segment))
    row = rows.pop(place)
    if verb in ("up", "down"):
        rows.insert(max(0, place - 1) if verb == "up" else place + 1, row)
    elif verb != "remove":
        raise Http404(_("There is no such page, or you may not see it."))
    _saved(request, version, rows, None, at, Segment.objects.none())
    return HttpResponseRedirect(f"{link_of(version)}#overrides")


def _saved(
    request: HttpRequest,
    version: PreferenceModelVersion,
    rows: list[dict[str, Any]],
    form: WeightOverrideForm | None,
    at: datetime,
    segments: Any,
) -> bool:
    user: Any = request.user
    try:
        revise_draft(
            version=version,
            changes={"overrides": rows},
            segments=segments.visible_to(user),
            by=user,
            expected_version=seen_version(request),
            at=at,
        )
    except StaleVersion:
        version.refresh_from_db()
        if form is None:
            messages.error(request, EDITED)
        else:
            form.add_error(None, _("Somebody edited this draft. What you typed is still here: save again."))
        return False
    except OverrideRefused as refused:
        if form is None:
            messages.error(request, str(refused))
        else:
            form.add_error("segment" if "segment" in form.fields else None, str(refused))
        return False
    return True


def _draft(model_admin: Any, request: HttpRequest, pk: int) -> PreferenceModelVersion:
    version = visible(model_admin, request, pk)
    if not model_admin.has_change_permission(request, version):
        raise PermissionDenied
    return version


def _row(version: PreferenceModelVersion, segment: int) -> dict[str, Any]:
    found: dict[str, Any] | None = next((row for row in version.overrides if row["segment"] == segment), None)
    if found is None:
        raise Http404(_("This draft has no override for that segment."))
    return found
