"""The timeline on a customer's page: everything, newest first; older entries come by key, not by page number."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.admin.score_display import points, tone_of
from analytics.admin.words import duration, rating_tone, said_of_rating
from analytics.operations.timeline import Entry, Place, timeline
from customers.admin.customer_page import page_frame, visible_customer
from customers.choices import Direction, InteractionKind, OrderStatus
from customers.models import Customer
from services.choices import Channel, TicketStatus

AT_ONCE = 20
ICONS = {
    "interaction": "forum",
    "order": "receipt_long",
    "rating": "star",
    "score": "monitoring",
    "ticket_opened": "confirmation_number",
    "ticket_solved": "task_alt",
}
INTERACTION_ICONS = {"call": "call", "meeting": "groups", "visit": "storefront", "campaign": "campaign", "note": "note"}
KINDS = {
    "interaction": gettext_lazy("Interaction"),
    "order": gettext_lazy("Order"),
    "rating": gettext_lazy("Rating"),
    "score": gettext_lazy("Score"),
    "ticket_opened": gettext_lazy("Ticket opened"),
    "ticket_solved": gettext_lazy("Ticket solved"),
}
PAGES = {
    "interaction": "admin:customers_interaction_change",
    "order": "admin:customers_order_change",
    "ticket_opened": "admin:services_ticket_change",
    "ticket_solved": "admin:services_ticket_change",
}


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as it is shown."""

    at: datetime
    kind: Any
    icon: str
    tone: str
    title: str
    link: str
    note: str
    change: SafeString | str
    quote: str
    low_evidence: bool


def first_page(customer: Customer, request: HttpRequest) -> dict[str, Any]:
    """The newest entries, and where the older ones begin."""
    return _page(customer, request, None)


def older_page(model_admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """The entries after `?before=`: as a fragment for the page that asked, or as a page of its own without scripts."""
    customer = visible_customer(model_admin, request, pk)
    try:
        before = read_place(request.GET.get("before", ""))
    except ValueError:
        return HttpResponseBadRequest(_("This is no place on a timeline."))
    lines = _page(customer, request, before)
    if request.headers.get("HX-Request"):
        return TemplateResponse(request, "admin/analytics/timeline_lines.html", {"customer": customer, **lines})
    context = {**page_frame(model_admin, request, customer, tab="timeline"), **lines}
    return TemplateResponse(request, "admin/analytics/timeline_page.html", context)


def _page(customer: Customer, request: HttpRequest, before: Place | None) -> dict[str, Any]:
    user: Any = request.user
    entries, following = timeline(customer, user=user, before=before, limit=AT_ONCE)
    return {
        "lines": [_line(entry, customer) for entry in entries],
        "older": write_place(following) if following else "",
    }


def write_place(place: Place) -> str:
    """A place on the timeline as it stands in an address."""
    return f"{place.at.isoformat()}~{place.type}~{place.id}"


def read_place(text: str) -> Place | None:
    """The place that an address names; empty: the top. Raises ValueError."""
    if not text:
        return None
    at, kind, pk = text.split("~")
    moment = parse_datetime(at)
    if moment is None or moment.tzinfo is None:
        raise ValueError(text)
    return Place(moment, kind, int(pk))


def _line(entry: Entry, customer: Customer) -> Line:
    shown: dict[str, Any] = {
        "title": entry.title,
        "link": _link(entry, customer),
        "note": "",
        "tone": "",
        "icon": ICONS[entry.type],
    }
    shown |= {"change": "", "quote": "", "low_evidence": False}
    shown |= _DETAILS[entry.type](entry.detail)
    return Line(at=entry.at, kind=KINDS[entry.type], **shown)


def _link(entry: Entry, customer: Customer) -> str:
    if entry.type == "score":
        return reverse("admin:customers_customer_why", args=[customer.pk]) + f"?as_of={entry.at:%Y-%m-%d}"
    if entry.type == "rating":
        page = "admin:services_ticket_change" if entry.detail["ticket"] else "admin:customers_order_change"
        return reverse(page, args=[entry.detail["ticket"] or entry.detail["order"]])
    return reverse(PAGES[entry.type], args=[entry.id])


def _interaction(detail: dict[str, Any]) -> dict[str, Any]:
    kind, direction = InteractionKind(detail["kind"]), Direction(detail["direction"])
    return {"note": f"{kind.label} · {direction.label}", "icon": INTERACTION_ICONS[kind]}


def _order(detail: dict[str, Any]) -> dict[str, Any]:
    return {"note": f"{OrderStatus(detail['status']).label} · {detail['total']} {detail['currency']}"}


def _rating(detail: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": said_of_rating(detail["scale"], detail["value"]),
        "tone": rating_tone(detail["scale"], detail["value"]),
        "quote": detail["comment"],
    }


def _score(detail: dict[str, Any]) -> dict[str, Any]:
    change = detail["change"]
    return {
        "title": _("%(score)d of 100") % {"score": round(detail["score"])},
        "tone": tone_of(detail["score"]),
        "change": "" if change is None else points(change),
        "low_evidence": detail["low_evidence"],
    }


def _opened(detail: dict[str, Any]) -> dict[str, Any]:
    status, channel = TicketStatus(detail["status"]), Channel(detail["channel"])
    return {"note": f"{detail['number']} · {status.label} · {channel.label}", "tone": "fair"}


def _solved(detail: dict[str, Any]) -> dict[str, Any]:
    note = detail["number"]
    if detail["seconds"] is not None:
        note += " · " + _("in %(time)s") % {"time": duration(detail["seconds"])}
    if detail["late"]:
        note += " · " + _("late")
    return {"note": note, "tone": "warn" if detail["late"] else "good"}


_DETAILS = {
    "interaction": _interaction,
    "order": _order,
    "rating": _rating,
    "score": _score,
    "ticket_opened": _opened,
    "ticket_solved": _solved,
}
