"""The page on which two customers are compared, and merged or told apart."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from customers.admin.compare_rows import History, Line, Pair, Together, history, lines_to_choose, pick, together
from customers.admin.pair_words import likeness, reasons_of
from customers.admin.row_keys import is_key
from customers.choices import PairState
from customers.models import Customer, DuplicatePair, Merge, StaleVersion
from customers.operations.choose_columns import GONE, KEPT, BadChoice
from customers.operations.dismiss_pair import PairIsDecided
from customers.operations.merge_customers import MergeRefused, merge_customers
from customers.operations.record_activity import CustomerIsMerged

TEMPLATE = "admin/customers/duplicatepair/compare.html"


@dataclass(slots=True)
class Posted:
    """What a decision brought along: which is kept, which values were picked, what the page showed."""

    kept: int = 0
    picked: dict[str, int] = field(default_factory=dict)
    versions: dict[int, int] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, data: Any, customers: Pair) -> "Posted":
        """Read the form of the page; what is no number is no choice."""
        keys = {str(customer.pk): customer.pk for customer in customers}
        picked = {name.removeprefix("pick:"): keys[data[name]] for name in data if _is_pick(name, data[name], keys)}
        versions = {
            pk: int(data[f"version:{key}"]) for key, pk in keys.items() if is_key(data.get(f"version:{key}", ""))
        }
        return cls(keys.get(data.get("kept", ""), 0), picked, versions, set(data.getlist("seen")))

    def choices(self, lines: list[Line]) -> dict[str, str]:
        """As the operation wants them: what was picked in the lines that there still are."""
        names = {line.name for line in lines if line.name}
        return {name: KEPT if key == self.kept else GONE for name, key in self.picked.items() if name in names}


def _is_pick(name: str, value: str, keys: dict[str, int]) -> bool:
    return name.startswith("pick:") and value in keys


def both(request: HttpRequest, keys: list[int]) -> Pair:
    """The two customers, if the user may see both: 404, or 403 for someone who may see nobody."""
    if not admin.site._registry[Customer].has_view_permission(request):
        raise PermissionDenied
    rows = Customer.objects.visible_to(request.user).select_related("team", "owner").in_bulk(keys)
    if len(rows) != len(set(keys)):
        raise Http404(_("There is no such customer, or you may not see it."))
    return [rows[key] for key in keys]


def may(request: HttpRequest, permission: str) -> bool:
    """Whether the user has this permission, and may change customers."""
    return bool(request.user.has_perm(permission)) and admin.site._registry[Customer].has_change_permission(request)


def advice(customers: Pair, found: History) -> tuple[Customer, str]:
    """Whom to keep, and why: whoever has more history, else whoever was here first."""
    one, other = customers
    if found.rows[0] != found.rows[1]:
        kept = one if found.rows[0] > found.rows[1] else other
        more, fewer = max(found.rows), min(found.rows)
        return kept, _("Has more history: %(more)d against %(fewer)d.") % {"more": more, "fewer": fewer}
    kept = min(customers, key=lambda customer: (customer.created_at, customer.pk))
    return kept, _("Was here first.")


def compare_page(
    request: HttpRequest,
    customers: Pair,
    *,
    pair: DuplicatePair | None = None,
    posted: Posted | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render the page. After a refusal: `posted` holds what was chosen, and lines that changed since are marked."""
    lines, found = lines_to_choose(customers), history(customers, request)
    advised, why = advice(customers, found)
    kept_key = posted.kept if posted and posted.kept else advised.pk
    pick(lines, posted.picked if posted else {}, kept_key)
    parts = together(customers, request)
    everything: list[Line | Together] = [*lines, *parts]
    seen = posted.seen if posted else set()
    for line in everything if seen else ():
        line.changed = line.digest not in seen
    request.current_app = admin.site.name
    context = {
        **admin.site.each_context(request),
        "title": _("Compare"),
        "opts": DuplicatePair._meta,
        "customers": customers,
        "pair": pair,
        "likeness": likeness(pair) if pair else "",
        "reasons": reasons_of(pair) if pair else [],
        "lines": sorted(lines, key=lambda line: not line.differs),
        "differences": sum(line.differs for line in lines),
        "parts": parts,
        "history": found.lines,
        "advised": advised,
        "advice": why,
        "kept_key": kept_key,
        "digests": [line.digest for line in everything],
        "refusal": refusal,
        "changed": [line.label for line in everything if line.changed],
        "is_open": pair is None or pair.state == PairState.OPEN,
        "next_pair": next_pair(request, after=pair) if pair else None,
        "may_merge": may(request, "customers.add_merge"),
        "may_decide": may(request, "customers.change_duplicatepair"),
        "has_view_permission": True,
    }
    return TemplateResponse(request, TEMPLATE, context, status=status)


def next_pair(request: HttpRequest, *, after: DuplicatePair) -> DuplicatePair | None:
    """The next pair of the queue, likeliest first: less likely than this one, else from the top; None: that was all."""
    queue = DuplicatePair.objects.visible_to(request.user).open().exclude(pk=after.pk).order_by("-score", "pk")
    lower = queue.filter(score__lt=after.score) | queue.filter(score=after.score, pk__gt=after.pk)
    return lower.first() or queue.first()


def take_merge(
    request: HttpRequest, customers: Pair, *, at: datetime, pair: DuplicatePair | None = None
) -> HttpResponse:
    """Merge as the page says; where that is refused, the page again with the reason, and with what was chosen."""
    if not may(request, "customers.add_merge"):
        raise PermissionDenied
    posted = Posted.read(request.POST, customers)
    again: dict[str, Any] = {"pair": pair, "posted": posted}
    if not posted.kept:
        text = _("Choose which of the two is kept.")
        return compare_page(request, customers, **again, refusal=text, status=422)
    kept, gone = sorted(customers, key=lambda customer: customer.pk != posted.kept)
    try:
        merge = merge_customers(
            kept=kept,
            gone=gone,
            by=request.user,  # type: ignore[arg-type]
            at=at,
            choices=posted.choices(lines_to_choose(customers)),
            pair=pair,
            kept_version=posted.versions.get(kept.pk, 0),
            gone_version=posted.versions.get(gone.pk, 0),
        )
    except StaleVersion:
        text = _(
            "One of the two was changed after you opened this page, so nothing was merged. What you chose is still "
            "here: look at what is new, then merge again."
        )
        fresh = both(request, [customer.pk for customer in customers])
        return compare_page(request, fresh, **again, refusal=text, status=409)
    except (MergeRefused, BadChoice, PairIsDecided, CustomerIsMerged) as refused:
        messages.error(request, str(refused))
        return HttpResponseRedirect(reverse("admin:customers_duplicatepair_changelist"))
    _note(request, merge)
    return HttpResponseRedirect(go_on(request, pair, otherwise=kept))


def _note(request: HttpRequest, merge: Merge) -> None:
    """Tell it, and offer the way back."""
    messages.success(
        request,
        format_html(
            '{} <a class="cd-link" href="{}">{}</a>',
            _("“%(gone)s” was merged into “%(kept)s”.") % {"gone": merge.gone.name, "kept": merge.kept.name},
            reverse("admin:customers_merge_change", args=[merge.pk]),
            _("See what moved, or undo it"),
        ),
    )


def go_on(request: HttpRequest, pair: DuplicatePair | None, *, otherwise: Customer | None = None) -> str:
    """Where to go after a decision: to the next pair; without a queue, to the kept customer."""
    if pair is None and otherwise is not None:
        return reverse("admin:customers_customer_page", args=[otherwise.pk])
    following = next_pair(request, after=pair) if pair else None
    if following is None:
        return reverse("admin:customers_duplicatepair_changelist")
    return reverse("admin:customers_duplicatepair_change", args=[following.pk])
