"""Actions of rules that say something: to the customer, to colleagues, or in a note."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import User
from customers.segments.choices import Rows
from services.choices import EventKind, MessageKind, Priority, TicketStatus
from services.models import Agent, Macro, Ticket, TicketEvent
from services.operations.add_note import add_note
from services.operations.apply_macro import MOVES
from services.operations.ask_on_solving import NOT_AGAIN_WITHIN
from services.operations.change_priority import change_priority
from services.operations.macro_text import PLACEHOLDERS, fill_in, require_known_placeholders
from services.operations.notify import notify
from services.operations.reply_automatically import reply_automatically
from services.operations.request_rating import ASKED_ABOUT, request_rating
from services.operations.rule_actions import (
    DONE,
    GONE,
    NO_STEP,
    NOBODY,
    NOT_SOLVED,
    TOO_SOON,
    ActionKind,
    Occasion,
    Param,
    Params,
    ParamType,
    register_action,
)
from services.operations.rule_ticket_actions import AGENT, may_become, unless_final

# A customer is written to by rules at most once in this time, so that two machines do not write to each other for ever.
NOT_SOONER = timedelta(hours=1)


def _shared_macros() -> Any:
    """Macros of all and of teams; one that is somebody's own is not for a rule."""
    return Macro.objects.filter(owner=None).order_by("position", "name", "pk")


def _usable_macros() -> Any:
    return _shared_macros().filter(is_active=True, takes_ticket=False)


def _usable_replies() -> Any:
    return _usable_macros().filter(kind=MessageKind.REPLY).exclude(body="")


def _macro(params: Params) -> Macro | None:
    return _shared_macros().filter(pk=params["macro"], is_active=True).first()  # type: ignore[no-any-return]


def _check_note(params: dict[str, Any]) -> None:
    require_known_placeholders(params["text"])


def _may_note(ticket: Ticket, params: Params, at: datetime) -> str:
    return unless_final(ticket)


def _note(ticket: Ticket, params: Params, occasion: Occasion) -> None:
    add_note(ticket=ticket, body=fill_in(params["text"], ticket=ticket, by=None), by=None, at=occasion.at)


def wrote_lately(ticket: Ticket, *, at: datetime) -> bool:
    """Whether a rule wrote to this customer within the last hour, in any ticket."""
    parties = [pk for pk in (ticket.customer_id, ticket.requester_id) if pk is not None]
    of_them = Q(ticket__customer__in=parties) | Q(ticket__requester__in=parties)
    said = TicketEvent.objects.filter(of_them, kind=EventKind.AUTO_REPLY, at__gt=at - NOT_SOONER)
    return said.filter(data__has_key="rule").exists()


def _may_write(ticket: Ticket, macro: Macro, at: datetime) -> str:
    if ticket.status == TicketStatus.SOLVED or ticket.is_unsolved:
        return TOO_SOON if macro.body and wrote_lately(ticket, at=at) else DONE
    return unless_final(ticket)


def _may_reply(ticket: Ticket, params: Params, at: datetime) -> str:
    macro = _macro(params)
    return GONE if macro is None or macro.kind != MessageKind.REPLY else _may_write(ticket, macro, at)


def _reply(ticket: Ticket, params: Params, occasion: Occasion) -> None:
    macro = _macro(params)
    assert macro is not None  # noqa: S101 - foreseen
    body = fill_in(macro.body, ticket=ticket, by=None)
    reply_automatically(ticket=ticket, body=body, at=occasion.at, rule=occasion.rule)


def _may_apply(ticket: Ticket, params: Params, at: datetime) -> str:
    macro = _macro(params)
    if macro is None or macro.takes_ticket:
        return GONE
    if macro.status_after and may_become(ticket, macro.status_after) == NO_STEP:
        return NO_STEP
    return _may_write(ticket, macro, at) if macro.kind == MessageKind.REPLY else unless_final(ticket)


def _apply(ticket: Ticket, params: Params, occasion: Occasion) -> None:
    """As an agent would, but that nobody is behind it: a reply is an automatic one."""
    macro, at = _macro(params), occasion.at
    assert macro is not None  # noqa: S101 - foreseen
    if macro.priority is not None and macro.priority != ticket.priority:
        change_priority(ticket=ticket, to=Priority(macro.priority), by=None, at=at)
    body = fill_in(macro.body, ticket=ticket, by=None).strip()
    if body and macro.kind == MessageKind.REPLY:
        reply_automatically(ticket=ticket, body=body, at=at, rule=occasion.rule)
    elif body:
        add_note(ticket=ticket, body=body, by=None, at=at)
    if macro.status_after and macro.status_after != ticket.status:
        MOVES[macro.status_after](ticket=ticket, by=None, at=at)


def _check_told(params: dict[str, Any]) -> None:
    if not (params.get("agent") or params.get("assignee") or params.get("team")):
        raise ValueError(_("Say who is told: the assignee, the team, or an agent."))


def _told(ticket: Ticket, params: Params) -> set[int]:
    """The users who are told."""
    told = set()
    if params.get("assignee") and ticket.assignee is not None:
        told.add(ticket.assignee.user_id)
    if params.get("agent"):
        told |= {*Agent.objects.filter(pk=params["agent"]).values_list("user", flat=True)}
    if params.get("team"):
        team = User.objects.filter(teams=ticket.team_id, is_active=True, agent__is_active=True)
        told |= {*team.values_list("pk", flat=True)}
    return told


def _may_tell(ticket: Ticket, params: Params, at: datetime) -> str:
    return DONE if _told(ticket, params) else NOBODY


def _tell(ticket: Ticket, params: Params, occasion: Occasion) -> None:
    notify(
        user_ids=_told(ticket, params),
        ticket=ticket,
        kind=occasion.kind,
        detail=occasion.detail,
        key=occasion.key,
        at=occasion.at,
    )


def _may_ask(ticket: Ticket, params: Params, at: datetime) -> str:
    if ticket.status not in ASKED_ABOUT:
        return NOT_SOLVED
    asked = ticket.rating_requests.filter(requested_at__gt=at - NOT_AGAIN_WITHIN)
    return TOO_SOON if asked.exists() else DONE


def _ask(ticket: Ticket, params: Params, occasion: Occasion) -> None:
    request_rating(ticket=ticket, by=None, at=occasion.at)


_known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
TEXT = Param("text", gettext_lazy("text"), ParamType.LONG_TEXT, help=_known)
REPLY = Param("macro", gettext_lazy("template (macro)"), choices=Rows(_shared_macros, _usable_replies))
MACRO = Param("macro", gettext_lazy("macro"), choices=Rows(_shared_macros, _usable_macros))
TOLD = (
    Param("assignee", gettext_lazy("whoever has it"), ParamType.YES_NO, is_required=False),
    Param("team", gettext_lazy("the team"), ParamType.YES_NO, is_required=False),
    Param("agent", gettext_lazy("agent"), choices=AGENT.choices, is_required=False),
)

for _kind in (
    ActionKind("note", gettext_lazy("Write an internal note"), _note, (TEXT,), _may_note, _check_note),
    ActionKind("reply", gettext_lazy("Reply to the customer by a template"), _reply, (REPLY,), _may_reply),
    ActionKind("apply_macro", gettext_lazy("Apply a macro"), _apply, (MACRO,), _may_apply),
    ActionKind("notify", gettext_lazy("Tell colleagues"), _tell, TOLD, _may_tell, _check_told),
    ActionKind("ask_rating", gettext_lazy("Ask for a rating"), _ask, (), _may_ask),
):
    register_action(_kind)
