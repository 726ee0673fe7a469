"""The log: what was told to webhooks and channels, what came back, and what waits."""

import json
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter, RangeDateTimeFilter
from unfold.decorators import display

from customers.admin.base import ReadOnlyModelAdmin
from customers.admin.filters import VisibleRelatedFilter
from customers.choices import LeaseState, WebhookKind
from customers.models import Webhook, WebhookDelivery
from customers.models.webhook import OPEN
from customers.operations.replay_deliveries import replay_deliveries
from customers.operations.webhook_body import document
from customers.operations.webhook_events import events
from customers.tasks import deliver_after_commit

CHANGES = "customers.change_webhook"


class EventFilter(DropdownFilter):
    """By what happened."""

    title = gettext_lazy("event")
    parameter_name = "event"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The events that there are."""
        return [(event.code, f"{event.label} ({event.code})") for event in events()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those of one."""
        return queryset.filter(event=self.value()) if self.value() else queryset


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyModelAdmin):
    """Deliveries, newest first."""

    empty_hint = gettext_lazy("Nothing was sent yet. Add a webhook, and send it a test event.")
    list_display = ["number", "webhook", "event", "about", "how_it_is", "status", "attempts", "problem", "at"]
    list_select_related = ["webhook"]
    list_filter = [
        ("webhook", VisibleRelatedFilter),
        ("state", ChoicesDropdownFilter),
        EventFilter,
        ("at", RangeDateTimeFilter),
    ]
    search_fields = ["lane__exact"]
    search_help_text = gettext_lazy("About which row, such as ticket:12 or customer:7.")
    actions = ["replay_chosen"]

    def get_urls(self) -> list[URLPattern]:
        """Send one again."""
        replay = self.admin_site.admin_view(self.replay)
        return [path("<int:pk>/replay/", replay, name="customers_webhookdelivery_replay"), *super().get_urls()]

    def has_replay_permission(self, request: HttpRequest) -> bool:
        """Whoever may change webhooks may send something again."""
        return request.user.has_perm(CHANGES)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """What was sent, and each try."""
        delivery = self._delivery(request, int(object_id) if object_id.isdecimal() and len(object_id) < 19 else 0)
        is_channel = delivery.webhook.kind == WebhookKind.CHANNEL
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "title": str(delivery),
            "opts": self.opts,
            "original": delivery,
            "delivery": delivery,
            "waits": delivery.state in OPEN,
            "tries": list(delivery.tries.all()),
            "body": "" if is_channel else json.dumps(document(delivery), indent=2),
            "may_replay": self.has_replay_permission(request) and self._is_replayable(delivery),
        }
        return TemplateResponse(request, "admin/customers/webhookdelivery/page.html", context)

    def replay(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send one again."""
        delivery = self._delivery(request, pk)
        if request.method != "POST" or not self.has_replay_permission(request):
            raise PermissionDenied
        count = replay_deliveries(webhook=delivery.webhook, ids=[pk], at=timezone.now())
        deliver_after_commit()
        if not count:
            messages.warning(request, _("It cannot be sent again: it still waits, or is not kept any more."))
        return HttpResponseRedirect(reverse("admin:customers_webhookdelivery_change", args=[pk]))

    @admin.action(description=gettext_lazy("Send the chosen deliveries again"), permissions=["replay"])
    def replay_chosen(self, request: HttpRequest, queryset: QuerySet[WebhookDelivery]) -> None:
        """Those that were delivered or given up."""
        at, count = timezone.now(), 0
        keys = list(queryset.order_by("pk").values_list("pk", "webhook_id"))
        for webhook in Webhook.objects.filter(pk__in={pk for _key, pk in keys}):
            ids = [key for key, pk in keys if pk == webhook.pk]
            count += replay_deliveries(webhook=webhook, ids=ids, at=at)
        deliver_after_commit()
        said = ngettext("%(number)d delivery is sent again.", "%(number)d deliveries are sent again.", count)
        messages.success(request, said % {"number": count})

    def _delivery(self, request: HttpRequest, pk: int) -> WebhookDelivery:
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.get_queryset(request).select_related("webhook")
        delivery: WebhookDelivery | None = rows.filter(pk=pk).first()
        if delivery is None:
            raise Http404(_("There is no such delivery."))
        return delivery

    def _is_replayable(self, delivery: WebhookDelivery) -> bool:
        is_kept = delivery.webhook.kind == WebhookKind.EVENTS or delivery.content is not None
        return delivery.state not in OPEN and is_kept

    @admin.display(description=gettext_lazy("number"), ordering="pk")
    def number(self, delivery: WebhookDelivery) -> str:
        """Its place in the order."""
        return str(delivery.pk)

    @admin.display(description=gettext_lazy("about"), ordering="lane")
    def about(self, delivery: WebhookDelivery) -> str:
        """Behind whose earlier news it waits."""
        return delivery.lane

    @display(
        description=gettext_lazy("state"),
        label={"todo": "info", "leased": "info", "done": "success", "failed": "danger"},
    )
    def how_it_is(self, delivery: WebhookDelivery) -> tuple[str, str]:
        """Waiting, delivered or given up."""
        return delivery.state, state_words(delivery)


def state_words(delivery: WebhookDelivery) -> str:
    """The state in words."""
    if delivery.state == LeaseState.TODO:
        return _("to be tried again") if delivery.attempts else _("waiting")
    words = {LeaseState.LEASED: _("on its way"), LeaseState.DONE: _("delivered"), LeaseState.FAILED: _("given up")}
    return words.get(LeaseState(delivery.state), str(delivery.get_state_display()))
