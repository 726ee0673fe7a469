"""Tests of the scores on what customers said next: the list, the button that starts one, the page of each."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.admin.validation_page import validation_context
from analytics.models import ScoreValidation
from analytics.operations.ask_for_validation import NoVersionYet, ask_for_validation
from customers.admin.base import ReadOnlyModelAdmin
from customers.admin.progress import progress_answer, progress_context
from customers.tasks import poke_after_commit

CHIPS = {
    "better": ("good", gettext_lazy("beats the shrunk rating")),
    "worse": ("bad", gettext_lazy("worse than the shrunk rating")),
    "unclear": ("warn", gettext_lazy("does not beat the shrunk rating")),
}


@admin.register(ScoreValidation)
class ScoreValidationAdmin(ReadOnlyModelAdmin):
    """Does the score foretell what customers say next? On your own data, whenever you like."""

    empty_hint = gettext_lazy(
        "A test looks at each rating and asks what the score was just before it. Start one with the button above."
    )
    list_display = ["when", "verdict", "auc", "ratings", "version", "created_by"]
    list_select_related = ["version", "created_by"]
    list_before_template = "admin/analytics/validation/start.html"
    fields = ["version", "as_of", ("created_at", "created_by"), "finished_at"]
    change_form_outer_before_template = "admin/analytics/validation/before.html"

    def get_urls(self) -> list[URLPattern]:
        """A test is started at .../start/; how far it is is asked for at .../progress/."""
        wrap = self.admin_site.admin_view
        return [
            path("start/", wrap(self.start), name="analytics_scorevalidation_start"),
            path("<int:pk>/progress/", wrap(self.progress), name="analytics_scorevalidation_progress"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, with the button for whoever may start one."""
        return super().changelist_view(request, {"may_start": _may_start(request), **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The test: how far it is, or what came of it."""
        row = self.get_object(request, object_id)
        more = {**self._progress(request, row), **validation_context(row)} if row else {}
        response: HttpResponse = super().change_view(request, object_id, form_url, {**more, **(extra_context or {})})
        return response

    def start(self, request: HttpRequest) -> HttpResponse:
        """Have a worker test the version in force on all ratings so far."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not _may_start(request):
            raise PermissionDenied
        user: Any = request.user
        try:
            row = ask_for_validation(at=timezone.now(), by=user)
        except NoVersionYet:
            messages.warning(request, _("There is nothing to test yet: no customer was ever served or rated."))
            return HttpResponseRedirect(reverse("admin:analytics_scorevalidation_changelist"))
        poke_after_commit()
        return HttpResponseRedirect(_page(row))

    def progress(self, request: HttpRequest, pk: int) -> HttpResponse:
        """How far one is."""
        row = self.get_queryset(request).filter(pk=pk).select_related("job").first()
        if row is None or not self.has_view_permission(request, row):
            raise Http404(_("There is no such test, or you may not see it."))
        return progress_answer(request, row.job, page=_page(row), at=timezone.now())

    def _progress(self, request: HttpRequest, row: ScoreValidation) -> dict[str, Any]:
        if row.finished_at is not None:
            return {}
        poll = reverse("admin:analytics_scorevalidation_progress", args=[row.pk])
        return progress_context(request, row.job, poll=poll, page=_page(row), at=timezone.now())

    @admin.display(description=gettext_lazy("tested"), ordering="created_at")
    def when(self, row: ScoreValidation) -> str:
        """When it was asked for."""
        return str(date_format(timezone.localtime(row.created_at), "SHORT_DATETIME_FORMAT"))

    @admin.display(description=gettext_lazy("result"))
    def verdict(self, row: ScoreValidation) -> SafeString | str:
        """By ROC-AUC, over all ratings."""
        if row.result is None:
            return Truncator(row.error).chars(80) if row.error else _("under way")
        tone, words = CHIPS[row.result["all"]["verdict"]["auc"]]
        return format_html('<span class="cd-chip cd-chip--{}">{}</span>', tone, words)

    @admin.display(description=gettext_lazy("ROC-AUC"))
    def auc(self, row: ScoreValidation) -> str:
        """Of the score, with its interval."""
        if row.result is None:
            return "–"
        auc = row.result["all"]["judgements"][0]["auc"]
        value, low, high = (number_format(round(auc[name], 3), 3) for name in ("value", "low", "high"))
        return f"{value} ({low} … {high})"

    @admin.display(description=gettext_lazy("ratings"))
    def ratings(self, row: ScoreValidation) -> str:
        """How many it rests on."""
        return str(number_format(row.result["ratings"], 0, force_grouping=True)) if row.result else "–"


def _may_start(request: HttpRequest) -> bool:
    return request.user.has_perm("analytics.add_scorevalidation")


def _page(row: ScoreValidation) -> str:
    return reverse("admin:analytics_scorevalidation_change", args=[row.pk])
