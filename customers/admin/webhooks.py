"""Webhooks: set up, tested, paused and resumed. The secret is shown when it is made, and never again."""

from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.contrib.filters.admin import BooleanRadioFilter
from unfold.decorators import display

from customers.admin.base import CandidModelAdmin
from customers.admin.webhook_form import WebhookForm
from customers.models import Webhook, WebhookDelivery
from customers.operations.emit import forget_heard
from customers.operations.ping_webhook import ping_webhook
from customers.operations.replay_deliveries import replay_deliveries
from customers.operations.resume_webhook import resume_webhook
from customers.operations.rotate_secret import rotate_secret
from customers.operations.write_webhook import write_webhook
from customers.tasks import deliver_after_commit

# How far back given-up deliveries are sent again: hours, 0 for all.
SPANS = {"1": gettext_lazy("of the last hour"), "24": gettext_lazy("of the last day"), "0": gettext_lazy("all of them")}


@admin.register(Webhook)
class WebhookAdmin(CandidModelAdmin):
    """Webhooks that people set up; those of messaging channels stand with the channels."""

    form = WebhookForm
    empty_hint = gettext_lazy("No program is told of anything yet. Add a webhook, and it is told what happens here.")
    list_display = ["name", "host", "state", "waits", "delivered_at", "team", "owner"]
    list_select_related = ["team", "owner"]
    list_filter = [("is_active", BooleanRadioFilter)]
    search_fields = ["name", "host"]
    ordering = ["name", "pk"]
    fields = ["name", "url", "events", "team", "header_lines", "is_active"]
    change_form_outer_before_template = "admin/customers/webhook/verbs.html"

    def get_urls(self) -> list[URLPattern]:
        """The verbs, each a POST."""
        wrap = self.admin_site.admin_view
        verbs = {"rotate": self.rotate, "ping": self.ping, "resume": self.resume, "replay": self.replay}
        own = [path(f"<int:pk>/{name}/", wrap(verb), name=f"customers_webhook_{name}") for name, verb in verbs.items()]
        return [*own, *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> Any:
        """Without those of channels; with how many deliveries wait."""
        rows = super().get_queryset(request).of_events()  # type: ignore[attr-defined]
        waits = WebhookDelivery.objects.waiting().filter(webhook=OuterRef("pk")).order_by().values("webhook")
        return rows.annotate(waiting=Coalesce(Subquery(waits.annotate(number=Count("pk")).values("number")), 0))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Through the operation, which makes the secret."""
        given = {name: form.cleaned_data[name] for name in WebhookForm.Meta.fields}
        given["headers"] = form.cleaned_data["header_lines"]
        webhook = Webhook.objects.get(pk=obj.pk) if change else Webhook()
        seen = form.cleaned_data.get("seen_version") if change else None
        user: Any = request.user
        done, secret = write_webhook(webhook=webhook, changes=given, by=user, at=timezone.now(), expected_version=seen)
        obj.__dict__.update(done.__dict__)
        request.new_secret = secret  # type: ignore[attr-defined]

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """As ever; nobody listens any more."""
        super().delete_model(request, obj)
        forget_heard()

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        """The secret, this once."""
        return secret_page(
            self, request, obj, {_("Secret"): getattr(request, "new_secret", "")}, back="customers_webhook_change"
        )

    def rotate(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Another secret; for a day both sign."""
        webhook = self._webhook(request, pk)
        secret = rotate_secret(webhook=webhook, at=timezone.now())
        return secret_page(self, request, webhook, {_("Secret"): secret}, back="customers_webhook_change")

    def ping(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send a test event, and look at it."""
        delivery = ping_webhook(webhook=self._webhook(request, pk), at=timezone.now())
        deliver_after_commit()
        return HttpResponseRedirect(reverse("admin:customers_webhookdelivery_change", args=[delivery.pk]))

    def resume(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Go on after a pause."""
        webhook = resume_webhook(webhook=self._webhook(request, pk), at=timezone.now())
        deliver_after_commit()
        messages.success(request, _("“%(name)s” goes on: what waits is sent now.") % {"name": webhook.name})
        return self._back(pk)

    def replay(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send again what was given up."""
        webhook, span = self._webhook(request, pk), request.POST.get("hours", "0")
        at = timezone.now()
        hours = int(span) if span in SPANS else 0
        count = replay_deliveries(webhook=webhook, since=at - timedelta(hours=hours) if hours else None, at=at)
        deliver_after_commit()
        said = ngettext("%(number)d delivery is sent again.", "%(number)d deliveries are sent again.", count)
        messages.success(request, said % {"number": count})
        return self._back(pk)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """With what the verbs offer."""
        context = {**(extra_context or {}), "spans": SPANS, "now": timezone.now()}
        return super().changeform_view(request, object_id, form_url, context)

    def _webhook(self, request: HttpRequest, pk: int) -> Webhook:
        webhook: Webhook | None = self.get_queryset(request).filter(pk=pk).first()
        if webhook is None:
            raise Http404(_("There is no such webhook."))
        if request.method != "POST" or not self.has_change_permission(request, webhook):
            raise PermissionDenied
        return Webhook.objects.get(pk=pk)

    def _back(self, pk: int) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:customers_webhook_change", args=[pk]))

    @display(
        description=gettext_lazy("state"),
        label={"on": "success", "off": "", "failing": "warning", "paused": "danger"},
    )
    def state(self, webhook: Webhook) -> tuple[str, str]:
        """Whether it works."""
        if webhook.paused_at is not None:
            return "paused", _("paused")
        if not webhook.is_active:
            return "off", _("off")
        return ("failing", _("failing")) if webhook.failures else ("on", _("on"))

    @admin.display(description=gettext_lazy("waiting"), ordering="waiting")
    def waits(self, webhook: Any) -> SafeString:
        """How many wait to be sent, leading to them."""
        link = reverse("admin:customers_webhookdelivery_changelist")
        return format_html(
            '<a class="cd-link" href="{}?webhook__id__exact={}">{}</a>', link, webhook.pk, webhook.waiting
        )


def secret_page(
    page: Any, request: HttpRequest, row: Any, secrets: dict[str, str], *, back: str, hint: str = ""
) -> HttpResponse:
    """Secrets, shown this once: the answer itself, kept by no session and no cache."""
    request.current_app = page.admin_site.name
    context = {
        **page.admin_site.each_context(request),
        "title": str(row),
        "opts": page.opts,
        "secrets": {label: text for label, text in secrets.items() if text},
        "hint": hint,
        "back": reverse(f"admin:{back}", args=[row.pk]),
    }
    response = TemplateResponse(request, "admin/customers/webhook/secret.html", context)
    response["Cache-Control"] = "no-store"
    return response
