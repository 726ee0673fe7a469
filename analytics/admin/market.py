"""What staff know of the market: holidays, promotions, stock-outs, indexes."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter

from analytics.choices import MarketEventKind
from analytics.models import MarketEvent, MarketIndex
from customers.admin.base import CandidModelAdmin

TONES = {MarketEventKind.HOLIDAY: "fair", MarketEventKind.PROMOTION: "good", MarketEventKind.STOCK_OUT: "bad"}


@admin.register(MarketEvent)
class MarketEventAdmin(CandidModelAdmin):
    """Days on which demand is not as usual."""

    empty_hint = _(
        "Put down promotions, days out of stock and holidays that no calendar has. Forecasts reckon with them from the "
        "next night on; days out of stock are not taken for days without demand."
    )
    list_display = ["name", "what", "starts_on", "ends_on", "product", "category", "discount"]
    list_filter = [("kind", ChoicesDropdownFilter), ("starts_on", RangeDateFilter)]
    list_select_related = ["product", "category"]
    search_fields = ["name"]
    ordering = ["-starts_on", "-pk"]
    autocomplete_fields = ["product", "category"]
    fields = [("kind", "name"), ("starts_on", "ends_on"), ("product", "category"), "discount"]

    @admin.display(description=_("kind"), ordering="kind")
    def what(self, event: MarketEvent) -> SafeString:
        """As a label."""
        tone = TONES[MarketEventKind(event.kind)]
        return format_html('<span class="cd-chip cd-chip--{}">{}</span>', tone, event.get_kind_display())


@admin.register(MarketIndex)
class MarketIndexAdmin(CandidModelAdmin):
    """How the market and the competitors' prices stood."""

    empty_hint = _(
        "An index of the market, or of your competitors' prices: 100 is usual. Each value holds until the next one."
    )
    list_display = ["__str__", "kind", "on", "value", "category"]
    list_filter = [("kind", ChoicesDropdownFilter), ("on", RangeDateFilter)]
    list_select_related = ["category"]
    ordering = ["-on", "-pk"]
    autocomplete_fields = ["category"]
    fields = [("kind", "on"), "value", "category"]
