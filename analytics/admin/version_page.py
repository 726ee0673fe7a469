"""What stands around the form of a version, of scores or of preferences: its verbs, overrides, preview, and what
happened to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from analytics.admin.version_form import shown
from analytics.choices import VersionEventKind, VersionState
from analytics.models import Preview, VersionEvent
from analytics.operations.start_measuring import measuring_of
from analytics.operations.start_preview import preview_of
from customers.admin.progress import progress_context
from customers.models import Job, Segment
from customers.segments.definition import SegmentInvalid, read_definition
from customers.segments.facts import Catalogue
from customers.segments.sentence import sentence_of

MOST_EVENTS = 50
FROM = "from"

# (what, value here, value for everybody), under a heading
Differences = list[tuple[str, list[tuple[str, str, str]]]]


@dataclass(frozen=True, slots=True)
class Line:
    """An override as the page shows it. `trouble`: why nobody is in it, or what its segment asks by now."""

    place: int
    segment: int
    name: str
    asks: str
    trouble: str
    changes: Differences
    is_first: bool
    is_last: bool


def visible_version(model_admin: Any, request: HttpRequest, pk: int) -> Any:
    """The version, or 404; 403 for someone who may see none."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    version = model_admin.get_queryset(request).filter(pk=pk).first()
    if version is None:
        raise Http404(_("There is no such version."))
    return version


def visible_draft(model_admin: Any, request: HttpRequest, pk: int) -> Any:
    """The same of a draft: 403 for whoever may not edit it, or where it is none."""
    version = visible_version(model_admin, request, pk)
    if not model_admin.has_change_permission(request, version):
        raise PermissionDenied
    return version


def base_of_draft(model_admin: Any, request: HttpRequest) -> Any:
    """What a new draft begins with: the version of ?from=, else the one in force; None where there is none yet."""
    rows = model_admin.get_queryset(request)
    key = request.GET.get(FROM, "")
    asked = rows.filter(pk=int(key)).first() if key.isascii() and key.isdecimal() and len(key) < 19 else None
    return asked or rows.active().first()


def page_frame(model_admin: Any, request: HttpRequest, version: Any) -> dict[str, Any]:
    """What all pages about one version share."""
    request.current_app = model_admin.admin_site.name
    return {
        **model_admin.admin_site.each_context(request),
        "title": str(version),
        "opts": model_admin.opts,
        "media": model_admin.media,
        "words": model_admin.words,
        "original": version,
        "version": version,
        "page": version_link(version),
    }


def version_link(version: Any, view: str = "change") -> str:
    """A page of a version."""
    return reverse(f"admin:{version._meta.app_label}_{version._meta.model_name}_{view}", args=[version.pk])


def version_context(model_admin: Any, request: HttpRequest, version: Any, *, at: datetime) -> dict[str, Any]:
    """Everything beside the form."""
    preview = preview_of(version)
    poll = version_link(version, "progress")
    events = VersionEvent.objects.filter(of=version.of, number=version.number).select_related("by")
    return {
        **progress_context(request, job_of(version, preview), poll=poll, page=version_link(version), at=at),
        "version": version,
        "words": model_admin.words,
        "may_edit": model_admin.has_change_permission(request, version),
        "may_activate": may_activate(model_admin, request),
        "may_draft": model_admin.has_add_permission(request),
        "going_on": model_admin.runs_by(version).first(),
        "previous": _previous(version),
        "in_force": model_admin.get_queryset(request).active().first(),
        "overrides": override_lines(model_admin, version),
        "preview": shown_preview(model_admin, preview, request.user),
        "events": [(event, change_lines(event, version, model_admin.names)) for event in events[:MOST_EVENTS]],
    }


def shown_preview(model_admin: Any, preview: Preview | None, user: Any) -> dict[str, Any] | None:
    """A preview, ready to be shown; None where there is none yet."""
    if preview is None or preview.result is None:
        return None
    found: dict[str, Any] = model_admin.preview_context(preview, user)
    return found


def _previous(version: Any) -> Any:
    """The version that this one, which is in force, took the place of."""
    if version.state != VersionState.ACTIVE:
        return None
    kinds = (VersionEventKind.ACTIVATED, VersionEventKind.ROLLED_BACK)
    event = VersionEvent.objects.filter(of=version.of, number=version.number, kind__in=kinds).first()
    number = event.changes.get("in force", [None])[0] if event else None
    return type(version).objects.filter(number=number).first() if number else None


def may_activate(model_admin: Any, request: HttpRequest) -> bool:
    """Whether the user decides which version is in force: whoever may change versions, drafts and others."""
    return model_admin.has_change_permission(request)  # type: ignore[no-any-return]


def job_of(version: Any, preview: Preview | None) -> Job | None:
    """The work on a version that is to be shown: what goes on, or a preview that failed."""
    measuring = measuring_of(version)
    if measuring is not None:
        return measuring
    return preview.job if preview is not None and preview.result is None else None


def override_lines(model_admin: Any, version: Any) -> list[Line]:
    """The overrides of a version in their order, each with what differs."""
    live = Segment.objects.in_bulk([row["segment"] for row in version.overrides])
    last, catalogue = len(version.overrides) - 1, Catalogue(None)
    return [
        Line(
            place=place + 1,
            segment=row["segment"],
            name=row["name"],
            **_asks(row, live.get(row["segment"]), catalogue),
            changes=model_admin.differences(row["parameters"], version.parameters),
            is_first=place == 0,
            is_last=place == last,
        )
        for place, row in enumerate(version.overrides)
    ]


def _asks(row: dict[str, Any], segment: Segment | None, catalogue: Catalogue) -> dict[str, str]:
    try:
        asks = sentence_of(read_definition(row["definition"], catalogue=catalogue), catalogue=catalogue)
    except SegmentInvalid as error:
        problem = _("It cannot be asked any more, so nobody is in it: %(problem)s")
        return {"asks": "", "trouble": problem % {"problem": error}}
    trouble = ""
    if segment is None:
        trouble = _("The segment was deleted since. The override goes on with what it asked.")
    elif segment.definition != row["definition"]:
        trouble = _("The segment was changed since. The override goes on with what it asked then.")
    return {"asks": asks, "trouble": trouble}


def differing(
    own: Mapping[str, float], everybody: Mapping[str, float], names: Mapping[str, Any]
) -> list[tuple[str, str, str]]:
    """Of each number that is another than for everybody: its name, and both."""
    return [
        (str(names[name]), number_format(shown(value)), number_format(shown(everybody[name])))
        for name, value in own.items()
    ]


def change_lines(event: VersionEvent, version: Any, names: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What an event changed, in words: (what, old, new)."""
    segments = {str(row["segment"]): row["name"] for row in version.overrides}
    return [(_path(path, segments, names), _value(old), _value(new)) for path, (old, new) in event.changes.items()]


def _path(path: str, segments: dict[str, str], names: Mapping[str, Any]) -> str:
    parts = path.split(".")
    if parts[0] == "overrides" and len(parts) > 1:
        return " · ".join([segments.get(parts[1], f"#{parts[1]}"), *_named(parts[2:], names)])
    return " · ".join(_named(parts, names))


def _named(parts: list[str], names: Mapping[str, Any]) -> list[str]:
    words: dict[str, Any] = {
        **names,
        "label": _("label"),
        "note": _("note"),
        "overrides": _("overrides"),
        "in force": _("in force"),
    }
    return [str(words.get(part, part)) for part in parts]


def _value(value: Any) -> str:
    if value is None or value in ("", []):
        return "–"
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return number_format(shown(value)) if isinstance(value, float) else str(value)
