"""Runs of the score jobs: how far, how fast, what failed."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, Sum
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from analytics.choices import RunState
from analytics.models import ScoringChunk, ScoringRun
from customers.admin.base import CandidTabularInline, ReadOnlyModelAdmin
from customers.choices import LeaseState

DONE = Q(chunks__state=LeaseState.DONE)
STATE_TONES = {
    RunState.RUNNING: "info",
    RunState.DONE: "success",
    RunState.PARTIAL: "danger",
    RunState.SKIPPED: "warning",
}


class ChunkInline(CandidTabularInline):
    """The parts of a run, each leased by one worker at a time."""

    model = ScoringChunk
    fields = ["lo", "hi", "state", "customers", "time", "attempts", "error"]
    readonly_fields = ["lo", "hi", "state", "customers", "time", "attempts", "error"]
    can_delete = False
    per_page = 20

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody adds."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes."""
        return False

    @admin.display(description=gettext_lazy("seconds"))
    def time(self, chunk: ScoringChunk) -> str:
        """How long its worker took."""
        return str(number_format(chunk.seconds, 2))


@admin.register(ScoringRun)
class ScoringRunAdmin(ReadOnlyModelAdmin):
    """Nightly runs, sweeps and runs by hand."""

    list_display = ["__str__", "status", "progress", "speed", "failures", "version", "started_at", "finished_at"]
    list_filter = [("kind", ChoicesDropdownFilter), ("state", ChoicesDropdownFilter)]
    list_select_related = ["version"]
    fields = [
        ("kind", "state"),
        "progress",
        ("speed", "failures"),
        ("logical_at", "as_of"),
        ("started_at", "finished_at"),
        "version",
    ]
    readonly_fields = ["progress", "speed", "failures"]
    inlines = [ChunkInline]

    def get_queryset(self, request: HttpRequest) -> Any:
        """Runs with what their chunks add up to."""
        return (
            super()
            .get_queryset(request)
            .annotate(
                parts=Count("chunks"),
                parts_done=Count("chunks", filter=DONE),
                parts_failed=Count("chunks", filter=Q(chunks__state=LeaseState.FAILED)),
                scored=Sum("chunks__customers", filter=DONE),
                work_seconds=Sum("chunks__seconds", filter=DONE),
            )
        )

    @display(description=gettext_lazy("state"), ordering="state", label=STATE_TONES)
    def status(self, run: ScoringRun) -> tuple[str, str]:
        """The state as a label."""
        return run.state, run.get_state_display()

    @admin.display(description=gettext_lazy("progress"))
    def progress(self, run: Any) -> SafeString | str:
        """Customers scored, and a bar of the parts that are done."""
        if not run.parts:
            return _("nothing to do")
        share = round(100 * run.parts_done / run.parts)
        return format_html(
            '<span class="cd-score"><span class="cd-meter" aria-hidden="true"><i style="width:{}%"></i></span>'
            '<span class="cd-number">{}</span></span>',
            share,
            _("%(share)d %%, %(number)s customers")
            % {"share": share, "number": number_format(run.scored or 0, 0, force_grouping=True)},
        )

    @admin.display(description=gettext_lazy("speed"))
    def speed(self, run: Any) -> SafeString | str:
        """Customers a second of one worker's time."""
        if not run.work_seconds:
            return "–"
        each_second = number_format(run.scored / run.work_seconds, 0, force_grouping=True)
        return format_html('<span class="cd-number">{}</span>', _("%(number)s a second") % {"number": each_second})

    @admin.display(description=gettext_lazy("failed"))
    def failures(self, run: Any) -> SafeString | str:
        """Parts given up on."""
        if not run.parts_failed:
            return "–"
        return format_html(
            '<span class="cd-chip cd-chip--bad">{}</span>', _("%(number)d parts") % {"number": run.parts_failed}
        )
