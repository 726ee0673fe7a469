"""Possible duplicates: the queue, and the page on which one is decided."""

from typing import Any

from django.contrib import admin, messages
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display

from customers.admin.base import ReadOnlyModelAdmin
from customers.admin.compare_page import both, compare_page, go_on, may, take_merge
from customers.admin.filters import SECONDS
from customers.admin.pair_words import likeness, reason_chips
from customers.admin.row_keys import is_key
from customers.admin.words import ago
from customers.choices import PairState
from customers.models import DuplicatePair, Merge
from customers.operations.dismiss_pair import PairIsDecided, dismiss_pair
from customers.operations.reopen_pair import reopen_pair

TONES = {PairState.OPEN: "warn", PairState.MERGED: "good", PairState.DISMISSED: ""}
ALL = "all"
MOST_COUNTED = 99


def open_pairs(request: HttpRequest) -> str:
    """How many pairs wait for this user, for the navigation; at most a minute old. Empty: none."""
    key = _badge_key(request)
    count = cache.get(key)
    if count is None:
        count = DuplicatePair.objects.visible_to(request.user).open().order_by()[: MOST_COUNTED + 1].count()
        cache.set(key, count, SECONDS)
    return "" if not count else str(count) if count <= MOST_COUNTED else f"{MOST_COUNTED}+"


def _badge_key(request: HttpRequest) -> str:
    return f"badge:duplicates:{request.user.pk}"


class StateFilter(DropdownFilter):
    """Who opens the list without any question sees what is to be decided."""

    title = _("state")
    parameter_name = "state"

    def value(self) -> str:
        """What was asked for, else the open ones."""
        return super().value() or PairState.OPEN

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The states."""
        return [*PairState.choices, (ALL, _("All"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Pairs in this state."""
        return queryset if self.value() == ALL else queryset.filter(state=self.value())


@admin.register(DuplicatePair)
class DuplicatePairAdmin(ReadOnlyModelAdmin):
    """The queue of pairs to be reviewed, likeliest first."""

    list_display = ["two", "alike", "why", "found", "decision"]
    list_display_links = None
    list_select_related = ["first", "second", "decided_by"]
    list_filter = [StateFilter, ("found_by", ChoicesDropdownFilter)]
    list_before_template = "admin/customers/duplicatepair/views.html"
    list_fullwidth = True
    search_fields = ["first__name", "second__name"]
    ordering = ["-score", "id"]

    class Media:
        css = {"all": ["customers/duplicates.css"]}

    def get_urls(self) -> list[URLPattern]:
        """The page is at .../change/; decisions go to .../decide/<what>/."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/decide/<slug:what>/", wrap(self.decide), name="customers_duplicatepair_decide"),
            *super().get_urls(),
        ]

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """The two side by side; of two who were merged, the merge."""
        pair = self._pair(request, object_id)
        if pair.state == PairState.MERGED:
            merge = Merge.objects.filter(kept__in=[pair.first, pair.second], gone__in=[pair.first, pair.second]).first()
            if merge is None:
                raise Http404(gettext("There is no such page, or you may not see it."))
            return HttpResponseRedirect(reverse("admin:customers_merge_change", args=[merge.pk]))
        return compare_page(request, both(request, [pair.first_id, pair.second_id]), pair=pair)

    def decide(self, request: HttpRequest, pk: int, what: str) -> HttpResponse:
        """Merge the two, tell them apart, or take that back; then the next pair."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        pair = self._pair(request, pk)
        customers = both(request, [pair.first_id, pair.second_id]) if pair.state != PairState.MERGED else []
        cache.delete(_badge_key(request))
        if what == "merge" and customers:
            return take_merge(request, customers, pair=pair, at=timezone.now())
        if not may(request, "customers.change_duplicatepair"):
            raise PermissionDenied
        try:
            if what == "dismiss":
                dismiss_pair(pair=pair, by=request.user, at=timezone.now())  # type: ignore[arg-type]
                messages.success(request, gettext("These two are not the same: they are not proposed again."))
            elif what == "reopen":
                reopen_pair(pair=pair)
                return HttpResponseRedirect(reverse("admin:customers_duplicatepair_change", args=[pair.pk]))
            else:
                raise PairIsDecided(pair)
        except PairIsDecided as refused:
            messages.error(request, str(refused))
        return HttpResponseRedirect(go_on(request, pair))

    def _pair(self, request: HttpRequest, key: Any) -> DuplicatePair:
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.get_queryset(request).select_related("decided_by")
        pair: DuplicatePair | None = rows.filter(pk=key).first() if is_key(str(key)) else None
        if pair is None:
            raise Http404(gettext("There is no such pair, or you may not see both of its customers."))
        return pair

    @display(description=_("who"))
    def two(self, pair: DuplicatePair) -> SafeString:
        """Both names, leading to the page on which the pair is decided."""
        icon = "apartment" if pair.first.kind == "organisation" else "person"
        return format_html(
            '<a class="cd-who dup-two" href="{}"><span class="material-symbols-outlined" aria-hidden="true">{}</span>'
            "<span><b>{}</b><b>{}</b></span></a>",
            reverse("admin:customers_duplicatepair_change", args=[pair.pk]),
            icon,
            pair.first.name,
            pair.second.name,
        )

    @display(description=_("likeness"), ordering="score")
    def alike(self, pair: DuplicatePair) -> SafeString:
        """A number and a bar."""
        return likeness(pair)

    @display(description=_("reasons"))
    def why(self, pair: DuplicatePair) -> SafeString:
        """In words."""
        return reason_chips(pair)

    @display(description=_("found"), ordering="found_at")
    def found(self, pair: DuplicatePair) -> SafeString:
        """How, and how long ago."""
        return format_html(
            '<span class="cd-two dup-found" title="{}"><b>{}</b><small>{}</small></span>',
            date_format(pair.found_at, "DATETIME_FORMAT"),
            pair.get_found_by_display(),
            ago(pair.found_at, at=timezone.now()),
        )

    @display(description=_("state"), ordering="state")
    def decision(self, pair: DuplicatePair) -> SafeString:
        """The state, and who decided."""
        return format_html(
            '<span class="cd-two"><span class="cd-chip cd-chip--{}">{}</span><small>{}</small></span>',
            TONES[PairState(pair.state)],
            pair.get_state_display(),
            pair.decided_by or "",
        )
