"""Retention rules, reports of what they would do, and what they did."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import BooleanRadioFilter
from unfold.decorators import display

from customers.admin.base import CandidModelAdmin, ReadOnlyModelAdmin
from customers.admin.progress import progress_answer, progress_context
from customers.choices import LeaseState
from customers.models import RetentionRule, RetentionRun
from customers.operations.start_retention import start_retention
from customers.tasks import poke_after_commit

MAY_RUN = "customers.add_retentionrun"


@admin.register(RetentionRule)
class RetentionRuleAdmin(CandidModelAdmin):
    """For how long each kind of data is kept. A report says first what a rule would do."""

    list_display = ["name", "days", "is_active", "last_run", "report_button"]
    list_display_links = ["name"]
    ordering = ["kind"]
    fields = ["what", "days", "is_active"]
    readonly_fields = ["what"]
    change_form_outer_before_template = "admin/privacy/retention_verbs.html"

    def get_urls(self) -> list[URLPattern]:
        """A report, or a run, is asked for at .../report/ and .../run/."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/report/", wrap(self.report), name="customers_retentionrule_report"),
            path("<int:pk>/run/", wrap(self.run), name="customers_retentionrule_run"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the newest run of each."""
        newest = RetentionRun.objects.filter(rule=OuterRef("pk"), finished_at__isnull=False).order_by("-pk")
        rows = super().get_queryset(request)
        for name in ("found", "done", "finished_at", "is_dry_run"):
            rows = rows.annotate(**{f"last_{name}": Subquery(newest.values(name)[:1])})
        return rows

    def has_add_permission(self, request: HttpRequest) -> bool:
        """The rules are given: what they are about is code."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Switched off, not deleted."""
        return False

    def report(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Have a worker say what the rule would do."""
        return self._start(request, pk, is_dry_run=True)

    def run(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Have a worker do it now."""
        return self._start(request, pk, is_dry_run=False)

    def _start(self, request: HttpRequest, pk: int, *, is_dry_run: bool) -> HttpResponse:
        rule = self.get_queryset(request).filter(pk=pk).first()
        if rule is None:
            raise Http404(_("There is no such rule."))
        user: Any = request.user
        if request.method != "POST" or not user.has_perm(MAY_RUN):
            raise PermissionDenied
        if not is_dry_run and not rule.is_active:
            messages.error(request, _("The rule is off. Look at its report, then switch it on."))
            return HttpResponseRedirect(reverse("admin:customers_retentionrule_change", args=[pk]))
        run = start_retention(rule=rule, is_dry_run=is_dry_run, by=user, at=timezone.now())
        poke_after_commit()
        return HttpResponseRedirect(reverse("admin:customers_retentionrun_change", args=[run.pk]))

    @admin.display(description=gettext_lazy("kind of data"), ordering="kind")
    def name(self, rule: RetentionRule) -> str:
        """What it is about."""
        return rule.get_kind_display()

    @admin.display(description=gettext_lazy("kind of data"))
    def what(self, rule: RetentionRule) -> str:
        """The same on its page."""
        return rule.get_kind_display()

    @admin.display(description=gettext_lazy("last run"))
    def last_run(self, rule: Any) -> SafeString | str:
        """When it last ran, and what it found."""
        if rule.last_finished_at is None:
            return "–"
        what = _("report: %(count)s found") if rule.last_is_dry_run else _("%(count)s gone")
        count = number_format(rule.last_found if rule.last_is_dry_run else rule.last_done, force_grouping=True)
        when = date_format(localtime(rule.last_finished_at), "SHORT_DATETIME_FORMAT")
        words = '<span class="cd-two"><b>{}</b><small>{}</small></span>'
        return format_html(words, when, what % {"count": count})

    @admin.display(description=gettext_lazy("runs"))
    def report_button(self, rule: RetentionRule) -> SafeString:
        """The way to its runs."""
        link = reverse("admin:customers_retentionrun_changelist")
        return format_html('<a class="cd-link" href="{}?rule__id__exact={}">{}</a>', link, rule.pk, _("Runs"))


@admin.register(RetentionRun)
class RetentionRunAdmin(ReadOnlyModelAdmin):
    """What rules found and did away with, run by run."""

    empty_hint = gettext_lazy("No rule ran yet. Open a rule and ask for its report.")
    list_display = ["number", "rule", "what", "started_at", "found", "done", "oldest_at", "status"]
    list_select_related = ["rule", "job"]
    list_filter = [("rule", admin.RelatedOnlyFieldListFilter), ("is_dry_run", BooleanRadioFilter)]

    def get_urls(self) -> list[URLPattern]:
        """How far it is."""
        progress = self.admin_site.admin_view(self.progress)
        return [
            path("<int:pk>/progress/", progress, name="customers_retentionrun_progress"),
            *super().get_urls(),
        ]

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """What it found, and how far it is."""
        run = self._run(request, int(object_id) if object_id.isdecimal() and len(object_id) < 19 else 0)
        request.current_app = self.admin_site.name
        poll = reverse("admin:customers_retentionrun_progress", args=[run.pk])
        context = {
            **self.admin_site.each_context(request),
            "title": str(run.rule),
            "opts": self.opts,
            "original": run,
            "run": run,
            "may_run": request.user.has_perm(MAY_RUN) and run.rule.is_active,
            **progress_context(request, run.job, poll=poll, page=request.path, at=timezone.now()),
        }
        return TemplateResponse(request, "admin/privacy/retention_run.html", context)

    def progress(self, request: HttpRequest, pk: int) -> HttpResponse:
        """How far its job is."""
        run = self._run(request, pk)
        page = reverse("admin:customers_retentionrun_change", args=[pk])
        return progress_answer(request, run.job, page=page, at=timezone.now())

    def _run(self, request: HttpRequest, pk: int) -> RetentionRun:
        if not self.has_view_permission(request):
            raise PermissionDenied
        run: RetentionRun | None = self.get_queryset(request).select_related("rule", "job").filter(pk=pk).first()
        if run is None:
            raise Http404(_("There is no such run."))
        return run

    @admin.display(description=gettext_lazy("run"), ordering="pk")
    def number(self, run: RetentionRun) -> str:
        """Its number."""
        return str(run)

    @admin.display(description=gettext_lazy("kind"), ordering="is_dry_run")
    def what(self, run: RetentionRun) -> str:
        """A report, or for real."""
        return _("report") if run.is_dry_run else _("for real")

    @display(
        description=gettext_lazy("state"),
        label={"todo": "info", "leased": "info", "done": "success", "failed": "danger", "stopped": "warning"},
    )
    def status(self, run: RetentionRun) -> tuple[str, str]:
        """The state of its job as a label."""
        state = run.job.state if run.job else LeaseState.DONE
        return state, str(LeaseState(state).label)
