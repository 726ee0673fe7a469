"""Mailboxes: where mail comes in and goes out, whether that works, and a button that tries it."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import BooleanRadioFilter
from unfold.decorators import display
from unfold.widgets import BASE_INPUT_CLASSES, UnfoldAdminSelectWidget

from customers.admin.base import CandidModelAdmin
from customers.admin.forms import CandidForm
from services.choices import FetchMethod
from services.models import Mailbox
from services.operations.mail_problems import problem_in_words
from services.operations.try_mailbox import Tried, try_mailbox
from services.operations.write_mailbox import lured_secrets, what_is_missing, write_mailbox

OAUTH = ("token_url", "client_id", "client_secret", "refresh_token", "oauth_scope")


class SecretWidget(forms.PasswordInput):
    """A secret that can be written and never read."""

    def __init__(self) -> None:
        super().__init__(
            attrs={"class": " ".join(BASE_INPUT_CLASSES), "autocomplete": "new-password"}, render_value=False
        )


class MailboxForm(CandidForm):
    """A mailbox. Its secrets are written, never shown: empty leaves them as they are."""

    class Meta:
        model = Mailbox
        fields = [
            *("name", "address", "sender_name", "names_agent", "queue", "is_default", "language", "is_active"),
            *("acknowledges", "quotes", "login", "token_url", "client_id", "client_secret", "refresh_token"),
            *("oauth_scope", "fetch_method", "fetch_host", "fetch_port", "fetch_security", "fetch_user"),
            *("fetch_secret", "fetch_folder", "send_host", "send_port", "send_security", "send_user", "send_secret"),
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in Mailbox.SECRETS:
            if name in self.fields:
                is_set = bool(self.instance.__dict__.get(name))
                self.initial[name] = ""  # never put into the page
                self.fields[name] = forms.CharField(
                    label=self.fields[name].label,
                    required=False,
                    strip=False,
                    max_length=8192,
                    widget=SecretWidget(),
                    help_text=gettext("Set. Empty leaves it as it is.") if is_set else "",
                )
        if "language" in self.fields:
            self.fields["language"] = forms.ChoiceField(
                label=self.fields["language"].label,
                required=False,
                choices=[("", gettext("As the house")), *settings.LANGUAGES],
                help_text=self.fields["language"].help_text,
                widget=UnfoldAdminSelectWidget,
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for name, text in lured_secrets(self.instance, data).items():
            self.add_error(name, text)
        return data

    def _post_clean(self) -> None:
        stood = {name: self.instance.__dict__.get(name) for name in Mailbox.SECRETS}
        super()._post_clean()  # type: ignore[misc]
        for name, value in stood.items():
            if not self.cleaned_data.get(name):
                self.instance.__dict__[name] = value
        for name, text in what_is_missing(self.instance).items():
            if name not in self.errors:
                self.add_error(name if name in self.fields else None, text)


@admin.register(Mailbox)
class MailboxAdmin(CandidModelAdmin):
    """Mailboxes, with whether they work."""

    form = MailboxForm
    empty_hint = _(
        "Without a mailbox no mail leaves and none comes in. Add the address that customers write to, with the server "
        "that sends for it."
    )
    list_display = ["name", "address", "queue", "state", "last_sent", "last_fetched", "is_default"]
    list_select_related = ["queue"]
    list_filter = [("is_active", BooleanRadioFilter)]
    search_fields = ["name", "address"]
    ordering = ["name"]
    readonly_fields = ["sending", "fetching"]
    change_form_outer_before_template = "admin/services/mail/try_button.html"
    conditional_fields = {
        **dict.fromkeys(
            ("token_url", "client_id", "client_secret", "refresh_token", "oauth_scope"), "login == 'oauth'"
        ),
        **{
            f"fetch_{name}": "fetch_method == 'imap'"
            for name in ("host", "port", "security", "user", "secret", "folder")
        },
    }

    class Media:
        css = {"all": ["services/mail.css"]}

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """In the order in which one sets a mailbox up; how it works, once there is one."""
        told = [(_("How it works"), {"fields": [("sending", "fetching")]})] if obj else []
        return [
            *told,
            (
                _("Who we are"),
                {"fields": [("name", "address"), ("sender_name", "names_agent"), ("queue", "is_default"), "is_active"]},
            ),
            (_("What is written"), {"fields": [("acknowledges", "quotes"), "language"]}),
            (
                _("Sending (SMTP)"),
                {"fields": [("send_host", "send_port"), "send_security", ("send_user", "send_secret")]},
            ),
            (
                _("Fetching"),
                {
                    "fields": [
                        "fetch_method",
                        ("fetch_host", "fetch_port"),
                        ("fetch_security", "fetch_folder"),
                        ("fetch_user", "fetch_secret"),
                    ]
                },
            ),
            (
                _("Log-in"),
                {
                    "fields": ["login", "token_url", ("client_id", "client_secret"), ("refresh_token", "oauth_scope")],
                    "description": _(
                        "Microsoft 365 and Google take no passwords: register Candid there as an application, and "
                        "enter its id, its secret and a refresh token for this mailbox."
                    ),
                },
            ),
        ]

    def get_urls(self) -> list[URLPattern]:
        """Trying a mailbox has an address of its own."""
        wrap = self.admin_site.admin_view
        return [path("<uuid:pk>/try/", wrap(self.try_it), name="services_mailbox_try"), *super().get_urls()]

    def try_it(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Log in as the loops do, and say what came of it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        mailbox = self.get_queryset(request).filter(pk=pk).first()
        if mailbox is None:
            raise Http404(gettext("There is no such mailbox."))
        if not self.has_change_permission(request, mailbox):
            raise PermissionDenied
        fetching, sending = try_mailbox(mailbox=mailbox, at=timezone.now())
        self._tell(request, gettext("Sending"), sending)
        self._tell(request, gettext("Fetching"), fetching)
        return HttpResponseRedirect(reverse("admin:services_mailbox_change", args=[pk]))

    def _tell(self, request: HttpRequest, what: str, tried: Tried) -> None:
        if not tried.is_set:
            messages.info(request, gettext("%(what)s: nothing is set up.") % {"what": what})
        elif tried.problem:
            words = {"what": what, "why": problem_in_words(tried.problem)}
            messages.error(request, gettext("%(what)s does not work: %(why)s") % words)
        else:
            messages.success(request, gettext("%(what)s works.") % {"what": what})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Through the operation."""
        names = form.changed_data if change else list(form.cleaned_data)
        given = {name: form.cleaned_data[name] for name in names if name in MailboxForm.Meta.fields}
        mailbox = Mailbox.objects.get(pk=obj.pk) if change else Mailbox(pk=obj.pk)
        seen = form.cleaned_data.get("seen_version") if change else None
        try:
            done = write_mailbox(mailbox=mailbox, changes=given, at=timezone.now(), expected_version=seen)
        except ValidationError as error:  # what the form did not see
            raise PermissionDenied(" ".join(error.messages)) from error
        obj.__dict__.update(done.__dict__)

    @display(description=_("state"), label={"works": "success", "fails": "danger", "off": "warning", "new": "info"})
    def state(self, mailbox: Mailbox) -> tuple[str, str]:
        """In a word."""
        if not mailbox.is_active:
            return "off", gettext("off")
        if mailbox.send_error or mailbox.fetch_error:
            return "fails", gettext("does not work")
        if mailbox.sent_at or mailbox.fetched_at:
            return "works", gettext("works")
        return "new", gettext("not used yet")

    @admin.display(description=_("last sent"), ordering="sent_at")
    def last_sent(self, mailbox: Mailbox) -> str:
        """When a mail last left."""
        return _moment(mailbox.sent_at)

    @admin.display(description=_("last fetched"), ordering="fetched_at")
    def last_fetched(self, mailbox: Mailbox) -> str:
        """When it was last looked into."""
        return _moment(mailbox.fetched_at)

    @admin.display(description=_("sending"))
    def sending(self, mailbox: Mailbox) -> str:
        """Whether it sends, and if not, why and until when it waits."""
        if not mailbox.send_host:
            return gettext("Sends nothing: no server is set.")
        if mailbox.send_error:
            words = {"why": problem_in_words(mailbox.send_error), "when": _moment(mailbox.send_paused_until)}
            return gettext("Does not work: %(why)s Its mail waits. Next try: %(when)s.") % words
        return gettext("Last sent: %(when)s") % {"when": _moment(mailbox.sent_at)}

    @admin.display(description=_("fetching"))
    def fetching(self, mailbox: Mailbox) -> str:
        """Whether it fetches."""
        if mailbox.fetch_method == FetchMethod.NONE:
            return gettext("Fetches nothing.")
        if mailbox.fetch_error:
            return gettext("Does not work: %(why)s") % {"why": problem_in_words(mailbox.fetch_error)}
        return gettext("Last fetched: %(when)s") % {"when": _moment(mailbox.fetched_at)}


def _moment(at: datetime | None) -> str:
    return date_format(localtime(at), "SHORT_DATETIME_FORMAT") if at else "–"
