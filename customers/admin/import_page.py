"""The page of one import: what it brought, what became of each row, and the way back."""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.admin.progress import progress_answer, progress_context
from customers.choices import ImportState, Outcome
from customers.importers.formats import label_of
from customers.models import Customer, ImportBatch, ImportRow
from customers.operations.undo_import import UNDOABLE
from customers.operations.uploads import open_report, upload_of

ROWS_SHOWN = 50
TONES = {
    Outcome.CREATED: "good",
    Outcome.UPDATED: "fair",
    Outcome.DUPLICATE: "warn",
    Outcome.REFUSED: "bad",
    Outcome.UNCHANGED: "",
}
STATE_TONES = {
    ImportState.DONE: "good",
    ImportState.FAILED: "bad",
    ImportState.UNDONE: "warn",
    ImportState.UPLOADED: "",
}


# Where in the wizard an import stands.
STEPS = {
    ImportState.UPLOADED: 2,
    ImportState.CHECKING: 3,
    ImportState.CHECKED: 3,
    ImportState.RUNNING: 4,
    ImportState.DONE: 4,
    ImportState.FAILED: 4,
}


# How a row that looks like a customer who is here tells which (customers.operations.spot_duplicates).
LOOK_ALIKE = re.compile(r"#(\d{1,18})\D")


@dataclass(frozen=True, slots=True)
class Tab:
    """One outcome above the table of rows: how many rows had it."""

    code: str
    label: str
    count: int
    tone: str
    is_open: bool


def visible_batch(model_admin: Any, request: HttpRequest, pk: int) -> ImportBatch:
    """The import, or 404 when it is out of the user's sight; 403 for someone who may see no import at all."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    batches = model_admin.get_queryset(request).select_related("team", "started_by", "job")
    batch: ImportBatch | None = batches.filter(pk=pk).first()
    if batch is None:
        raise Http404(_("There is no such import, or you may not see it."))
    return batch


def is_mine(request: HttpRequest, batch: ImportBatch) -> bool:
    """Whether the user goes on with this import: it runs with the rights of whoever began it."""
    may = request.user.has_perm("customers.add_importbatch")
    return may and batch.started_by_id is not None and batch.started_by_id == request.user.pk


def page_frame(model_admin: Any, request: HttpRequest, batch: ImportBatch) -> dict[str, Any]:
    """What all pages about one import share."""
    request.current_app = model_admin.admin_site.name
    return {
        **model_admin.admin_site.each_context(request),
        "title": batch.path,
        "opts": model_admin.opts,
        "media": model_admin.media,
        "original": batch,
        "batch": batch,
        "format_label": label_of(batch.format),
        "state_tone": STATE_TONES.get(ImportState(batch.state), "fair"),
    }


def import_page(model_admin: Any, request: HttpRequest, batch: ImportBatch, *, at: datetime) -> HttpResponse:
    """Render the page."""
    poll = reverse("admin:customers_importbatch_progress", args=[batch.pk])
    may_undo = model_admin.has_undo_permission(request)
    mine = is_mine(request, batch)
    context = {
        **page_frame(model_admin, request, batch),
        **progress_context(request, batch.job, poll=poll, page=request.path, at=at),
        **rows_context(request, batch),
        "kinds": [(kind_words(kind), counts) for kind, counts in batch.counts.items()],
        "has_report": report_file(batch) is not None,
        "can_undo": may_undo and batch.state in UNDOABLE and not batch.dry_run,
        "step": STEPS.get(ImportState(batch.state)),
        "is_mine": mine,
        "can_go_on": mine and batch.state == ImportState.FAILED and upload_of(batch) is not None,
        "notes": batch.options.get("notes", {}).items(),
    }
    return TemplateResponse(request, "admin/customers/importbatch/page.html", context)


def rows_context(request: HttpRequest, batch: ImportBatch) -> dict[str, Any]:
    """The rows of one outcome, from ?after= on, and how many there are of each."""
    counts = {outcome: sum(kind.get(outcome, 0) for kind in batch.counts.values()) for outcome in Outcome.values}
    counts[Outcome.DUPLICATE] = batch.duplicates
    asked = request.GET.get("rows", "")
    # What a person has to look at comes first.
    order = (Outcome.REFUSED, Outcome.DUPLICATE, Outcome.CREATED, Outcome.UPDATED, Outcome.UNCHANGED)
    chosen = asked if asked in Outcome.values else next((o for o in order if counts[o]), Outcome.CREATED)
    after = request.GET.get("after", "")
    key = int(after) if after.isdecimal() and len(after) < 19 else 0
    kept = ImportRow.objects.filter(batch=batch, outcome=chosen, pk__gt=key)
    rows = list(kept.visible_to(request.user).order_by("pk")[: ROWS_SHOWN + 1])
    more = len(rows) > ROWS_SHOWN
    for row in rows:
        row.kind_words = kind_words(row.kind)  # type: ignore[attr-defined]
    if chosen == Outcome.DUPLICATE:
        _find_look_alikes(request, rows)
    tabs = [Tab(o.value, str(o.label), counts[o], TONES[o], o == chosen) for o in Outcome]
    return {
        "tabs": tabs,
        "open_tab": next(tab for tab in tabs if tab.is_open),
        "rows": rows[:ROWS_SHOWN],
        "rows_after": rows[ROWS_SHOWN - 1].pk if more else None,
        "rows_before": bool(key),
        "rows_hidden": not rows and kept.exists(),
    }


def kind_words(kind: str) -> str:
    """What rows are, in words: the nouns of imports are those of our models."""
    return _(kind.replace("_", " "))


def _find_look_alikes(request: HttpRequest, rows: list[Any]) -> None:
    """Let the rows know the customers whom they look like, as far as the user may see them."""
    keys = {row.pk: int(match[1]) for row in rows if (match := LOOK_ALIKE.search(row.detail))}
    seen = Customer.objects.visible_to(request.user).only("name").in_bulk(list(keys.values()))
    for row in rows:
        row.look_alike = seen.get(keys.get(row.pk))


def import_progress(model_admin: Any, request: HttpRequest, pk: int, *, at: datetime) -> HttpResponse:
    """How far the job of an import is, for whoever may see the import."""
    batch = visible_batch(model_admin, request, pk)
    page = reverse("admin:customers_importbatch_change", args=[pk])
    return progress_answer(request, batch.job, page=page, at=at)


def report_file(batch: ImportBatch) -> Path | None:
    """The report of refused rows; None where there is none, or not any more."""
    path = Path(batch.report_path).resolve() if batch.report_path else None
    inside = path is not None and path.is_relative_to(Path(settings.VAR_DIR).resolve())
    return path if path and inside and path.is_file() else None


def import_report(model_admin: Any, request: HttpRequest, pk: int) -> FileResponse:
    """Hand the report of refused rows out, as a file to be saved."""
    batch = visible_batch(model_admin, request, pk)
    path = report_file(batch)
    if path is None:
        raise Http404(_("This import has no report."))
    name = f"import-{batch.pk}-refused.csv"
    return FileResponse(open_report(path), as_attachment=True, filename=name, content_type="text/csv; charset=utf-8")
