"""Mail that came in: what became of each, as it came, and how it is filed again."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateTimeFilter
from unfold.decorators import display

from customers.admin.base import ReadOnlyModelAdmin
from services.admin.desk.mail import raw_response
from services.admin.mail_in_words import TONES, reason_in_words
from services.models import InboundMail
from services.operations.file_waiting_mails import file_waiting_mails
from services.operations.refile_mail import NotFiledAgain, refile_mail


@admin.register(InboundMail)
class InboundMailAdmin(ReadOnlyModelAdmin):
    """Written by the loops alone."""

    empty_hint = gettext_lazy("Mail stands here as soon as a mailbox is fetched, or a program hands mail over.")
    list_display = ["about", "status", "why", "mailbox", "received_at", "to_ticket"]
    list_select_related = ["mailbox", "ticket", "message__ticket"]
    list_filter = [
        ("outcome", ChoicesDropdownFilter),
        ("mailbox", admin.RelatedOnlyFieldListFilter),
        ("received_at", RangeDateTimeFilter),
    ]
    ordering = ("-received_at", "-id")
    fields = [
        ("about", "outcome"),
        "why",
        ("mailbox", "to_ticket"),
        ("received_at", "filed_at"),
        ("size", "is_cut", "attempts"),
        "as_it_came",
    ]
    readonly_fields = ["about", "why", "to_ticket", "as_it_came"]
    actions = ["file_again"]

    def get_urls(self) -> list[URLPattern]:
        """The mail as it came is at .../raw/."""
        raw = path("<uuid:pk>/raw/", self.admin_site.admin_view(self.raw), name="services_inboundmail_raw")
        return [raw, *super().get_urls()]

    def raw(self, request: HttpRequest, pk: UUID) -> FileResponse:
        """The mail as it came, to be saved."""
        mail = self.get_queryset(request).filter(pk=pk).first()
        if mail is None:
            raise Http404(_("There is no such page, or you may not see it."))
        if not self.has_view_permission(request, mail):
            raise PermissionDenied
        return raw_response(mail)

    def has_file_again_permission(self, request: HttpRequest) -> bool:
        """Whoever may change mail that came in; nobody edits it."""
        return request.user.has_perm("services.change_inboundmail")

    @admin.action(description=gettext_lazy("File again"), permissions=["file_again"])
    def file_again(self, request: HttpRequest, queryset: QuerySet[InboundMail]) -> None:
        """File those that were ignored or failed, now as what a person wrote."""
        user: Any = request.user
        filed = 0
        for mail in queryset:
            try:
                refile_mail(mail=mail, by=user, at=timezone.now())
            except NotFiledAgain:
                continue
            filed += 1
        file_waiting_mails(at=timezone.now())
        text = ngettext("%(count)d mail was filed again.", "%(count)d mails were filed again.", filed)
        messages.success(request, text % {"count": filed})
        if left := len(queryset) - filed:
            text = ngettext("%(count)d is part of a ticket already.", "%(count)d are part of a ticket already.", left)
            messages.warning(request, text % {"count": left})

    @admin.display(description=gettext_lazy("mail"))
    def about(self, mail: InboundMail) -> SafeString:
        """The subject, and whom it is from."""
        subject = Truncator(mail.subject or "").chars(80) or _("Mail without a subject")
        words = '<span class="cd-two"><b>{}</b><small>{}</small></span>'
        return format_html(words, subject, mail.sender or _("Unknown sender"))

    @display(description=gettext_lazy("outcome"), ordering="outcome", label=TONES)
    def status(self, mail: InboundMail) -> tuple[str, str]:
        """What became of it, as a label."""
        return mail.outcome, mail.get_outcome_display()

    @admin.display(description=gettext_lazy("why"))
    def why(self, mail: InboundMail) -> str:
        """The reason in words."""
        return reason_in_words(mail) or "–"

    @admin.display(description=gettext_lazy("ticket"))
    def to_ticket(self, mail: InboundMail) -> SafeString | str:
        """The ticket, by a link."""
        ticket = mail.message.ticket if mail.message else mail.ticket
        if ticket is None:
            return "–"
        link = reverse("admin:services_ticket_change", args=[ticket.pk])
        return format_html('<a class="cd-link" style="white-space: nowrap" href="{}">{}</a>', link, ticket.number)

    @admin.display(description=gettext_lazy("as it came"))
    def as_it_came(self, mail: InboundMail) -> SafeString:
        """The file, to be saved."""
        link = reverse("admin:services_inboundmail_raw", args=[mail.pk])
        return format_html('<a class="cd-link" href="{}">{}</a>', link, _("Save as a file (.eml)"))
