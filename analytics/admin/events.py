"""Behaviour events as they came: a list that is read by its indexes alone, however many there are."""

import json
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateTimeFilter

from analytics.models import Event
from customers.admin.base import ReadOnlyModelAdmin
from customers.admin.filters import VisibleRelatedFilter

BY_NAME = "name__id__exact"


@admin.register(Event)
class EventAdmin(ReadOnlyModelAdmin):
    """Newest first. Events of a customer are on their timeline, and in this list by the link from an identity."""

    empty_hint = _("Send events to /api/v1/events/, or import an export of Mixpanel, Amplitude or GA4.")
    list_display = ["name", "at", "who", "customer", "source"]
    list_filter: Any = [("name", VisibleRelatedFilter), ("source", VisibleRelatedFilter), ("at", RangeDateTimeFilter)]
    list_select_related = ["name", "source", "identity__customer"]
    sortable_by: ClassVar[tuple[str, ...]] = ()  # any other order would sort all of them
    fields = [("name", "at"), ("who", "customer"), ("source", "recorded_at"), "session", "told"]
    readonly_fields = ["who", "customer", "told"]

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Newest first: by key, or, for one name, by the index of name and time."""
        return ("-at", "-pk") if BY_NAME in request.GET else ("-pk",)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Links lead here from an identity and from a customer."""
        own = {"identity__id__exact", "identity__customer__id__exact"}
        return lookup in own or super().lookup_allowed(lookup, value, request)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The event, in the month that its key tells."""
        try:
            key = UUID(object_id)
        except ValueError:
            return None
        rows: Any = self.get_queryset(request)
        return rows.with_keys([key]).select_related("name", "source", "identity__customer").first()

    @admin.display(description=_("identity"))
    def who(self, event: Event) -> SafeString:
        """The user or the device, with its page."""
        page = reverse("admin:analytics_eventidentity_change", args=[event.identity_id])
        return format_html('<a class="cd-link" href="{}">{}</a>', page, event.identity)

    @admin.display(description=_("customer"))
    def customer(self, event: Event) -> SafeString | str:
        """Who it was, where that is known."""
        customer = event.identity.customer
        if customer is None:
            return "–"
        page = reverse("admin:customers_customer_page", args=[customer.pk])
        return format_html('<a class="cd-link" href="{}">{}</a>', page, customer)

    @admin.display(description=_("properties"))
    def told(self, event: Event) -> SafeString | str:
        """The properties, one a line."""
        if not event.properties:
            return "–"
        pairs = sorted((name, _text(value)) for name, value in event.properties.items())
        rows = format_html_join("", "<dt>{}</dt><dd>{}</dd>", pairs)
        return format_html('<dl class="cd-facts">{}</dl>', rows)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
