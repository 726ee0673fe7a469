from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction

from customers.models import User
from services.choices import MessageKind, Priority, TicketStatus
from services.models import Macro, Ticket
from services.operations.add_note import add_note
from services.operations.change_priority import change_priority
from services.operations.hold_ticket import hold_ticket
from services.operations.macro_text import fill_in
from services.operations.pend_ticket import pend_ticket
from services.operations.reopen_ticket import reopen_ticket
from services.operations.reply_to_ticket import reply_to_ticket
from services.operations.solve_ticket import solve_ticket
from services.operations.take_ticket import take_ticket
from services.operations.ticket_change import FINAL, TicketIsFinal

MOVES: dict[str, Callable[..., Ticket]] = {
    TicketStatus.OPEN: reopen_ticket,
    TicketStatus.PENDING: pend_ticket,
    TicketStatus.ON_HOLD: hold_ticket,
    TicketStatus.SOLVED: solve_ticket,
}


@transaction.atomic
def apply_macro(
    *,
    macro: Macro,
    ticket: Ticket,
    by: User,
    at: datetime,
    body: str | None = None,
    expected_version: int | None = None,
) -> Ticket:
    """Do all that the macro says, or nothing: take the ticket, set its priority, write the reply or note, move its
    status. `body` is the text as the agent changed it in the preview; the macro alone says whether it is a reply or a
    note.

    Raises StaleVersion, TicketIsFinal, TicketIsSolved, OnlyAgentsTake, AlreadyTaken, AgentTakesNoTickets,
    IllegalTransition."""
    ticket.refresh_from_db(from_queryset=Ticket.objects.select_for_update())
    ticket.require_version(expected_version)
    if ticket.status in FINAL:
        raise TicketIsFinal(ticket)
    common: dict[str, Any] = {"ticket": ticket, "by": by, "at": at}
    if macro.takes_ticket:
        take_ticket(**common)
    if macro.priority is not None and macro.priority != ticket.priority:
        change_priority(to=Priority(macro.priority), **common)
    text = (fill_in(macro.body, ticket=ticket, by=by) if body is None else body).strip()
    status = TicketStatus(macro.status_after) if macro.status_after else None
    if text and macro.kind == MessageKind.REPLY:
        reply_to_ticket(body=text, status_after=status, **common)
        return ticket
    if text:
        add_note(body=text, **common)
    if status is not None and status != ticket.status:
        MOVES[status](**common)
    return ticket
