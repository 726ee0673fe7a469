"""“Try it on a ticket”: who would get it now and why. Writes nothing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from services.admin.assignment_words import CONDITIONS, why
from services.models import Ticket
from services.operations.find_agent import Found, find_agent

TEMPLATE = "admin/services/assignmentrule/try.html"
MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One rule or agent, and what is said of it."""

    name: str
    says: str
    load: str = ""
    is_chosen: bool = False


def try_page(model_admin: Any, request: HttpRequest, *, at: datetime) -> HttpResponse:
    """Render the page for the ticket that `?ticket=` names by number or key, among those that the user may see."""
    if not model_admin.has_view_permission(request) or not request.user.has_perm("services.view_ticket"):
        raise PermissionDenied
    asked = request.GET.get("ticket", "").replace("\0", "\N{REPLACEMENT CHARACTER}").strip()
    ticket = ticket_named(asked, request) if asked else None
    found = find_agent(ticket=ticket, at=at, lock=False) if ticket else None
    request.current_app = model_admin.admin_site.name
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Try the assignment rules"),
        "opts": model_admin.opts,
        "media": model_admin.media,
        "asked": asked,
        "ticket": ticket,
        "found": found,
        "rules": _rules(found) if found else [],
        "agents": _agents(found) if found else [],
    }
    return TemplateResponse(request, TEMPLATE, context, status=404 if asked and ticket is None else 200)


def ticket_named(text: str, request: HttpRequest) -> Ticket | None:
    """The visible ticket with this number; a bare number is completed: 12 is T-000012."""
    numbers = [text[:40]]
    if text.isascii() and text.isdigit() and len(text) < 19:
        numbers.append(f"T-{int(text):06d}")
    tickets = Ticket.objects.visible_to(request.user).select_related("queue", "assignee", "customer", "service_type")
    return tickets.filter(number__in=numbers).first()


def _rules(found: Found) -> list[Line]:
    lines = [Line(rule.name, str(CONDITIONS[condition])) for rule, condition in found.unmet]
    return [*lines, Line(found.rule.name, _("is met, and decides"), is_chosen=True)] if found.rule else lines


def _agents(found: Found) -> list[Line]:
    chosen = found.choice.agent
    rows = [one.as_json() | {"capacity": one.agent.capacity, "now": one.agent.load} for one in found.choice.considered]
    lines = [Line(row["name"], why(row), load=f"{row['now']} / {row['capacity']}") for row in rows[:MOST_SHOWN]]
    if chosen is None:
        return lines
    return [Line(chosen.name, _("gets it"), load=f"{chosen.load} / {chosen.capacity}", is_chosen=True), *lines]
