"""Demand forecasts: the list of all groups, a page for each, and staffing."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from analytics.admin.demand_words import amount, figure, share, span
from analytics.admin.forecast_page import forecast_context
from analytics.admin.staffing_page import staffing_page
from analytics.choices import ForecastKind, RunState, Tier
from analytics.demand.ladder import BOOSTING
from analytics.models import Forecast, ForecastRun
from analytics.operations.plan_forecasts import KIND
from customers.admin.base import ReadOnlyModelAdmin
from customers.admin.filters import VisibleRelatedFilter
from customers.operations.start_job import start_job
from customers.tasks import poke_after_commit

MAY_START = "analytics.add_forecast"


@admin.register(Forecast)
class ForecastAdmin(ReadOnlyModelAdmin):
    """What will be asked for. Of the newest run."""

    empty_hint = gettext_lazy(
        "Forecasts are made each night of whatever has been ordered for 12 weeks, and of queues that have had tickets "
        "for 8 weeks. Forecast now with the button above."
    )
    list_display = ["group", "kind", "next_step", "four", "thirteen", "winner", "error"]
    list_filter = [
        ("kind", ChoicesDropdownFilter),
        ("tier", ChoicesDropdownFilter),
        ("category", VisibleRelatedFilter),
        ("segment", VisibleRelatedFilter),
    ]
    list_select_related = ["product", "category", "segment", "queue"]
    search_fields = ["product__name", "product__sku", "category__name", "queue__name"]
    ordering = ["kind", "-next_4", "pk"]
    list_before_template = "admin/analytics/forecast/list_before.html"
    fields = [("kind", "tier"), ("starts_on", "ends_on")]
    change_form_outer_before_template = "admin/analytics/forecast/before.html"

    class Media:
        js = ["analytics/chart-links.js"]

    def get_urls(self) -> list[URLPattern]:
        """Staffing has a page of its own; forecasting anew is a verb."""
        wrap = self.admin_site.admin_view
        return [
            path("staffing/", wrap(self.staffing), name="analytics_forecast_staffing"),
            path("start/", wrap(self.start), name="analytics_forecast_start"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Those of the newest run."""
        rows: Any = super().get_queryset(request)
        return rows.current()  # type: ignore[no-any-return]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, with what came of the newest run above it."""
        run = ForecastRun.objects.filter(state=RunState.DONE, is_replay=False).order_by("-pk").first()
        more = {"run": run, "parts": _parts(run), "may_start": request.user.has_perm(MAY_START)}
        if run is not None:
            more["has_boosting"] = any(BOOSTING in part["tiers"] for part in run.figures.values())
        return super().changelist_view(request, {**more, **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The forecast of one group, and why."""
        row = self.get_object(request, object_id)
        more = forecast_context(row) if row else {}
        response: HttpResponse = super().change_view(request, object_id, form_url, {**more, **(extra_context or {})})
        return response

    def staffing(self, request: HttpRequest) -> HttpResponse:
        """Tickets by queue and weekday."""
        return staffing_page(request, self.admin_site.each_context(request))

    @method_decorator(require_POST)
    def start(self, request: HttpRequest) -> HttpResponse:
        """Have a worker forecast anew: after a promotion was put down, say."""
        if not request.user.has_perm(MAY_START):
            raise PermissionDenied
        user: Any = request.user
        start_job(kind=KIND, at=timezone.now(), by=user)
        poke_after_commit()
        messages.success(request, _("A worker forecasts anew. Until it is done, the forecasts of before are shown."))
        return HttpResponseRedirect(reverse("admin:analytics_forecast_changelist"))

    @admin.display(description=gettext_lazy("group"))
    def group(self, row: Forecast) -> SafeString:
        """What is forecast, and of whom."""
        name = str(row.product or row.category or row.queue or "–")
        if row.segment is None:
            return format_html("<b>{}</b>", name)
        return format_html("<b>{}</b><br><span class='cd-small cd-muted'>{}</span>", name, row.segment.name)

    @admin.display(description=gettext_lazy("next step, 80 %"))
    def next_step(self, row: Forecast) -> SafeString:
        """The week under way, or the day, with its interval."""
        step = row.steps[0]
        numbers = amount(step[1]), span(step[3], step[4])
        return format_html('<span class="cd-number">{} <span class="cd-muted">{}</span></span>', *numbers)

    @admin.display(description=gettext_lazy("next 4 weeks"), ordering="next_4")
    def four(self, row: Forecast) -> str:
        """In all."""
        return amount(row.next_4)

    @admin.display(description=gettext_lazy("next 13 weeks"), ordering="next_13")
    def thirteen(self, row: Forecast) -> str:
        """In all; only where the history was long enough to test it."""
        return amount(row.next_13)

    @admin.display(description=gettext_lazy("model"), ordering="tier")
    def winner(self, row: Forecast) -> SafeString:
        """Which won."""
        tone = "warn" if row.tier == Tier.NAIVE else "good"
        return format_html('<span class="cd-chip cd-chip--{}">{}</span>', tone, row.get_tier_display())

    @admin.display(description=gettext_lazy("past error"), ordering="wape")
    def error(self, row: Forecast) -> SafeString:
        """WAPE of the winner, and of seasonal naive."""
        naive = _("naive %(share)s") % {"share": share(row.naive_wape)}
        text = '<span class="cd-number">{} <span class="cd-muted">{}</span></span>'
        return format_html(text, share(row.wape), "" if row.tier == Tier.NAIVE else naive)


def _parts(run: ForecastRun | None) -> list[dict[str, Any]]:
    """What came of each kind, in words."""
    if run is None:
        return []
    names = {tier.value: tier.label for tier in Tier} | {"published": gettext_lazy("What is published")}
    return [
        {
            "name": ForecastKind(kind).label,
            "groups": part["groups"],
            "left_out": _left_out(kind, part),
            "tiers": [
                (
                    names.get(name, name),
                    row["chosen"],
                    share(row["wape"]),
                    figure(row["mase"]),
                    share(row["covered_80"]),
                    share(row["covered_95"]),
                )
                for name, row in part["tiers"].items()
            ],
        }
        for kind, part in run.figures.items()
    ]


def _left_out(kind: str, part: dict[str, Any]) -> str:
    if not part["left_out"]:
        return ""
    most = max((row["have"] for row in part["examples"]), default=0)
    numbers = {"number": part["left_out"], "needed": part["needed"], "most": most}
    if kind == ForecastKind.TICKETS:
        return (
            ngettext(
                "%(number)d queue is left out: %(needed)d days of tickets are needed, there are %(most)d.",
                "%(number)d queues are left out: %(needed)d days of tickets are needed, there are at most %(most)d.",
                part["left_out"],
            )
            % numbers
        )
    return (
        ngettext(
            "%(number)d is left out: %(needed)d weeks of orders are needed, there are %(most)d.",
            "%(number)d are left out: %(needed)d weeks of orders are needed, there are at most %(most)d.",
            part["left_out"],
        )
        % numbers
    )
