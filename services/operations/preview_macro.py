from dataclasses import dataclass

from customers.models import User
from services.choices import MessageKind, Priority, TicketStatus
from services.models import Agent, Macro, Ticket
from services.operations.assign_ticket import AgentTakesNoTickets, AlreadyTaken
from services.operations.change_priority import TicketIsSolved
from services.operations.macro_text import fill_in
from services.operations.take_ticket import OnlyAgentsTake
from services.operations.ticket_change import FINAL, TicketIsFinal
from services.transitions import TRANSITIONS, IllegalTransition


@dataclass(frozen=True, slots=True)
class MacroPreview:
    """What a macro would do to a ticket as it stands: what it says, what becomes of the ticket (None: stays), and why
    it would be refused."""

    macro: Macro
    kind: MessageKind
    body: str
    status: TicketStatus | None
    priority: Priority | None
    takes: bool
    refusals: tuple[str, ...]


def preview_macro(*, macro: Macro, ticket: Ticket, by: User) -> MacroPreview:
    """Fill in the macro for this ticket and say what applying it would change. Writes nothing."""
    agent = Agent.objects.filter(user=by).first() if macro.takes_ticket else None
    body = fill_in(macro.body, ticket=ticket, by=by).strip()
    status = TicketStatus(macro.status_after) if macro.status_after not in ("", ticket.status) else None
    if status is None and body and macro.kind == MessageKind.REPLY and ticket.status == TicketStatus.NEW:
        status = TicketStatus.OPEN  # an answer opens a new ticket
    return MacroPreview(
        macro=macro,
        kind=MessageKind(macro.kind),
        body=body,
        status=status,
        priority=Priority(macro.priority) if macro.priority not in (None, ticket.priority) else None,
        takes=bool(macro.takes_ticket and (agent is None or ticket.assignee_id != agent.pk)),
        refusals=tuple(str(refusal) for refusal in _refusals(macro, ticket, agent)),
    )


def _refusals(macro: Macro, ticket: Ticket, agent: Agent | None) -> list[Exception]:
    """What the operations behind it would say, in the order in which they are asked."""
    if ticket.status in FINAL:
        return [TicketIsFinal(ticket)]
    found: list[Exception] = []
    if macro.takes_ticket and agent is None:
        found.append(OnlyAgentsTake())
    elif agent is not None and ticket.assignee_id not in (None, agent.pk):
        found.append(AlreadyTaken(ticket))
    elif agent is not None and not agent.is_active:
        found.append(AgentTakesNoTickets(agent))
    if macro.priority not in (None, ticket.priority) and not ticket.is_unsolved:
        found.append(TicketIsSolved(ticket))
    target = macro.status_after
    if target and target != ticket.status and target not in TRANSITIONS[ticket.status]:
        found.append(IllegalTransition(ticket.status, target))
    return found
