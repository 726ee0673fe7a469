"""The timeline on a customer's page: everything, newest first; older entries come by key, not by page number."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.admin.score_display import points, tone_of
from analytics.admin.words import rating_tone
from analytics.choices import IdentityKind
from analytics.operations.fact_words import duration, said_of_rating
from analytics.operations.timeline import Timeline, timeline
from analytics.operations.timeline_sources import EVENT, USUAL_TYPES, Entry, Place
from customers.admin.customer_page import page_frame, visible_customer
from customers.choices import Direction, InteractionKind, OrderStatus
from customers.models import Customer
from services.choices import Channel, TicketStatus

AT_ONCE = 20
ON_THE_PAGE = 12
NOTICEABLE = 0.5  # points
ICONS = {
    "interaction": "forum",
    "order": "receipt_long",
    "rating": "star",
    "score": "monitoring",
    "ticket_opened": "confirmation_number",
    "ticket_solved": "task_alt",
    "consent": "verified_user",
    "relation_began": "hub",
    "relation_ended": "link_off",
    "merge": "merge",
    "event": "ads_click",
}
INTERACTION_ICONS = {"call": "call", "meeting": "groups", "visit": "storefront", "campaign": "campaign", "note": "note"}
KINDS = {
    "interaction": gettext_lazy("Interaction"),
    "order": gettext_lazy("Order"),
    "rating": gettext_lazy("Rating"),
    "score": gettext_lazy("Score"),
    "ticket_opened": gettext_lazy("Ticket opened"),
    "ticket_solved": gettext_lazy("Ticket solved"),
    "consent": gettext_lazy("Consent"),
    "relation_began": gettext_lazy("Relation began"),
    "relation_ended": gettext_lazy("Relation ended"),
    "merge": gettext_lazy("Merged into this"),
    "event": gettext_lazy("Behaviour event"),
}
# What the page can be narrowed down to: name in the address, name for people, types of entries.
SHOWS = {
    "": (gettext_lazy("All"), USUAL_TYPES),
    "tickets": (gettext_lazy("Tickets"), ("ticket_opened", "ticket_solved")),
    "orders": (gettext_lazy("Orders"), ("order",)),
    "interactions": (gettext_lazy("Calls and notes"), ("interaction",)),
    "ratings": (gettext_lazy("Ratings"), ("rating",)),
    "scores": (gettext_lazy("Scores"), ("score",)),
    "relations": (gettext_lazy("Relations"), ("relation_began", "relation_ended", "merge")),
    "consents": (gettext_lazy("Consent"), ("consent",)),
    "behaviour": (gettext_lazy("Behaviour"), ("event",)),
}
PAGES = {
    "interaction": "admin:customers_interaction_change",
    "order": "admin:customers_order_change",
    "ticket_opened": "admin:services_ticket_change",
    "ticket_solved": "admin:services_ticket_change",
    "relation_began": "admin:customers_relation_change",
    "relation_ended": "admin:customers_relation_change",
    "event": "admin:analytics_event_change",
}
AT_HOME = {"consent": "#identity"}  # told of on the customer's page itself


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
    is_day: bool = False


def newest(customer: Customer, request: HttpRequest, *, at: datetime) -> Timeline:
    """The newest entries, to be read along with the other short lists of the page."""
    user: Any = request.user
    return Timeline(customer, user=user, at=at, limit=2 * ON_THE_PAGE)


def newest_lines(found: Timeline, customer: Customer, rows: dict[str, Any]) -> dict[str, Any]:
    """The context: the newest entries of what was read, and where the older ones begin."""
    return _context(customer, *found.entries(rows), show="", at_most=ON_THE_PAGE)


def older_page(model_admin: Any, request: HttpRequest, pk: int, *, at: datetime) -> HttpResponse:
    """The entries after `?before=` of the kind `?show=`: as a fragment for the page that asked (with the frame where
    it begins anew), or as a page of its own without scripts."""
    customer = visible_customer(model_admin, request, pk)
    show = request.GET.get("show", "")
    try:
        before = read_place(request.GET.get("before", ""))
        _name, types = SHOWS[show]
    except (ValueError, KeyError):
        return HttpResponseBadRequest(_("This is no place on a timeline."))
    user: Any = request.user
    entries, following = timeline(customer, user=user, at=at, before=before, limit=2 * AT_ONCE, types=types)
    context = {"customer": customer, **_context(customer, entries, following, show=show, at_most=AT_ONCE)}
    if request.headers.get("HX-Request"):
        fragment = "timeline_lines" if before else "timeline"
        return TemplateResponse(request, f"admin/analytics/{fragment}.html", context)
    context |= page_frame(model_admin, request, customer, tab="timeline")
    return TemplateResponse(request, "admin/analytics/timeline_page.html", context)


def _context(
    customer: Customer, entries: list[Entry], following: Place | None, *, show: str, at_most: int
) -> dict[str, Any]:
    news = [entry for entry in entries if show or _is_news(entry)]
    shown = news[:at_most]
    if len(news) > at_most:
        following = shown[-1].place
    return {
        "lines": [_line(entry, customer) for entry in shown],
        "older": write_place(following) if following else "",
        "show": show,
        "shows": [(key, name) for key, (name, _types) in SHOWS.items()],
    }


def _is_news(entry: Entry) -> bool:
    """A score that hardly moved is one only for whoever looks at scores alone."""
    change = entry.detail.get("change")
    return entry.type != "score" or change is None or abs(change) >= NOTICEABLE


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
    return Place(moment, kind, str(UUID(pk)) if kind == EVENT else int(pk))


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
    if entry.type == "merge":
        return reverse("admin:customers_customer_history", args=[customer.pk])
    if entry.type in AT_HOME:
        return reverse("admin:customers_customer_page", args=[customer.pk]) + AT_HOME[entry.type]
    return reverse(PAGES[entry.type], args=[entry.id])


def _interaction(detail: dict[str, Any]) -> dict[str, Any]:
    kind, direction = InteractionKind(detail["kind"]), Direction(detail["direction"])
    words = [kind.label] if kind == InteractionKind.NOTE else [kind.label, direction.label]
    return {"note": " · ".join(map(str, words)), "icon": INTERACTION_ICONS[kind]}


def _order(detail: dict[str, Any]) -> dict[str, Any]:
    total = number_format(detail["total"], 2, force_grouping=True)
    return {"note": f"{OrderStatus(detail['status']).label} · {total} {detail['currency']}"}


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


def _consent(detail: dict[str, Any]) -> dict[str, Any]:
    said = _("allowed") if detail["is_given"] else _("forbidden")
    words = [said, detail["source"], detail["text_version"]]
    return {"note": " · ".join(word for word in words if word), "tone": "good" if detail["is_given"] else "bad"}


def _relation(detail: dict[str, Any]) -> dict[str, Any]:
    return {"note": detail["role"], "is_day": True}


def _merge(detail: dict[str, Any]) -> dict[str, Any]:
    return {"note": _("undone since") if detail["undone"] else ""}


def _event(detail: dict[str, Any]) -> dict[str, Any]:
    return {"note": f"{detail['source']} · {IdentityKind(detail['kind']).label}"}


_DETAILS = {
    "consent": _consent,
    "event": _event,
    "merge": _merge,
    "relation_began": _relation,
    "relation_ended": _relation,
    "interaction": _interaction,
    "order": _order,
    "rating": _rating,
    "score": _score,
    "ticket_opened": _opened,
    "ticket_solved": _solved,
}
