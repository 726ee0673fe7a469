"""Users and devices of event sources, and which customers they are."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from analytics.choices import IdentityKind, IdentityLink
from analytics.models import EventIdentity, EventSource
from analytics.operations.find_identities import key_index_of
from analytics.operations.link_identity import LinkRefused, link_identity
from customers.admin.base import CandidModelAdmin
from customers.admin.filters import VisibleRelatedFilter
from customers.admin.forms import CandidForm
from customers.choices import ContactKind
from customers.encryption.blind_index import blind_index

TONES = dict.fromkeys(IdentityLink, "") | {IdentityLink.STAFF: "info", IdentityLink.APART: "warning"}


class IdentityForm(CandidForm):
    """Who it is."""

    def clean(self) -> dict[str, Any]:
        """Refuse what the verb would."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.instance.kind == IdentityKind.NOBODY and cleaned.get("customer"):
            raise ValidationError(_("Whoever sent neither user nor device is nobody."))
        return cleaned


@admin.register(EventIdentity)
class EventIdentityAdmin(CandidModelAdmin):
    """Made as events come. Staff link one to a customer, or take that back by leaving the customer empty."""

    form = IdentityForm
    empty_hint = gettext_lazy("Users and devices stand here as soon as events come in.")
    list_display = ["__str__", "shown_key", "source", "customer", "known_by", "created_at"]
    list_filter: Any = [
        ("source", VisibleRelatedFilter),
        ("kind", ChoicesDropdownFilter),
        ("link", ChoicesDropdownFilter),
    ]
    list_select_related = ["source", "customer"]
    search_fields = ["key_index"]
    search_help_text = gettext_lazy("A whole id of a user or a device, or a whole e-mail address")
    autocomplete_fields = ["customer"]
    fields = [("source", "kind"), "shown_key", "belongs_to", "customer", "link", ("created_at", "its_events")]
    readonly_fields = ["source", "kind", "shown_key", "belongs_to", "link", "created_at", "its_events"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds: they come with events."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes: their events would be nobody's."""
        return False

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        """By the whole key, which is encrypted, or by the e-mail address that a source told."""
        text = search_term.strip()
        if not text:
            return queryset, False
        kinds = (IdentityKind.USER, IdentityKind.DEVICE)
        indexes = [key_index_of(source, kind, text) for source in EventSource.objects.all() for kind in kinds]
        found = queryset.filter(key_index__in=indexes)
        if "@" in text:
            found |= queryset.filter(email_index=blind_index(ContactKind.EMAIL, text))
        return found, False

    def save_model(self, request: HttpRequest, obj: EventIdentity, form: Any, change: bool) -> None:
        """Have it linked, or unlinked, by its operation."""
        if "customer" not in form.changed_data:
            return
        identity, customer = EventIdentity.objects.get(pk=obj.pk), obj.customer
        try:
            link_identity(identity=identity, customer=customer, at=timezone.now())
        except LinkRefused as error:
            messages.error(request, str(error))

    @admin.display(description=gettext_lazy("key"))
    def shown_key(self, identity: EventIdentity) -> str:
        """What the source calls it."""
        return identity.key or "–"

    @display(description=gettext_lazy("known by"), label=TONES)
    def known_by(self, identity: EventIdentity) -> tuple[str, str] | None:
        """How the customer is known."""
        return (identity.link, identity.get_link_display()) if identity.link else None

    @admin.display(description=gettext_lazy("user of the device"))
    def belongs_to(self, identity: EventIdentity) -> SafeString | str:
        """The user, with their page."""
        if identity.owner_id is None:
            return "–"
        page = reverse("admin:analytics_eventidentity_change", args=[identity.owner_id])
        return format_html('<a class="cd-link" href="{}">{}</a>', page, identity.owner)

    @admin.display(description=gettext_lazy("events"))
    def its_events(self, identity: EventIdentity) -> SafeString:
        """Where they are listed."""
        page = reverse("admin:analytics_event_changelist")
        link = f"{page}?identity__id__exact={identity.pk}"
        return format_html('<a class="cd-link" href="{}">{}</a>', link, _("Show its events"))
