"""What the desk answers to a verb. The script of the page gets the open ticket anew, or why not; a browser without
script is led back to the page, or sees it with what was typed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from services.admin.conversation import lines_since
from services.admin.desk.page import asked, asked_key, desk_page
from services.admin.desk.ticket_column import Typed, ticket_column
from services.admin.ticket_verbs import REFUSALS, reason
from services.models import Ticket
from services.operations.finish_draft import FileIsGone
from services.operations.take_ticket import OnlyAgentsTake

SCRIPT = "X-Desk"
SAID = "X-Desk-Said"
REFUSED = (*REFUSALS, OnlyAgentsTake, FileIsGone)


def answer_verb(
    request: HttpRequest, ticket: Ticket, verb: Callable[[], str], *, at: datetime, kind: str = "", body: str = ""
) -> HttpResponse:
    """Do a verb in one transaction. `kind` and `body`: what was typed, which a refusal keeps."""
    try:
        with transaction.atomic():
            said = verb()
    except REFUSED as refusal:
        events = list(ticket.events.select_related("actor__agent"))
        news = lines_since(events, asked_key(request.POST.get("seen_event")) or 0)
        return answer_refusal(request, ticket.pk, Typed(reason(refusal), news, kind, body), at=at, status=409)
    return answer_done(request, ticket.pk, said, at=at)


def answer_done(request: HttpRequest, pk: int, said: str, *, at: datetime) -> HttpResponse:
    """The ticket as it stands after a verb."""
    if request.headers.get(SCRIPT):
        return _column(request, pk, at=at, headers={SAID: quote(said)})
    messages.success(request, said)
    return HttpResponseRedirect(address_of(request, pk))


def answer_refusal(request: HttpRequest, pk: int, typed: Typed, *, at: datetime, status: int) -> HttpResponse:
    """The ticket as it stands, why nothing was done, and what was typed."""
    if request.headers.get(SCRIPT):
        return _column(request, pk, at=at, typed=typed, status=status)
    return desk_page(request, _again(request, pk), at=at, typed=typed, status=status)


def address_of(request: HttpRequest, pk: int) -> str:
    """The page with the same view and this ticket."""
    view = request.GET.get("view", "")
    return f"{reverse('admin:desk')}?{urlencode({'view': view, 'ticket': pk} if view else {'ticket': pk})}"


def _column(
    request: HttpRequest,
    pk: int,
    *,
    at: datetime,
    typed: Typed | None = None,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> HttpResponse:
    ticket = _again(request, pk)
    context: dict[str, Any] = ticket_column(request, ticket, at=at, typed=typed) if ticket else {"gone": True}
    context["view"] = asked(request)[0]
    return TemplateResponse(request, "admin/desk/ticket.html", context, status=status, headers=headers)


def _again(request: HttpRequest, pk: int) -> Ticket | None:
    """The ticket, read anew. Who gave it away may not see it any more."""
    user: Any = request.user
    tickets = Ticket.objects.visible_to(user).select_related(
        "customer", "requester", "queue", "team", "assignee__user", "service_type", "policy", "merged_into"
    )
    return tickets.filter(pk=pk).first()
