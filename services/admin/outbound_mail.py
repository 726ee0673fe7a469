"""Mail that leaves: what waits, what was sent, what did not arrive, and sending it again."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateTimeFilter
from unfold.decorators import display

from customers.admin.base import ReadOnlyModelAdmin
from customers.admin.filters import VisibleRelatedFilter
from customers.choices import ContactKind, LeaseState
from customers.encryption.blind_index import blind_index
from services.admin.delivery import detail_of
from services.models import OutboundMail
from services.operations.rating_links import without_links
from services.operations.resend_mail import NotSentAgain, resend_mail

MAY_SEND_AGAIN = "services.add_message"
MOST_AGAIN = 200


@admin.register(OutboundMail)
class OutboundMailAdmin(ReadOnlyModelAdmin):
    """Mail of tickets and customers in sight, newest first."""

    empty_hint = _("No mail left yet. Once there is a mailbox, replies to customers are listed here on their way.")
    list_display = ["what", "status", "about", "purpose", "mailbox", "written_at", "sent_at"]
    list_select_related = ["mailbox", "message__ticket"]
    list_filter = [
        ("state", ChoicesDropdownFilter),
        ("purpose", ChoicesDropdownFilter),
        ("mailbox", VisibleRelatedFilter),
        ("written_at", RangeDateTimeFilter),
    ]
    search_fields = ["internet_id"]
    search_help_text = _("A whole e-mail address, or a Message-ID.")
    ordering = ["-written_at", "-pk"]
    actions = ["send_again"]

    class Media:
        css = {"all": ["services/mail.css"]}

    fields = [
        ("how", "purpose"),
        ("recipient", "sender_name"),
        ("about", "mailbox"),
        "subject",
        "text",
        ("written_at", "due_at", "sent_at"),
        ("attempts", "bounced_at"),
        "header_id",
    ]
    readonly_fields = ["how", "about", "text", "header_id"]

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """By the whole address, which is encrypted; or by the Message-ID."""
        term = search_term.strip()
        if "@" in term and not term.startswith("<"):
            return queryset.filter(recipient_index=blind_index(ContactKind.EMAIL, term)), False
        return (queryset.filter(internet_id=term) if term else queryset), False

    def get_actions(self, request: HttpRequest) -> Any:
        """To send again, and nothing else."""
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    def has_send_again_permission(self, request: HttpRequest) -> bool:
        """Who may write to customers."""
        return bool(request.user.has_perm(MAY_SEND_AGAIN))

    @admin.action(description=_("Send the chosen mail again"), permissions=["send_again"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[OutboundMail]) -> None:
        """Those that failed or came back."""
        user: Any = request.user
        done, refused = 0, ""
        for mail in queryset[:MOST_AGAIN]:
            try:
                resend_mail(mail=mail, by=user, at=timezone.now())
                done += 1
            except NotSentAgain as error:
                refused = str(error)
        if done:
            text = ngettext("%(n)d mail will be sent again.", "%(n)d mails will be sent again.", done)
            messages.success(request, text % {"n": done})
        if refused:
            messages.warning(request, refused)

    @admin.display(description=_("subject"))
    def what(self, mail: OutboundMail) -> SafeString:
        """The subject, to whom, and why it did not arrive; of one that was emptied, what it was for."""
        lines = [mail.recipient or "–", detail_of(mail)] if mail.state != LeaseState.DONE else [mail.recipient or "–"]
        small = format_html_join("", "<small>{}</small>", ((line,) for line in lines if line))
        return format_html('<span class="cd-two ml-what"><b>{}</b>{}</span>', mail.subject or str(mail), small)

    @display(
        description=_("state"),
        label={"todo": "info", "leased": "info", "done": "success", "failed": "danger", "bounced": "danger"},
    )
    def status(self, mail: OutboundMail) -> tuple[str, str]:
        """In a word."""
        if mail.state == LeaseState.DONE:
            return "done", gettext("sent")
        if mail.state == LeaseState.FAILED:
            return ("bounced", gettext("came back")) if mail.bounced_at else ("failed", gettext("failed"))
        return mail.state, gettext("waits")

    @admin.display(description=_("state"))
    def how(self, mail: OutboundMail) -> str:
        """The same, with the reason."""
        word, detail = self.status(mail)[1], detail_of(mail) if mail.state != LeaseState.DONE else ""
        return f"{word}: {detail}" if detail else word

    @admin.display(description=_("Message-ID"))
    def header_id(self, mail: OutboundMail) -> str:
        """As it stands in the header."""
        return mail.internet_id

    @admin.display(description=_("ticket"))
    def about(self, mail: OutboundMail) -> SafeString | str:
        """The ticket, by a link."""
        if mail.message is None:
            return "–"
        link = reverse("admin:services_ticket_change", args=[mail.message.ticket_id])
        return format_html('<a class="cd-link" href="{}">{}</a>', link, mail.message.ticket.number)

    @admin.display(description=_("text"))
    def text(self, mail: OutboundMail) -> SafeString | str:
        """As it was sent; links that are the customer's alone are left out."""
        if mail.body is None:
            return gettext("The text was deleted.")
        return format_html('<div class="cd-quote">{}</div>', without_links(mail.body))
