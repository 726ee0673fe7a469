"""Scheduled reports: what comes by mail, when, and to whom."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from unfold.contrib.filters.admin import BooleanRadioFilter, ChoicesDropdownFilter

from analytics.admin.dashboards import board_page
from analytics.admin.scheduled_form import ScheduledReportForm
from analytics.models import Dashboard, SavedReport, ScheduledReport
from analytics.operations.leave_scheduled_report import leave_scheduled_report
from analytics.operations.mail_hindrance import SENT, WORDS, mail_hindrance, may_see
from analytics.operations.send_scheduled_report import send_scheduled_report
from analytics.operations.write_scheduled_report import write_scheduled_report
from customers.admin.base import CandidModelAdmin
from customers.tasks import poke_after_commit
from services.operations.reply_route import sending_mailboxes

NAME = "analytics_scheduledreport"
WHEN: list[Any] = ["every", "weekday", "month_day", ("hour", "time_zone"), "is_active"]


@admin.register(ScheduledReport)
class ScheduledReportAdmin(CandidModelAdmin):
    """Dashboards and reports that come by mail."""

    form = ScheduledReportForm
    empty_hint = gettext_lazy(
        "A dashboard or a report can come by mail: every day, week or month, as PDF or XLSX, to colleagues who may see "
        "it. Add one with the button above, or with “By mail” on a dashboard."
    )
    list_display = ["what", "every", "format", "is_active", "next_at", "last_at", "owner"]
    list_select_related = ["dashboard", "report", "owner"]
    list_filter = [("is_active", BooleanRadioFilter), ("every", ChoicesDropdownFilter)]
    change_form_outer_before_template = "admin/analytics/scheduled/head.html"
    readonly_fields = ["what"]
    fieldsets = [
        (None, {"fields": [("dashboard", "report"), ("format", "language"), "recipients"]}),
        (gettext_lazy("When"), {"fields": WHEN}),
    ]
    conditional_fields = {"weekday": "every == 'week'", "month_day": "every == 'month'"}

    class Media:
        css = {"all": ["analytics/dashboards.css"]}

    def get_urls(self) -> list[URLPattern]:
        """Verbs have addresses of their own."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/send/", wrap(self.send), name=f"{NAME}_send"),
            path("<int:pk>/leave/", wrap(self.leave), name=f"{NAME}_leave"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> Any:
        """With what is sent, and whether whoever asks sees that: else it is not named."""
        user: Any = request.user
        boards = Dashboard.objects.visible_to(user).filter(pk=OuterRef("dashboard"))
        reports = SavedReport.objects.visible_to(user).filter(pk=OuterRef("report"))
        rows = super().get_queryset(request).select_related("dashboard", "report", "owner")
        return rows.annotate(is_seen=Exists(boards.order_by()) | Exists(reports.order_by()))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One's own."""
        return bool(super().has_change_permission(request, obj)) and self._is_theirs(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One's own."""
        return bool(super().has_delete_permission(request, obj)) and self._is_theirs(request, obj)

    def _is_theirs(self, request: HttpRequest, obj: Any) -> bool:
        user: Any = request.user
        return obj is None or obj.owner_id == user.pk or user.is_superuser

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """To whoever may only look, what it is: named where they see it."""
        if obj is None or self.has_change_permission(request, obj):
            return super().get_fieldsets(request, obj)
        return [(None, {"fields": ["what", ("format", "language")]}), (gettext_lazy("When"), {"fields": WHEN})]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form, which knows who asks."""
        form = type("ScheduledReportForm", (ScheduledReportForm,), {"user": request.user})
        return super().get_form(request, obj, change, **{"form": form, **kwargs})

    def get_changeform_initial_data(self, request: HttpRequest) -> Any:
        """For oneself, on one's own clock, in one's own language."""
        asked = {name: request.GET[name] for name in ("dashboard", "report") if name in request.GET}
        mine = {"time_zone": timezone.get_current_timezone_name(), "language": get_language() or "en"}
        return {**mine, "recipients": [request.user.pk], **asked}

    def save_model(self, request: HttpRequest, obj: ScheduledReport, form: Any, change: bool) -> None:
        """Through the operation."""
        user: Any = request.user
        given = {name: value for name, value in form.cleaned_data.items() if name != "seen_version"}
        given["recipients"] = list(given["recipients"])
        if change:
            row, seen = ScheduledReport.objects.get(pk=obj.pk), form.cleaned_data.get("seen_version")
            given = {name: value for name, value in given.items() if name in form.changed_data}
        else:
            row, seen = ScheduledReport(), None
        made = write_scheduled_report(schedule=row, changes=given, by=user, at=timezone.now(), expected_version=seen)
        obj.__dict__.update(made.__dict__)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """With how it stands: who gets it, who does not and why, and when."""
        row = self.get_object(request, object_id) if request.method == "GET" else None
        more = self._standing(request, row) if row is not None else {}
        response: HttpResponse = super().change_view(request, object_id, form_url, {**more, **(extra_context or {})})
        return response

    def _standing(self, request: HttpRequest, row: ScheduledReport) -> dict[str, Any]:
        user: Any = request.user
        page = board_page(row.dashboard_id) if row.dashboard_id else _report_page(row.report_id)
        theirs = self._is_theirs(request, row)
        people = list(row.recipients.order_by("username"))
        return {
            "schedule": row,
            "what_words": self.what(row),
            "open_link": page if may_see(row, user) else "",
            "people": [_person(row, one) for one in people if theirs or one.pk == user.pk],
            "gets_it": any(one.pk == user.pk for one in people),
            "may_send": self.has_change_permission(request, row),
            "has_mailbox": sending_mailboxes().exists(),
        }

    def send(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Have it sent now."""
        row = self._verb(request, pk)
        if isinstance(row, HttpResponse):
            return row
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        user: Any = request.user
        try:
            send_scheduled_report(schedule=row, by=user, at=timezone.now())
        except ValidationError as refused:
            messages.error(request, " ".join(refused.messages))
        else:
            poke_after_commit()
            messages.success(request, _("A worker writes it, then it is sent. Look again in a minute."))
        return HttpResponseRedirect(reverse(f"admin:{NAME}_change", args=[pk]))

    def leave(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Get it no longer."""
        row = self._verb(request, pk)
        if isinstance(row, HttpResponse):
            return row
        user: Any = request.user
        leave_scheduled_report(schedule=row, by=user, at=timezone.now())
        messages.success(request, _("You get it no longer."))
        return HttpResponseRedirect(reverse(f"admin:{NAME}_changelist"))

    def _verb(self, request: HttpRequest, pk: int) -> ScheduledReport | HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_view_permission(request):
            raise PermissionDenied
        row: ScheduledReport | None = self.get_queryset(request).filter(pk=pk).first()
        if row is None:
            raise Http404(_("There is no such page, or you may not see it."))
        return row

    @admin.display(description=gettext_lazy("what"))
    def what(self, row: Any) -> str:
        """The dashboard or the report, for those who see it."""
        return str(row.dashboard or row.report) if row.is_seen else _("(gone, or not yours to see)")


def _person(row: ScheduledReport, user: Any) -> dict[str, Any]:
    """A recipient: what would come of it now, and what came of it last."""
    last = row.outcome.get(str(user.pk))
    now = mail_hindrance(row, user)
    return {
        "name": user.get_full_name() or user.get_username(),
        "now": WORDS.get(now, "") if now else "",
        "last": WORDS.get(last, "–") if last else "–",
        "tone": "bad" if now else "good" if last == SENT else "",
    }


def _report_page(key: Any) -> str:
    return reverse("admin:analytics_savedreport_report", args=[key])
