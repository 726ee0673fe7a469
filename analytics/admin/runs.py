"""Runs of the score jobs: how far, how fast, what failed."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from analytics.admin.run_page import may_resume, nights_context, progress_answer, resume, run_context
from analytics.admin.words import elapsed
from analytics.choices import RunState
from analytics.models import ScoringChunk, ScoringRun
from analytics.operations.run_progress import runs_progress
from customers.admin.base import CandidTabularInline, ReadOnlyModelAdmin
from customers.choices import LeaseState

STATE_TONES = {
    RunState.RUNNING: "info",
    RunState.DONE: "success",
    RunState.PARTIAL: "danger",
    RunState.SKIPPED: "warning",
}


class ChunkInline(CandidTabularInline):
    """The parts of a run, each leased by one worker at a time."""

    model = ScoringChunk
    fields: ClassVar[tuple[str, ...]] = ("keys", "state", "customers", "time", "attempts", "error")
    readonly_fields = fields
    can_delete = False
    hide_title = True
    ordering = ["lo"]
    per_page = 20

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody adds."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes."""
        return False

    @admin.display(description=gettext_lazy("keys of customers"))
    def keys(self, chunk: ScoringChunk) -> str:
        """From which to which."""
        return f"{chunk.lo} – {chunk.hi}"

    @admin.display(description=gettext_lazy("seconds"))
    def time(self, chunk: ScoringChunk) -> str:
        """How long its worker took."""
        return str(number_format(chunk.seconds, 2))


class RunChangeList(ChangeList):
    """Runs, each knowing its `how_far`: asked in one query for those of the page, not for a month of sweeps."""

    def get_results(self, request: HttpRequest) -> None:
        """One page of runs."""
        super().get_results(request)
        found = runs_progress(runs=list(self.result_list), at=timezone.now())
        for row in self.result_list:
            row.how_far = found[row.pk]


@admin.register(ScoringRun)
class ScoringRunAdmin(ReadOnlyModelAdmin):
    """Nightly runs, sweeps and runs by hand."""

    empty_hint = gettext_lazy(
        "A run over everybody is made every night at 02:00, and a sweep wherever something changed."
    )
    list_display = ["__str__", "status", "progress", "parts", "speed", "took", "failures", "version"]
    list_filter = [("kind", ChoicesDropdownFilter), ("state", ChoicesDropdownFilter)]
    list_select_related = ["version"]
    fields = [("kind", "state"), ("logical_at", "as_of"), ("started_at", "finished_at"), "version"]
    inlines = [ChunkInline]
    list_before_template = "admin/analytics/run/nights.html"
    change_form_outer_before_template = "admin/analytics/run/before.html"

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        """The list with what the parts of each run add up to."""
        return RunChangeList

    def get_urls(self) -> list[URLPattern]:
        """How far a run is is asked for at .../progress/; its failed parts are tried again at .../resume/."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/progress/", wrap(self.progress_view), name="analytics_scoringrun_progress"),
            path("<int:pk>/resume/", wrap(self.resume_view), name="analytics_scoringrun_resume"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, below what the last runs over everybody took."""
        return super().changelist_view(request, {**nights_context(), **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The run with its progress, alive while it goes on."""
        run = self.get_object(request, object_id)
        more = run_context(request, run, at=timezone.now()) if run else {}
        response: HttpResponse = super().change_view(request, object_id, form_url, {**more, **(extra_context or {})})
        return response

    def progress_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """How far one is."""
        return progress_answer(request, self._run(request, pk), at=timezone.now())

    def resume_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Have the failed parts of one tried again."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        run = self._run(request, pk)
        if not may_resume(request):
            raise PermissionDenied
        resume(request, run, at=timezone.now())
        return HttpResponseRedirect(reverse("admin:analytics_scoringrun_change", args=[pk]))

    def _run(self, request: HttpRequest, pk: int) -> ScoringRun:
        run: ScoringRun | None = self.get_queryset(request).filter(pk=pk).first()
        if run is None or not self.has_view_permission(request, run):
            raise Http404(_("There is no such run, or you may not see it."))
        return run

    @display(description=gettext_lazy("state"), ordering="state", label=STATE_TONES)
    def status(self, run: ScoringRun) -> tuple[str, str]:
        """The state as a label."""
        return run.state, run.get_state_display()

    @admin.display(description=gettext_lazy("progress"))
    def progress(self, run: Any) -> SafeString | str:
        """Customers scored, and a bar."""
        if not run.how_far.planned:
            return _("nothing to do")
        number = number_format(run.how_far.done, 0, force_grouping=True)
        return format_html(
            '<span class="cd-score"><span class="cd-meter" aria-hidden="true"><i style="width:{}%"></i></span>'
            '<span class="cd-number">{}</span></span>',
            run.how_far.share,
            _("%(share)d %%, %(number)s customers") % {"share": run.how_far.share, "number": number},
        )

    @admin.display(description=gettext_lazy("parts"))
    def parts(self, run: Any) -> SafeString:
        """How many of the parts are done."""
        chunks = run.how_far.chunks
        return format_html('<span class="cd-number">{}/{}</span>', chunks[LeaseState.DONE], sum(chunks.values()))

    @admin.display(description=gettext_lazy("speed"))
    def speed(self, run: Any) -> SafeString | str:
        """Customers a second, by the clock on the wall."""
        if run.how_far.rate is None:
            return "–"
        each_second = number_format(round(run.how_far.rate), 0, force_grouping=True)
        return format_html('<span class="cd-number">{}</span>', _("%(number)s a second") % {"number": each_second})

    @admin.display(description=gettext_lazy("took"))
    def took(self, run: Any) -> str:
        """From its beginning to its end; of one that goes on, to now."""
        return elapsed(run.how_far.seconds) if run.how_far.planned else "–"

    @admin.display(description=gettext_lazy("failed"))
    def failures(self, run: Any) -> SafeString | str:
        """Customers given up on."""
        if not run.how_far.failed:
            return "–"
        number = number_format(run.how_far.failed, 0, force_grouping=True)
        return format_html(
            '<span class="cd-chip cd-chip--bad">{}</span>', _("%(number)s customers") % {"number": number}
        )
