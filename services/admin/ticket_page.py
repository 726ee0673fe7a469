"""The page of one ticket: the conversation, the reply box, the customer beside it, the clocks, and the verbs."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.admin.attribute_display import rows_of
from customers.models import StaleVersion
from services.admin.clock_faces import clock_faces, stretches, totals
from services.admin.conversation import Entry, conversation, lines_since
from services.admin.delivery import route_hint
from services.admin.desk.customer import customer_side
from services.admin.rating_question import rating_question
from services.admin.ticket_beside import Beside
from services.admin.ticket_forms import THEN, AssignForm, ComposeForm, PriorityForm, RateForm
from services.admin.ticket_ties import Tie, tie_forms, ties_of
from services.admin.ticket_verbs import REFUSALS, do, erased_party, form_for, may_take, moves_of, reason
from services.choices import RatingScale, TicketStatus
from services.models import Ticket
from services.operations.clean_ticket_attributes import ticket_definitions
from services.operations.ticket_change import FINAL
from services.transitions import TRANSITIONS

SOLVING = ("solve", "compose", "solve-problem")
TEMPLATE = "admin/services/ticket/page.html"
CUSTOMER_TEMPLATE = "admin/services/ticket/customer.html"
# Asks for the page with the customer on it, in one answer: for browsers without scripts.
WHOLE = "whole"


def visible_ticket(model_admin: Any, request: HttpRequest, pk: int) -> Ticket:
    """The ticket, or 404 when it is out of the user's sight; 403 for someone who may see no ticket at all."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    tickets = model_admin.get_queryset(request).select_related(
        "customer",
        "requester",
        "queue__calendar",
        "team",
        "assignee__user",
        "service_type",
        "policy",
        "parent",
        "merged_into",
    )
    ticket: Ticket | None = tickets.filter(pk=pk).first()
    if ticket is None:
        raise Http404(_("There is no such ticket, or you may not see it."))
    return ticket


def ticket_page(
    model_admin: Any,
    request: HttpRequest,
    pk: int,
    *,
    at: datetime,
    compose: ComposeForm | None = None,
    refusal: str = "",
    news: list[Entry] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render the page: without the customer, whom it fetches, unless asked for the `whole`. After a refusal: `compose`
    holds what was typed, `news` what happened meanwhile."""
    ticket = visible_ticket(model_admin, request, pk)
    events = list(ticket.events.select_related("actor__agent"))
    user: Any = request.user
    beside = Beside.of(ticket, user, events)
    terms = beside.terms
    entries, has_earlier = conversation(ticket, events)
    tape = stretches(events, terms, at=at)
    seen = {"version": ticket.version, "seen_event": max((event.pk for event in events), default=0)}
    ties = ties_of(ticket, beside)
    request.current_app = model_admin.admin_site.name
    context = {
        **model_admin.admin_site.each_context(request),
        "title": ticket.subject,
        "opts": model_admin.opts,
        "media": model_admin.media,
        "ticket": ticket,
        "now": at,
        "entries": entries,
        "has_earlier": has_earlier,
        "clocks": clock_faces(ticket, events, terms, at=at),
        "tape": tape,
        "tape_totals": totals(tape),
        "ratings": beside.ratings,
        **rating_question(ticket, beside.asked, at=at),
        "attributes": rows_of(ticket.attributes, ticket_definitions().values()) if ticket.attributes else [],
        "seen": seen,
        "refusal": refusal,
        "news": news or [],
        **(
            {"customer_is_here": True, **customer_side(request, ticket), **route_hint(ticket, at=at)}
            if WHOLE in request.GET
            else {}
        ),
        **ties,
        **_verbs(model_admin, request, ticket, seen, compose, ties["ties"], beside),
    }
    return TemplateResponse(request, TEMPLATE, context, status=status)


def ticket_customer(model_admin: Any, request: HttpRequest, pk: int, *, at: datetime) -> HttpResponse:
    """The customer for the page, which fetches it: nobody waits for it to read the conversation."""
    ticket = visible_ticket(model_admin, request, pk)
    return TemplateResponse(
        request, CUSTOMER_TEMPLATE, {"ticket": ticket, **customer_side(request, ticket), **route_hint(ticket, at=at)}
    )


def do_verb(model_admin: Any, request: HttpRequest, pk: int, verb: str, *, at: datetime) -> HttpResponse:
    """Take a request for a verb: do it and go back to the page, or show the page with the reason why not."""
    ticket = visible_ticket(model_admin, request, pk)
    if not model_admin.has_change_permission(request, ticket):
        raise PermissionDenied
    user: Any = request.user
    form = form_for(verb, request.POST, ticket=ticket, user=user)
    if form is None:
        raise Http404(_("There is no such verb."))
    compose = form if isinstance(form, ComposeForm) else None
    if not form.is_valid():
        return ticket_page(model_admin, request, pk, at=at, compose=compose, refusal=_told(form), status=422)
    try:
        with transaction.atomic():
            done = do(verb, ticket=ticket, user=user, given=form.cleaned_data, at=at)
    except REFUSALS as refusal:
        news = lines_since(list(ticket.events.select_related("actor__agent")), form.cleaned_data["seen_event"] or 0)
        return ticket_page(
            model_admin,
            request,
            pk,
            at=at,
            compose=compose,
            refusal=reason(refusal),
            news=news if isinstance(refusal, StaleVersion) else [],
            status=409,
        )
    messages.success(request, done)
    if verb in SOLVING and ticket.status == TicketStatus.SOLVED:
        _warn_of_parts(request, ticket)
    return HttpResponseRedirect(reverse("admin:services_ticket_change", args=[pk]) + "#latest")


def _warn_of_parts(request: HttpRequest, ticket: Ticket) -> None:
    """A ticket may be solved before its parts; whoever does it is told."""
    user: Any = request.user
    parts = Ticket.objects.visible_to(user).unsolved().filter(parent=ticket).count()
    if parts:
        text = ngettext("%(count)d part of it is not solved yet.", "%(count)d parts of it are not solved yet.", parts)
        messages.warning(request, text % {"count": parts})


def _told(form: forms.Form) -> str:
    fields = (name for name in form.errors if name in form.fields)
    return " ".join(f"{form[name].label}: {' '.join(map(str, form.errors[name]))}" for name in fields)


def _verbs(
    model_admin: Any,
    request: HttpRequest,
    ticket: Ticket,
    seen: dict[str, int],
    compose: ComposeForm | None,
    ties: list[Tie],
    beside: Beside,
) -> dict[str, Any]:
    """The reply box and the buttons, for whoever may change the ticket; only what its status allows."""
    if not model_admin.has_change_permission(request, ticket):
        return {"can_change": False}
    user: Any = request.user
    is_final, erased = ticket.status in FINAL, erased_party(ticket)
    return {
        **tie_forms(ticket, user, ties, beside.queues),
        "can_change": True,
        "may_send_again": True,
        "is_final": is_final,
        "erased": erased,
        "moves": moves_of(ticket),
        "can_take": may_take(ticket, user, is_agent=beside.is_agent),
        "compose": None if is_final or erased else _compose_box(compose, seen),
        "then": [pair for pair in THEN if not pair[0] or pair[0] in TRANSITIONS[ticket.status]],
        "assign_form": None
        if is_final
        else AssignForm(initial={"to": ticket.assignee}, ticket=ticket, user=user, choices=beside.agents),
        "priority_form": PriorityForm(initial={"to": ticket.priority}) if ticket.is_unsolved else None,
        "rate_form": RateForm(initial={"scale": RatingScale.CSAT}),
    }


def _compose_box(refused: ComposeForm | None, seen: dict[str, int]) -> ComposeForm:
    """The reply box: empty, or with what was typed and the version that the page shows now."""
    typed = {name: refused.data.get(name, "") for name in ("body", "mode")} if refused else {}
    return ComposeForm(initial={"mode": "reply", **typed, **seen})
