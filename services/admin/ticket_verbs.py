"""The verbs that a ticket's page offers, and what becomes of a request to do one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import StaleVersion, User
from services.admin import ticket_ties
from services.admin.assignment_words import headline
from services.admin.ticket_forms import AssignForm, ComposeForm, PriorityForm, RateForm, SeenForm, SendAgainForm
from services.admin.ticket_ties import do_tie
from services.admin.tie_forms import FORMS
from services.choices import EventKind, Priority, TicketStatus
from services.models import Agent, OutboundMail, Ticket
from services.operations.add_note import add_note
from services.operations.assign_by_rules import assign_by_rules
from services.operations.assign_ticket import AgentTakesNoTickets, AlreadyTaken, assign_ticket
from services.operations.change_priority import TicketIsSolved, change_priority
from services.operations.close_ticket import close_ticket
from services.operations.hold_ticket import hold_ticket
from services.operations.pend_ticket import pend_ticket
from services.operations.rate_ticket import rate_ticket
from services.operations.receive_message import receive_message
from services.operations.reopen_ticket import reopen_ticket
from services.operations.reply_to_ticket import reply_to_ticket
from services.operations.request_rating import MayNotBeAsked, request_rating
from services.operations.resend_mail import NotSentAgain, resend_mail
from services.operations.solve_ticket import solve_ticket
from services.operations.ticket_change import FINAL, TicketIsFinal
from services.operations.write_rating import RatingOutOfBounds
from services.transitions import TRANSITIONS, IllegalTransition


@dataclass(frozen=True, slots=True)
class Move:
    """A verb that takes nothing but the ticket and leads to one status."""

    code: str
    label: Any
    icon: str
    to: TicketStatus
    verb: Callable[..., Ticket]


MOVES = [
    Move("solve", gettext_lazy("Solve"), "check_circle", TicketStatus.SOLVED, solve_ticket),
    Move("reopen", gettext_lazy("Reopen"), "replay", TicketStatus.OPEN, reopen_ticket),
    Move("pend", gettext_lazy("Wait for customer"), "hourglass_empty", TicketStatus.PENDING, pend_ticket),
    Move("hold", gettext_lazy("Put on hold"), "pause_circle", TicketStatus.ON_HOLD, hold_ticket),
    Move("close", gettext_lazy("Close for good"), "lock", TicketStatus.CLOSED, close_ticket),
]


def moves_of(ticket: Ticket) -> list[Move]:
    """The moves that the table allows from the ticket's status. A new ticket opens by being answered."""
    allowed = TRANSITIONS[ticket.status]
    is_new = ticket.status == TicketStatus.NEW
    return [move for move in MOVES if move.to in allowed and not (is_new and move.to == TicketStatus.OPEN)]


def form_for(verb: str, data: Any, *, ticket: Ticket, user: User) -> forms.Form | None:
    """The form that a verb's request must pass; None: there is no such verb."""
    if verb == "compose":
        return ComposeForm(data)
    if verb == "assign":
        return AssignForm(data, ticket=ticket, user=user)
    if verb == "priority":
        return PriorityForm(data)
    if verb == "rate":
        return RateForm(data)
    if verb == "send-again":
        return SendAgainForm(data)
    if verb in FORMS:
        return FORMS[verb](data, ticket=ticket, user=user)
    if verb in ("take", "by-rules", "ask-rating") or any(move.code == verb for move in MOVES):
        return SeenForm(data)
    return None


def do(verb: str, *, ticket: Ticket, user: User, given: dict[str, Any], at: datetime) -> str:
    """Do a verb with what its valid form holds; returns what to tell the user. Raises what the operation raises."""
    common: dict[str, Any] = {"ticket": ticket, "by": user, "at": at, "expected_version": given["version"]}
    if verb == "compose":
        return _compose(common, given)
    if verb == "take":
        assign_ticket(to=Agent.objects.filter(user=user).first(), **common)
        return _("The ticket is yours.")
    if verb == "assign":
        assign_ticket(to=given["to"], **common)
        return _("Given to %(agent)s.") % {"agent": given["to"]} if given["to"] else _("The ticket is nobody's now.")
    if verb == "by-rules":
        assign_by_rules(reason="asked", **common)
        return headline(ticket.events.filter(kind=EventKind.ASSIGNED).latest("pk").data) + "."
    if verb == "ask-rating":
        request_rating(**common)
        return _("The question is in the conversation.")
    if verb == "priority":
        change_priority(to=Priority(given["to"]), **common)
        return _("Priority: %(priority)s.") % {"priority": ticket.get_priority_display()}
    if verb == "rate":
        rate_ticket(value=given["value"], scale=given["scale"], comment=given["comment"], **common)
        return _("The rating is on record.")
    if verb == "send-again":
        return _send_again(ticket, user, given["mail"], at)
    if verb in FORMS:
        return do_tie(verb, ticket=ticket, user=user, given=given, at=at)
    next(move for move in MOVES if move.code == verb).verb(**common)
    return _("The ticket is %(status)s.") % {"status": ticket.get_status_display().lower()}


def _send_again(ticket: Ticket, user: User, key: Any, at: datetime) -> str:
    mail = OutboundMail.objects.filter(message__ticket=ticket, pk=key).first()
    if mail is None:
        raise NotSentAgain(_("There is no such mail in this ticket."))
    resend_mail(mail=mail, by=user, at=at)
    return _("The mail will be sent again.")


def _compose(common: dict[str, Any], given: dict[str, Any]) -> str:
    if given["mode"] == "note":
        add_note(body=given["body"], **common)
        return _("The note is kept. Only colleagues see it.")
    if given["mode"] == "customer":
        message = receive_message(body=given["body"], **common)
        if message.ticket_id != common["ticket"].pk:
            text = _("What the customer said is in ticket %(number)s, which goes on from here.")
            return text % {"number": message.ticket.number}
        return _("What the customer said is in the conversation.")
    then = TicketStatus(given["then"]) if given["then"] else None
    reply_to_ticket(body=given["body"], status_after=then, **common)
    return _("The reply is in the conversation; the ticket is %(status)s.") % {
        "status": common["ticket"].get_status_display().lower()
    }


# What an operation may refuse. Each is told in plain words; what was typed stays on the page.
REFUSALS = (
    StaleVersion,
    TicketIsFinal,
    TicketIsSolved,
    AlreadyTaken,
    AgentTakesNoTickets,
    IllegalTransition,
    MayNotBeAsked,
    NotSentAgain,
    RatingOutOfBounds,
    *ticket_ties.REFUSALS,
)


def reason(refusal: Exception) -> str:
    """A refusal as the user reads it."""
    if isinstance(refusal, StaleVersion):
        return _(
            "The ticket changed while this page was open, so nothing was done. Look at what is new, then try again."
        )
    return str(refusal)


def may_take(ticket: Ticket, user: User, *, is_agent: bool | None = None) -> bool:
    """Whether the user is an agent (`is_agent`, where it is known) and nobody has the ticket."""
    if ticket.status in FINAL or ticket.assignee_id is not None:
        return False
    return Agent.objects.filter(user=user).exists() if is_agent is None else is_agent
