"""What customers said: read, never edited."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateTimeFilter

from customers.admin.base import ReadOnlyModelAdmin
from services.admin.rating_requests import response_header
from services.choices import RATING_BOUNDS, RatingScale
from services.models import SatisfactionRating


@admin.register(SatisfactionRating)
class SatisfactionRatingAdmin(ReadOnlyModelAdmin):
    """Ratings of tickets and orders."""

    list_display = ["customer", "answer", "comment_start", "about", "at", "stands"]
    list_select_related = ["customer", "ticket", "order"]
    list_before_template = "admin/services/rating/response.html"
    list_filter = [("scale", ChoicesDropdownFilter), ("at", RangeDateTimeFilter)]
    search_fields = ["comment"]
    fields = ["customer", ("ticket", "order"), ("scale", "value"), "comment", ("at", "recorded_at"), "replaced_by"]

    class Media:
        css = {"all": ["services/desk.css"]}

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, with the response rate above it."""
        return super().changelist_view(
            request, {**(extra_context or {}), **response_header(request, at=timezone.now())}
        )

    @admin.display(description=_("rating"), ordering="value")
    def answer(self, rating: SatisfactionRating) -> SafeString:
        """The number on its scale, coloured by where on the scale it is."""
        low, high = RATING_BOUNDS[RatingScale(rating.scale)]
        share = (rating.value - low) / (high - low)
        tone = "good" if share >= 0.75 else "warn" if share >= 0.5 else "bad"
        return format_html(
            '<span class="cd-chip cd-chip--{}" title="{}">{} / {}</span>',
            tone,
            rating.get_scale_display(),
            rating.value,
            high,
        )

    @admin.display(description=_("comment"))
    def comment_start(self, rating: SatisfactionRating) -> str:
        """The beginning of what was said."""
        return Truncator(rating.comment).chars(80) or "–"

    @admin.display(description=_("about"))
    def about(self, rating: SatisfactionRating) -> SafeString:
        """The ticket or order, by a link."""
        page = "services_ticket_change" if rating.ticket_id else "customers_order_change"
        link = reverse(f"admin:{page}", args=[rating.ticket_id or rating.order_id])
        return format_html('<a class="cd-link" href="{}">{}</a>', link, rating.ticket or rating.order)

    @admin.display(description=_("stands"), boolean=True)
    def stands(self, rating: SatisfactionRating) -> bool:
        """Whether no later answer replaced it."""
        return rating.replaced_by_id is None
