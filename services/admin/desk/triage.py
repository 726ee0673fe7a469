"""What the desk suggests for the open ticket: fetched last, so that nobody waits for it."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from services.admin.desk.access import at_the_desk, ticket_in_sight
from services.operations.suggest_triage import suggest_triage


@at_the_desk("GET")
def triage_panel(request: HttpRequest, pk: int, *, at: datetime) -> HttpResponse:
    """A better queue, a service type, similar solved tickets and a macro, each with how sure that is and why."""
    ticket = ticket_in_sight(request, pk)
    user: Any = request.user
    last = ticket.events.order_by("pk").values_list("pk", flat=True).last()
    context = {
        "ticket": ticket,
        "version": ticket.version,
        "seen_event": last or 0,
        "triage": suggest_triage(ticket=ticket, user=user),
    }
    return TemplateResponse(request, "admin/desk/triage.html", context)
