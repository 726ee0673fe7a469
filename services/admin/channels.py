"""Messaging channels: Slack, WeChat Work, or a bridge to any messenger."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import BooleanRadioFilter, ChoicesDropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from customers.admin.base import CandidModelAdmin
from customers.admin.forms import CandidForm
from customers.admin.webhook_form import HeaderLines, Headers, masked, read_headers, stored_headers
from customers.admin.webhooks import secret_page
from customers.operations.check_webhook import allowed
from customers.operations.resume_webhook import resume_webhook
from customers.tasks import deliver_after_commit
from customers.wire.addresses import Refused
from customers.wire.destination import LONGEST_URL, destination
from services.messaging.generic import USUAL
from services.models import MessagingChannel
from services.operations.inbound_address import inbound_address
from services.operations.notify_channel import notify_channel
from services.operations.queue_for_channel import ChannelIsSilent
from services.operations.remove_channel import remove_channel
from services.operations.rotate_inbound_secret import rotate_inbound_secret
from services.operations.write_channel import LONGEST_PATH, check_channel, write_channel

PARTS = {
    "text": gettext_lazy("Text stands at"),
    "sender": gettext_lazy("Sender’s id stands at"),
    "name": gettext_lazy("Sender’s name stands at"),
    "conversation": gettext_lazy("Conversation stands at"),
    "id": gettext_lazy("Id of the message stands at"),
}


class ChannelForm(CandidForm):
    """Where it sends to, and what becomes of what comes in."""

    url = forms.CharField(
        label=gettext_lazy("Address to send to"),
        max_length=LONGEST_URL,
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"type": "url", "placeholder": "https://"}),
        help_text=gettext_lazy(
            "Of Slack’s incoming webhook, the group robot, or your bridge. Empty: it sends nothing."
        ),
    )
    header_lines = HeaderLines()

    class Meta:
        model = MessagingChannel
        fields = ["name", "adapter", "queue", "signature", "prefix", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        webhook = self.instance.webhook if self.instance.pk else None
        if "url" in self.fields and webhook is not None:
            self.fields["url"].initial = webhook.url
            self.fields["header_lines"].initial = masked(webhook.headers)
        for name in PARTS:
            if f"map_{name}" in self.fields:
                self.fields[f"map_{name}"].initial = self.instance.mapping.get(name, "")

    def standing(self, name: str) -> Any:
        """Of what is no column of the channel, where it stands."""
        webhook = self.instance.webhook
        if name == "url":
            return webhook.url if webhook else ""
        if name == "header_lines":
            return stored_headers(webhook.headers if webhook else "")
        return self.instance.mapping.get(name[4:], "") if name.startswith("map_") else super().standing(name)

    def typed(self, name: str, value: Any) -> Any:
        """The same of what was typed."""
        is_column = name in ChannelForm.Meta.fields
        return super().typed(name, value) if is_column else str(value)

    def clean_url(self) -> str:
        """An address that webhooks may go to."""
        url: str = self.cleaned_data["url"].strip()
        if url:
            try:
                destination(url, allowed())
            except Refused as refused:
                text = _("This address cannot be used: %(reason)s.") % {"reason": refused}
                raise ValidationError(text) from refused
        return url

    def clean_header_lines(self) -> Headers:
        """As a dict."""
        webhook = self.instance.webhook if self.instance.pk else None
        return read_headers(self.cleaned_data["header_lines"], webhook.headers if webhook else "")

    def mapping(self) -> dict[str, str]:
        """The paths that were typed."""
        typed = {name: self.cleaned_data.get(f"map_{name}", "").strip() for name in PARTS}
        return {name: where for name, where in typed.items() if where}

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        self.instance.mapping = self.mapping()
        try:
            check_channel(self.instance)
        except ValidationError as error:
            for name, problems in error.message_dict.items():
                self.add_error(name if name in self.fields else None, problems)


for _name, _label in PARTS.items():  # one field for each part
    ChannelForm.declared_fields[f"map_{_name}"] = forms.CharField(
        label=_label,
        max_length=LONGEST_PATH,
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": USUAL[_name]}),
    )


@admin.register(MessagingChannel)
class MessagingChannelAdmin(CandidModelAdmin):
    """Channels by name."""

    form = ChannelForm
    empty_hint = gettext_lazy("No messenger is connected. Add one: Slack, WeChat Work, or a bridge to any other.")
    list_display = ["name", "adapter", "queue", "sends_to", "state"]
    list_select_related = ["queue", "webhook"]
    list_filter = [("adapter", ChoicesDropdownFilter), ("is_active", BooleanRadioFilter)]
    search_fields = ["name"]
    ordering = ["name"]
    fieldsets = [
        (None, {"fields": ["name", "adapter", "is_active"]}),
        (gettext_lazy("What goes out"), {"fields": ["url", "header_lines"]}),
        (
            gettext_lazy("What comes in"),
            {
                "fields": [
                    "queue",
                    "signature",
                    "prefix",
                    ("map_text", "map_sender", "map_name"),
                    ("map_conversation", "map_id"),
                ]
            },
        ),
    ]
    change_form_outer_before_template = "admin/services/messagingchannel/verbs.html"

    def get_urls(self) -> list[URLPattern]:
        """The verbs, each a POST."""
        wrap = self.admin_site.admin_view
        name = "services_messagingchannel"
        return [
            path("<int:pk>/rotate/", wrap(self.rotate), name=f"{name}_rotate"),
            path("<int:pk>/resume/", wrap(self.resume), name=f"{name}_resume"),
            path("<int:pk>/test/", wrap(self.test), name=f"{name}_test"),
            *super().get_urls(),
        ]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """With the address at which messages come in."""
        key = int(object_id) if object_id and object_id.isdecimal() and len(object_id) < 19 else 0
        channel = self.get_queryset(request).filter(pk=key).first()
        context = {**(extra_context or {}), "inbound": inbound_address(channel) if channel else ""}
        return super().changeform_view(request, object_id, form_url, context)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Through the operation, which makes the secrets."""
        given = {name: form.cleaned_data[name] for name in ChannelForm.Meta.fields}
        given |= {"mapping": form.mapping(), "url": form.cleaned_data["url"]}
        given["headers"] = form.cleaned_data["header_lines"]
        channel = MessagingChannel.objects.get(pk=obj.pk) if change else MessagingChannel()
        seen = form.cleaned_data.get("seen_version") if change else None
        user: Any = request.user
        done = write_channel(channel=channel, changes=given, by=user, at=timezone.now(), expected_version=seen)
        obj.__dict__.update(done.channel.__dict__)
        request.new_secrets = {  # type: ignore[attr-defined]
            _("Signs what goes out"): done.secret,
            _("Signs what comes in"): done.inbound_secret,
        }

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Through the operation."""
        remove_channel(channel=obj, at=timezone.now())

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        """Through the operation, each."""
        for channel in queryset:
            self.delete_model(request, channel)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        """The secrets, this once."""
        return self._shown(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """The secrets that a change made, this once."""
        return self._shown(request, obj) or super().response_change(request, obj)

    def rotate(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Another secret of what comes in."""
        channel, secret = rotate_inbound_secret(channel=self._channel(request, pk), at=timezone.now())
        request.new_secrets = {_("Signs what comes in"): secret}  # type: ignore[attr-defined]
        return self._shown(request, channel) or HttpResponseRedirect(self._back(pk))

    def resume(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Go on after a pause."""
        channel = self._channel(request, pk)
        if channel.webhook is not None:
            resume_webhook(webhook=channel.webhook, at=timezone.now())
            deliver_after_commit()
        return HttpResponseRedirect(self._back(pk))

    def test(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say something, and look at what becomes of it."""
        try:
            delivery = notify_channel(
                channel=self._channel(request, pk), text=_("A test from Candid: this channel works."), at=timezone.now()
            )
        except ChannelIsSilent as silent:
            messages.warning(request, str(silent))
            return HttpResponseRedirect(self._back(pk))
        deliver_after_commit()
        return HttpResponseRedirect(reverse("admin:customers_webhookdelivery_change", args=[delivery.pk]))

    def _shown(self, request: HttpRequest, channel: MessagingChannel) -> HttpResponse | None:
        secrets = getattr(request, "new_secrets", {})
        if not any(secrets.values()):
            return None
        hint = _("Messages come in at %(address)s") % {"address": inbound_address(channel)} if channel.queue_id else ""
        return secret_page(self, request, channel, secrets, back="services_messagingchannel_change", hint=hint)

    def _channel(self, request: HttpRequest, pk: int) -> MessagingChannel:
        channel: MessagingChannel | None = self.get_queryset(request).select_related("webhook").filter(pk=pk).first()
        if channel is None:
            raise Http404(_("There is no such channel."))
        if request.method != "POST" or not self.has_change_permission(request, channel):
            raise PermissionDenied
        return channel

    def _back(self, pk: int) -> str:
        return reverse("admin:services_messagingchannel_change", args=[pk])

    @admin.display(description=gettext_lazy("sends to"), ordering="webhook__host")
    def sends_to(self, channel: MessagingChannel) -> str:
        """The host."""
        return channel.webhook.host if channel.webhook else "–"

    @display(
        description=gettext_lazy("state"),
        label={"on": "success", "off": "", "failing": "warning", "paused": "danger"},
    )
    def state(self, channel: MessagingChannel) -> tuple[str, str]:
        """Whether it works."""
        webhook = channel.webhook
        if not channel.is_active:
            return "off", _("off")
        if webhook is not None and webhook.paused_at is not None:
            return "paused", _("paused")
        return ("failing", _("failing")) if webhook is not None and webhook.failures else ("on", _("on"))
