"""What came in by web forms: what became of each, why one is held, and letting it through or throwing it away."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateTimeFilter
from unfold.decorators import display

from customers.admin.base import ReadOnlyModelAdmin
from services.models import WebFormSubmission
from services.operations.discard_submission import discard_submission
from services.operations.release_submission import NotHeld, release_submission

TONES = {"waiting": "info", "ticket": "success", "held": "warning", "discarded": ""}
MAY_DECIDE = "services.change_webformsubmission"
WORDS = {
    "honeypot": gettext_lazy("a field was filled in that people do not see"),
    "quick": gettext_lazy("it was sent within three seconds"),
    "old": gettext_lazy("the page had been open for more than a day"),
    "link_as_name": gettext_lazy("the name or the subject holds a link"),
    "links": gettext_lazy("it holds many links"),
    "some_links": gettext_lazy("it holds some links"),
    "repeated": gettext_lazy("the same text came from another address within a day"),
    "many": gettext_lazy("many came from the same network within an hour"),
    "some": gettext_lazy("some came from the same network within an hour"),
    "failed": gettext_lazy("no ticket could be made of it, five times"),
}


@admin.register(WebFormSubmission)
class SubmissionAdmin(ReadOnlyModelAdmin):
    """Written by the forms alone."""

    empty_hint = gettext_lazy("What people send by your web forms stands here, also what is held as spam.")
    list_display = ["about", "status", "why", "form", "received_at", "to_ticket"]
    list_select_related = ["form", "ticket"]
    list_filter = [
        ("state", ChoicesDropdownFilter),
        ("form", admin.RelatedOnlyFieldListFilter),
        ("received_at", RangeDateTimeFilter),
    ]
    ordering = ("-received_at", "-id")
    fields = [
        ("about", "status"),
        "why",
        ("form", "to_ticket"),
        ("received_at", "language"),
        ("email", "name"),
        ("phone", "subject"),
        "text",
        "sent_files",
        ("decided_by", "decided_at"),
    ]
    readonly_fields = ["about", "status", "why", "to_ticket", "text", "sent_files"]
    actions = ["release", "discard"]
    change_form_outer_before_template = "admin/services/webform/decide.html"

    def get_urls(self) -> list[URLPattern]:
        """Deciding on one has an address of its own."""
        wrap = self.admin_site.admin_view
        decide = path("<uuid:pk>/<str:verb>/decide/", wrap(self.decide), name="services_webformsubmission_decide")
        return [decide, *super().get_urls()]

    def decide(self, request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
        """Let it through, or throw it away."""
        row = self.get_queryset(request).filter(pk=pk).first()
        if row is None or verb not in ("release", "discard"):
            raise Http404(_("There is no such page, or you may not see it."))
        if request.method != "POST" or not self.has_decide_permission(request):
            raise PermissionDenied
        self._decide(request, [row], verb)
        row.refresh_from_db()
        if row.ticket_id and request.user.has_perm("services.view_ticket"):
            return HttpResponseRedirect(reverse("admin:services_ticket_change", args=[row.ticket_id]))
        return HttpResponseRedirect(reverse("admin:services_webformsubmission_changelist"))

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Whoever may change submissions; nobody edits one."""
        return request.user.has_perm(MAY_DECIDE)

    @admin.action(description=gettext_lazy("Let through"), permissions=["decide"])
    def release(self, request: HttpRequest, queryset: QuerySet[WebFormSubmission]) -> None:
        """Make tickets of those that are held."""
        self._decide(request, queryset, "release")

    @admin.action(description=gettext_lazy("Throw away"), permissions=["decide"])
    def discard(self, request: HttpRequest, queryset: QuerySet[WebFormSubmission]) -> None:
        """Forget what those say that are held."""
        self._decide(request, queryset, "discard")

    def _decide(self, request: HttpRequest, rows: Any, verb: str) -> None:
        user: Any = request.user
        done = left = 0
        for row in rows:
            try:
                if verb == "release":
                    release_submission(submission=row, by=user, at=timezone.now())
                else:
                    discard_submission(submission=row, by=user, at=timezone.now())
            except NotHeld:
                left += 1
                continue
            done += 1
        if done and verb == "release":
            text = ngettext("%(count)d became a ticket.", "%(count)d became tickets.", done)
            messages.success(request, text % {"count": done})
        elif done:
            text = ngettext("%(count)d was thrown away.", "%(count)d were thrown away.", done)
            messages.success(request, text % {"count": done})
        if left:
            text = ngettext("%(count)d was not held.", "%(count)d were not held.", left)
            messages.warning(request, text % {"count": left})

    @admin.display(description=gettext_lazy("submission"))
    def about(self, row: WebFormSubmission) -> SafeString:
        """The subject, and whom it is from."""
        subject = row.subject or (row.ticket.subject if row.ticket else "") or (row.body or "")
        words = '<span class="cd-two"><b>{}</b><small>{}</small></span>'
        return format_html(words, Truncator(" ".join(subject.split())).chars(80) or "–", row.email or "")

    @display(description=gettext_lazy("state"), ordering="state", label=TONES)
    def status(self, row: WebFormSubmission) -> tuple[str, str]:
        """What became of it, as a label."""
        return row.state, row.get_state_display()

    @admin.display(description=gettext_lazy("why"))
    def why(self, row: WebFormSubmission) -> str:
        """The reasons in words."""
        return "; ".join(str(WORDS.get(code, code)) for code in row.reasons) or "–"

    @admin.display(description=gettext_lazy("ticket"))
    def to_ticket(self, row: WebFormSubmission) -> SafeString | str:
        """The ticket, by a link."""
        if row.ticket is None:
            return "–"
        link = reverse("admin:services_ticket_change", args=[row.ticket.pk])
        return format_html('<a class="cd-link" style="white-space: nowrap" href="{}">{}</a>', link, row.ticket.number)

    @admin.display(description=gettext_lazy("text"))
    def text(self, row: WebFormSubmission) -> SafeString | str:
        """What was written."""
        return format_html('<div class="cd-quote" style="white-space: pre-wrap">{}</div>', row.body or "–")

    @admin.display(description=gettext_lazy("files"))
    def sent_files(self, row: WebFormSubmission) -> SafeString | str:
        """Their names: they are handed out once it is a ticket."""
        return format_html_join(", ", "{}", ((file.name,) for file in row.files.all())) or "–"
