"""How mail reads, by event and language, with a look at it as the customer of a real ticket would get it."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import BooleanRadioFilter, ChoicesDropdownFilter
from unfold.widgets import UnfoldAdminSelectWidget

from customers.admin.base import CandidModelAdmin
from customers.admin.forms import CandidForm
from services.admin.assignment_try import ticket_named
from services.choices import MailPurpose
from services.models import MailTemplate, Ticket
from services.operations.mail_texts import EVENTS
from services.operations.preview_mail import preview_mail
from services.operations.write_mail_template import check_mail_template, write_mail_template

LONGEST = 20_000


class MailTemplateForm(CandidForm):
    """A template: its placeholders are checked when it is saved."""

    class Meta:
        model = MailTemplate
        fields = ["event", "language", "subject", "body", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "language" in self.fields:
            self.fields["language"] = forms.ChoiceField(
                label=self.fields["language"].label, choices=settings.LANGUAGES, widget=UnfoldAdminSelectWidget
            )

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        try:
            check_mail_template(self.instance)
        except ValidationError as error:
            for name, problems in error.message_dict.items():
                self.add_error(name if name in self.fields else None, problems)


class PreviewForm(forms.Form):
    """What is typed so far, and the ticket to look at it with."""

    event = forms.ChoiceField(choices=MailPurpose.choices)
    language = forms.ChoiceField(choices=settings.LANGUAGES)
    subject = forms.CharField(required=False, max_length=200)
    body = forms.CharField(required=False, max_length=LONGEST, strip=False)
    ticket = forms.CharField(required=False, max_length=40)


@admin.register(MailTemplate)
class MailTemplateAdmin(CandidModelAdmin):
    """Templates that staff wrote. Where there is none, mail reads as it comes with Candid."""

    form = MailTemplateForm
    empty_hint = _(
        "Mail reads as it comes with Candid, in each language. Add a template to have it read as your company speaks."
    )
    list_display = ["event", "language", "subject", "is_active"]
    list_filter = [("event", ChoicesDropdownFilter), ("is_active", BooleanRadioFilter)]
    search_fields = ["subject", "body"]
    ordering = ["event", "language"]
    fields = [("event", "language"), "subject", "body", "is_active"]
    change_form_after_template = "admin/services/mail/preview_box.html"

    class Media:
        css = {"all": ["services/mail.css"]}
        js = ["services/mail-preview.js"]

    def get_urls(self) -> list[URLPattern]:
        """The preview has an address of its own."""
        wrap = self.admin_site.admin_view
        return [path("preview/", wrap(self.preview), name="services_mailtemplate_preview"), *super().get_urls()]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """With the placeholders of each event beside the form."""
        extra = extra_context or {}
        extra["mail_events"] = [
            {"event": code, "label": label, "known": EVENTS[code].known.items(), "required": EVENTS[code].required}
            for code, label in MailPurpose.choices
        ]
        return super().changeform_view(request, object_id, form_url, extra)

    def preview(self, request: HttpRequest) -> HttpResponse:
        """How what is typed would read. Writes nothing; posted, since a text is too long for an address."""
        if not self.has_view_permission(request) or not request.user.has_perm("services.view_ticket"):
            raise PermissionDenied
        form = PreviewForm(request.POST)
        context: dict[str, Any] = {"problem": "", "preview": None}
        status = 200
        if not form.is_valid():
            context["problem"], status = gettext("Choose the event and the language."), 422
        else:
            given = form.cleaned_data
            ticket = self._ticket(request, given.pop("ticket").strip())
            if ticket is None:
                context["problem"], status = gettext("There is no such ticket, or you may not see it."), 404
            else:
                user: Any = request.user
                context |= {
                    "ticket": ticket,
                    "preview": preview_mail(ticket=ticket, by=user, at=timezone.now(), **given),
                }
        return TemplateResponse(request, "admin/services/mail/preview.html", context, status=status)

    def _ticket(self, request: HttpRequest, asked: str) -> Ticket | None:
        """The ticket with this number; without one, the newest in sight."""
        if asked:
            return ticket_named(asked.replace("\0", ""), request)
        return Ticket.objects.visible_to(request.user).select_related("customer", "requester").order_by("-pk").first()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Through the operation."""
        names = form.changed_data if change else MailTemplateForm.Meta.fields
        given = {name: form.cleaned_data[name] for name in names if name in MailTemplateForm.Meta.fields}
        template = MailTemplate.objects.get(pk=obj.pk) if change else MailTemplate()
        seen = form.cleaned_data.get("seen_version") if change else None
        done = write_mail_template(template=template, changes=given, at=timezone.now(), expected_version=seen)
        obj.__dict__.update(done.__dict__)
