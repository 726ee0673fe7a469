"""Campaign lists: what they ask for, who is on them and who is not and why, and what they moved."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from analytics.admin.campaign_page import campaign_context
from analytics.models import CampaignList
from analytics.models.offer import CONDITIONS
from analytics.operations.build_campaign_list import IsSent
from analytics.operations.send_campaign_list import send_campaign_list
from analytics.operations.start_campaign_list import build_job, start_campaign_list
from customers.admin.base import CandidModelAdmin
from customers.admin.filters import VisibleRelatedFilter
from customers.admin.progress import progress_answer, progress_context
from customers.models.versioned import StaleVersion
from customers.tasks import poke_after_commit

TONES = {"sent": "success", "ready": "info", "outdated": "warning", "draft": "", "failed": "danger"}
STATES = {
    "sent": gettext_lazy("sent"),
    "ready": gettext_lazy("built"),
    "outdated": gettext_lazy("to be built again"),
    "draft": gettext_lazy("not built yet"),
    "failed": gettext_lazy("could not be built"),
}


def state_of(row: CampaignList) -> str:
    """Where a list stands: a key of STATES."""
    if row.sent_at is not None:
        return "sent"
    if row.problem:
        return "failed"
    if row.built_at is None:
        return "draft"
    return "outdated" if row.is_outdated else "ready"


@admin.register(CampaignList)
class CampaignListAdmin(CandidModelAdmin):
    """Lists of whom to write to, the newest first."""

    empty_hint = gettext_lazy(
        "A campaign list says whom to write to about a product or a category: those of a segment who want it most, "
        "and who agreed. Add one with the button above."
    )
    list_display = ["name", "wants", "segment", "channel", "members", "status", "sent_at"]
    list_select_related = ["segment", "product", "category"]
    list_filter = [("segment", VisibleRelatedFilter), "channel"]
    search_fields = ["name"]
    autocomplete_fields = ["product", "segment"]
    change_form_outer_before_template = "admin/analytics/campaign/head.html"
    fieldsets = [
        (None, {"fields": ["name", ("product", "category"), ("segment", "channel")]}),
        (
            gettext_lazy("Who is on it"),
            {"fields": [("min_percentile", "most"), ("bought_days", "rest_days"), ("held_out", "response_days")]},
        ),
    ]

    class Media:
        css = {"all": ["analytics/campaigns.css"]}

    def get_queryset(self, request: HttpRequest) -> Any:
        """With what is offered."""
        return super().get_queryset(request).select_related("segment", "product", "category", "built_by", "sent_by")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What was sent stays."""
        return CONDITIONS if obj is not None and obj.sent_at is not None else ()

    def get_urls(self) -> list[URLPattern]:
        """Verbs have addresses of their own."""
        wrap, name = self.admin_site.admin_view, "analytics_campaignlist"
        return [
            path("<int:pk>/build/", wrap(self.build), name=f"{name}_build"),
            path("<int:pk>/send/", wrap(self.send), name=f"{name}_send"),
            path("<int:pk>/progress/", wrap(self.progress), name=f"{name}_progress"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list: how it stands, and what it asks for."""
        row = self.get_object(request, object_id) if request.method == "GET" else None
        more: dict[str, Any] = {}
        if row is not None:
            at = timezone.now()
            poll = reverse("admin:analytics_campaignlist_progress", args=[row.pk])
            job = build_job(row.pk) if row.built_at is None or row.problem or not row.sent_at else None
            progress = progress_context(request, job, poll=poll, page=_page(row.pk), at=at)
            more = {
                **(progress if progress.get("job_goes_on") else {"job": None}),
                **campaign_context(row, request, at=at),
                "state": state_of(row),
                "state_words": STATES[state_of(row)],
                "may_build": self._may(request, row),
            }
        response: HttpResponse = super().change_view(request, object_id, form_url, {**more, **(extra_context or {})})
        return response

    def build(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Have a worker find who is on it."""
        row = self._to_change(request, pk)
        if isinstance(row, HttpResponse):
            return row
        try:
            start_campaign_list(campaign=row, by=request.user, at=timezone.now())  # type: ignore[arg-type]
        except IsSent as refused:
            messages.error(request, str(refused))
        else:
            poke_after_commit()
        return HttpResponseRedirect(_page(pk))

    def send(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Put on record that the members were written to."""
        row = self._to_change(request, pk)
        if isinstance(row, HttpResponse):
            return row
        seen = request.POST.get("seen_version", "")
        expected = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else None
        try:
            user: Any = request.user
            send_campaign_list(campaign=row, by=user, at=timezone.now(), expected_version=expected)
        except ValidationError as refused:
            messages.error(request, " ".join(refused.messages))
        except IsSent as refused:
            messages.error(request, str(refused))
        except StaleVersion:
            messages.error(request, _("Somebody changed this list meanwhile. Look at it again first."))
        else:
            messages.success(request, _("On record: it stands on the timeline of everybody who was written to."))
        return HttpResponseRedirect(_page(pk))

    def progress(self, request: HttpRequest, pk: int) -> HttpResponse:
        """How far the building is."""
        row = self.get_queryset(request).filter(pk=pk).first()
        if row is None or not self.has_view_permission(request, row):
            raise Http404(_("There is no such page, or you may not see it."))
        return progress_answer(request, build_job(pk), page=_page(pk), at=timezone.now())

    def _to_change(self, request: HttpRequest, pk: int) -> CampaignList | HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        row: CampaignList | None = self.get_queryset(request).filter(pk=pk).first()
        if row is None:
            raise Http404(_("There is no such page, or you may not see it."))
        if not self._may(request, row):
            raise PermissionDenied
        return row

    def _may(self, request: HttpRequest, row: CampaignList) -> bool:
        needed = ("customers.view_customer", "customers.view_consent", "analytics.view_preferenceprofile")
        return self.has_change_permission(request, row) and all(request.user.has_perm(name) for name in needed)

    @admin.display(description=gettext_lazy("offers"))
    def wants(self, row: CampaignList) -> str:
        """The product or the category."""
        return row.wants

    @admin.display(description=gettext_lazy("on the list"))
    def members(self, row: CampaignList) -> str:
        """How many."""
        return str(number_format(row.found["members"], 0, force_grouping=True)) if row.found else "–"

    @display(description=gettext_lazy("state"), label=TONES)
    def status(self, row: CampaignList) -> tuple[str, str]:
        """Where it stands."""
        return state_of(row), str(STATES[state_of(row)])


def _page(pk: int) -> str:
    return reverse("admin:analytics_campaignlist_change", args=[pk])
