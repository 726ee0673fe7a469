"""Behaviour reports: their list, the page of each with its numbers, and the page on which they are built."""

import json
import tempfile
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import BooleanRadioFilter

from analytics.admin.behaviour_form import Builder, ReportForm, question_words
from analytics.admin.behaviour_people import people_context
from analytics.admin.behaviour_result import customers_page, people_address, result_context
from analytics.admin.behaviour_state import definition_of, edit, state_from
from analytics.behaviour.definition import Definition
from analytics.choices import ReportKind
from analytics.exporters.behaviour import write_report_file
from analytics.models import Event, SavedReport
from analytics.operations.report_definition import DefinitionInvalid, read_report
from analytics.operations.run_report import ReportFailed, run_report
from analytics.operations.write_report import write_report
from customers.admin.base import CandidModelAdmin
from customers.admin.builder_form import EDIT
from customers.admin.filters import VisibleRelatedFilter
from customers.choices import ExportFormat
from customers.exporters.download import attachment
from customers.stale_reads import stale_reads

NAME = "analytics_savedreport"
FOLDER = "admin/analytics/behaviour"
FORMATS = (ExportFormat.CSV, ExportFormat.XLSX)
TAKES_OUT = "customers.add_export"
LONGEST_QUESTION = 20_000


@admin.register(SavedReport)
class SavedReportAdmin(CandidModelAdmin):
    """Questions about behaviour events."""

    form = ReportForm
    save_as = True
    empty_hint = gettext_lazy(
        "A behaviour report counts events: how many, which steps people take, who comes back. Add one with the button "
        "above."
    )
    list_display = ["name_and_description", "kind", "question", "owner", "sharing", "builder_link"]
    list_display_links = None
    list_select_related = ["owner", "team"]
    list_filter = ["kind", ("is_shared", BooleanRadioFilter), ("owner", VisibleRelatedFilter)]
    list_before_template = f"{FOLDER}/list_before.html"
    search_fields = ["name", "description"]
    ordering = ["name", "pk"]
    fieldsets = [(None, {"fields": ["name", "description", "is_shared", "team"]})]
    change_form_template = f"{FOLDER}/change_form.html"

    class Media:
        css = {"all": ["analytics/behaviour.css"]}
        js = ["analytics/behaviour.js"]

    def get_urls(self) -> list[URLPattern]:
        """The builder's parts, a report's numbers, file and customers have addresses of their own."""
        wrap = self.admin_site.admin_view
        return [
            path("builder/", wrap(self.builder), name=f"{NAME}_builder"),
            path("preview/", wrap(self.preview), name=f"{NAME}_preview"),
            path("customers/", wrap(self.people_of_question), name=f"{NAME}_people"),
            path("<int:pk>/report/", wrap(self.report), name=f"{NAME}_report"),
            path("<int:pk>/customers/", wrap(self.customers), name=f"{NAME}_customers"),
            path("<int:pk>/file/", wrap(self.file), name=f"{NAME}_file"),
            *super().get_urls(),
        ]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form, which knows who asks."""
        form = type("ReportForm", (ReportForm,), {"user": request.user})
        return super().get_form(request, obj, change, **{"form": form, **kwargs})

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, with what to do where no event ever came in."""
        more = {"has_no_events": not Event.objects.exists(), "kinds": ReportKind.choices}
        return super().changelist_view(request, {**more, **(extra_context or {})})

    def save_model(self, request: HttpRequest, obj: SavedReport, form: Any, change: bool) -> None:
        """Through the operation, which reads the question once more."""
        given = {name: form.cleaned_data[name] for name in ("name", "description", "is_shared", "team")}
        question = {"kind": form.state.kind, "definition": form.definition}
        user: Any = request.user
        if change:
            row = SavedReport.objects.get(pk=obj.pk)
            changes = {name: value for name, value in given.items() if getattr(row, name) != value}
            changes |= question if "definition" in form.changed_data else {}
            seen = form.cleaned_data.get("seen_version")
        else:
            row, changes, seen = SavedReport(), given | question, None
        made = write_report(report=row, changes=changes, by=user, at=timezone.now(), expected_version=seen)
        obj.__dict__.update(made.__dict__)

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """To its numbers."""
        return HttpResponseRedirect(reverse(f"admin:{NAME}_report", args=[obj.pk]))

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """To its numbers."""
        return self.response_post_save_add(request, obj)

    def get_changeform_initial_data(self, request: HttpRequest) -> Any:
        """A new report may begin as one of some kind."""
        return {"kind": request.GET.get("kind", "")}

    def builder(self, request: HttpRequest) -> HttpResponse:
        """The builder anew after one of its buttons, or another kind."""
        self._require_builder(request)
        user: Any = request.user
        state = state_from(request.POST)
        edit(state, request.POST.get(EDIT, ""))
        return TemplateResponse(request, f"{FOLDER}/builder.html", {"builder": Builder(state, user)})

    def preview(self, request: HttpRequest) -> HttpResponse:
        """The numbers of a question that is being built."""
        self._require_builder(request)
        user: Any = request.user
        state = state_from(request.POST)
        try:
            definition = read_report(kind=state.kind, definition=definition_of(state), user=user)
        except DefinitionInvalid as error:
            problems = [text for texts in error.errors.values() for text in texts]
            return TemplateResponse(request, f"{FOLDER}/result.html", {"problems": problems})
        question = json.dumps(definition.as_json(), ensure_ascii=False)
        address = people_address(customers_page(None), kind=state.kind, question=question)
        context = result_context(definition, user=user, at=timezone.now(), address=address)
        return TemplateResponse(request, f"{FOLDER}/result.html", context)

    def report(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The numbers of a report."""
        row = self._visible(request, pk)
        user: Any = request.user
        context = self._page(request, row, row.name)
        try:
            definition = self._read(row, user)
        except DefinitionInvalid as error:
            context["failed"] = str(error)
        else:
            address = people_address(customers_page(pk))
            context |= result_context(definition, user=user, at=timezone.now(), address=address)
        context["may_take_out"] = user.has_perm(TAKES_OUT)
        return TemplateResponse(request, f"{FOLDER}/report.html", context)

    def customers(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The customers behind a number of a report."""
        row = self._visible(request, pk)
        return self._people(request, row, row.kind, row.definition)

    def people_of_question(self, request: HttpRequest) -> HttpResponse:
        """The customers behind a number of a report that is being built."""
        self._require_view(request)
        text = request.GET.get("question", "")
        try:
            question = json.loads(text[:LONGEST_QUESTION])
        except (ValueError, RecursionError):
            question = None
        return self._people(request, None, request.GET.get("kind", ""), question)

    def _people(self, request: HttpRequest, row: SavedReport | None, kind: str, question: Any) -> HttpResponse:
        if not request.user.has_perm("customers.view_customer"):
            raise PermissionDenied
        user: Any = request.user
        context = self._page(request, row, _("Customers behind the number"))
        try:
            definition = read_report(kind=kind, definition=question, user=user)
        except DefinitionInvalid as error:
            context["failed"] = str(error)
        else:
            context |= people_context(definition, request.GET, user=user, at=timezone.now())
            context["question"] = question_words(kind, question)
        return TemplateResponse(request, f"{FOLDER}/people.html", context)

    def file(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The numbers of a report as a file."""
        row = self._visible(request, pk)
        user: Any = request.user
        if not user.has_perm(TAKES_OUT):
            raise PermissionDenied
        format = request.POST.get("format", "")
        if request.method != "POST" or format not in FORMATS:
            raise Http404(_("There is no such file."))
        at = timezone.now()
        try:
            definition = self._read(row, user)
            with stale_reads():
                report = run_report(definition=definition, user=user, at=at)
        except (DefinitionInvalid, ReportFailed) as error:
            self.message_user(request, str(error), level="error")
            return HttpResponseRedirect(reverse(f"admin:{NAME}_report", args=[pk]))
        written = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the response
        write_report_file(report, written, format)
        written.seek(0)
        return attachment(written, f"behaviour-report-{pk}-{timezone.localtime(at):%Y-%m-%d}.{format}", format)

    def _read(self, row: SavedReport, user: Any) -> Definition:
        return read_report(kind=row.kind, definition=row.definition, user=user)

    def _page(self, request: HttpRequest, row: SavedReport | None, title: str) -> dict[str, Any]:
        context = self.admin_site.each_context(request)
        may_change = row is not None and self.has_change_permission(request, row)
        return {**context, "title": title, "opts": self.opts, "saved": row, "may_change": may_change}

    def _visible(self, request: HttpRequest, pk: int) -> SavedReport:
        self._require_view(request)
        row: SavedReport | None = self.get_queryset(request).filter(pk=pk).first()
        if row is None:
            raise Http404(_("There is no such report, or you may not see it."))
        return row

    def _require_view(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _require_builder(self, request: HttpRequest) -> None:
        self._require_view(request)
        if request.method != "POST":
            raise Http404(_("The builder is a form."))

    @admin.display(description=gettext_lazy("name"), ordering="name")
    def name_and_description(self, row: SavedReport) -> SafeString:
        """The name, which leads to the numbers."""
        link = reverse(f"admin:{NAME}_report", args=[row.pk])
        text = '<a class="behaviour-name" href="{}"><b>{}</b><small>{}</small></a>'
        return format_html(text, link, row.name, row.description)

    @admin.display(description=gettext_lazy("question"))
    def question(self, row: SavedReport) -> str:
        """Its events, in order."""
        _kind, _colon, events = question_words(row.kind, row.definition).partition(": ")
        return events or "–"

    @admin.display(description=gettext_lazy("shared with"))
    def sharing(self, row: SavedReport) -> str:
        """Whom it is shared with."""
        if not row.is_shared:
            return _("nobody")
        return row.team.name if row.team else _("everybody")

    @admin.display(description="")
    def builder_link(self, row: SavedReport) -> SafeString:
        """The way to the builder."""
        link = reverse(f"admin:{NAME}_change", args=[row.pk])
        return format_html('<a class="cd-link" href="{}">{}</a>', link, _("Edit"))
