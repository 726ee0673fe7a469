"""Long work: what is being done behind the scenes, how far it is, and what came of it."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display

from customers.admin.base import ReadOnlyModelAdmin
from customers.admin.exports import list_label
from customers.admin.progress import kind_label, may_stop, progress_answer, progress_context
from customers.admin.words import ago
from customers.models import Export, ImportBatch, Job
from customers.operations.job_kinds import job_kinds
from customers.operations.stop_job import stop_job


class KindFilter(DropdownFilter):
    """What kind of work."""

    title = gettext_lazy("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The kinds that the installed rooms know."""
        return [(kind.code, kind.label) for kind in job_kinds()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Jobs of the kind."""
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Job)
class JobAdmin(ReadOnlyModelAdmin):
    """One's own jobs; whoever sees all teams sees everybody's."""

    empty_hint = gettext_lazy("Imports, exports and other work that takes a while stand here, with how far they are.")
    list_display = ["what", "status", "how_far", "created_by", "begun", "trouble"]
    list_filter = [KindFilter, ("state", ChoicesDropdownFilter)]
    list_select_related = ["created_by"]
    fields = ["what", "created_by", "created_at", "started_at", "finished_at", "attempts", "outcome"]
    readonly_fields = ["what", "outcome"]
    actions = ["stop_jobs"]
    change_form_outer_before_template = "admin/customers/job/before.html"

    def get_urls(self) -> list[URLPattern]:
        """How far it is is asked for at .../progress/; it is stopped at .../stop/."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/progress/", wrap(self.progress), name="customers_job_progress"),
            path("<int:pk>/stop/", wrap(self.stop), name="customers_job_stop"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The job with its progress."""
        job = self.get_object(request, object_id)
        more = self._progress(request, job) if job else {}
        response: HttpResponse = super().change_view(request, object_id, form_url, {**more, **(extra_context or {})})
        return response

    def _progress(self, request: HttpRequest, job: Job) -> dict[str, Any]:
        poll = reverse("admin:customers_job_progress", args=[job.pk])
        progress = progress_context(request, job, poll=poll, page=request.path, at=timezone.now())
        return {**progress, "job_subject_link": _subject_link(request, job)}

    def progress(self, request: HttpRequest, pk: int) -> HttpResponse:
        """How far one is."""
        job = self.get_queryset(request).filter(pk=pk).first()
        if job is None or not self.has_view_permission(request, job):
            raise Http404(_("There is no such job, or you may not see it."))
        page = reverse("admin:customers_job_change", args=[pk])
        return progress_answer(request, job, page=page, at=timezone.now())

    def stop(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Stop one. Whoever started a job may, also without seeing the list of jobs."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        job = Job.objects.visible_to(request.user).filter(pk=pk).first()
        if job is None:
            raise Http404(_("There is no such job, or you may not see it."))
        if may_stop(request, job):
            stop_job(job=job, at=timezone.now())
            messages.success(request, _("“%(job)s” was stopped.") % {"job": kind_label(job)})
        elif job.finished_at is None:
            raise PermissionDenied
        else:
            messages.warning(request, _("“%(job)s” had ended already.") % {"job": kind_label(job)})
        return HttpResponseRedirect(_next(request) or reverse("admin:customers_job_change", args=[pk]))

    @admin.action(description=gettext_lazy("Stop"))
    def stop_jobs(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        """Stop those of the chosen jobs that go on and that the user may stop."""
        stopped = [job for job in queryset if may_stop(request, job) and stop_job(job=job, at=timezone.now())]
        text = ngettext("%(count)d job was stopped.", "%(count)d jobs were stopped.", len(stopped))
        messages.success(request, text % {"count": len(stopped)})

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With what each works on."""
        return super().get_queryset(request).select_related("export").prefetch_related("imports")

    @admin.display(description=gettext_lazy("job"))
    def what(self, job: Job) -> SafeString | str:
        """The kind of work in words, and what it works on."""
        subject = _subject(job)
        if subject is None:
            return kind_label(job)
        name = subject.path if isinstance(subject, ImportBatch) else list_label(subject)
        words = '<span class="cd-two"><b>{}</b><small>{}</small></span>'
        return format_html(words, kind_label(job), Truncator(name).chars(60))

    @display(
        description=gettext_lazy("state"),
        ordering="state",
        label={"todo": "info", "leased": "info", "done": "success", "failed": "danger", "stopped": "warning"},
    )
    def status(self, job: Job) -> tuple[str, str]:
        """The state as a label."""
        return job.state, job.get_state_display()

    @admin.display(description=gettext_lazy("progress"))
    def how_far(self, job: Job) -> SafeString | str:
        """A bar while it goes on."""
        if job.finished_at is not None or job.share is None:
            return "–"
        bar = '<span class="cd-score"><span class="cd-meter"><i style="width: {}%"></i></span>{} %</span>'
        return format_html(bar, job.share, job.share)

    @admin.display(description=gettext_lazy("started"), ordering="created_at")
    def begun(self, job: Job) -> SafeString:
        """How long ago it was asked for; the moment itself as a hint."""
        moment = date_format(job.created_at, "DATETIME_FORMAT")
        text = ago(job.created_at, at=timezone.now())
        return format_html('<span class="cd-number" title="{}">{}</span>', moment, text)

    @admin.display(description=gettext_lazy("error"))
    def trouble(self, job: Job) -> str:
        """The beginning of what went wrong."""
        return Truncator(job.error).chars(80) or "–"

    @admin.display(description=gettext_lazy("result"))
    def outcome(self, job: Job) -> str:
        """What came of it: the figures that its kind tells."""
        return ", ".join(f"{name}: {value}" for name, value in job.result.items()) or "–"


def _subject(job: Job) -> ImportBatch | Export | None:
    """What a job works on."""
    return next(iter(job.imports.all()), None) or getattr(job, "export", None)


def _subject_link(request: HttpRequest, job: Job) -> str:
    """The page of what a job works on, for whoever may open it."""
    subject = _subject(job)
    if subject is None or not type(subject).objects.visible_to(request.user).filter(pk=subject.pk).exists():
        return ""
    return reverse(f"admin:customers_{subject._meta.model_name}_change", args=[subject.pk])


def _next(request: HttpRequest) -> str:
    """The page to go back to, if it is one of ours."""
    address = request.POST.get("next", "")
    return address if url_has_allowed_host_and_scheme(address, allowed_hosts=None) else ""
