from datetime import datetime, timedelta

from customers.models import Customer, User
from services.choices import UNSOLVED, Direction, EventKind, LinkKind, MessageKind, NotificationKind, TicketStatus
from services.models import Message, Ticket, TicketEvent
from services.operations.assign_by_rules import decide_on_reopening
from services.operations.link_tickets import link_tickets
from services.operations.notify import notify
from services.operations.open_ticket import open_ticket
from services.operations.ticket_change import TicketChange, changing

WORKED_ON = (TicketStatus.NEW, TicketStatus.OPEN)


def receive_message(
    *,
    ticket: Ticket,
    body: str,
    by: User | None,
    at: datetime,
    customer: Customer | None = None,
    expected_version: int | None = None,
) -> Message:
    """Take in what the customer wrote (by default the ticket's requester). A pending, held or solved ticket opens
    again, and a closed one within the `reopen_days` of its queue; after them the message opens a new ticket that
    follows it up, or goes to the one that does. What was written to a merged ticket belongs to the one that was kept.
    `message.ticket` says where it went. `by` is the user who entered it, where a person did.

    Raises StaleVersion."""
    also_lock = [customer.pk] if customer else []
    ticket.refresh_from_db(fields=["merged_into"])
    while True:  # each time in a transaction of its own, so that no lock is held while another is sought
        target = where_it_goes(ticket)
        expected = expected_version if target is ticket else None
        with changing(ticket=target, by=by, at=at, expected_version=expected, also_lock=also_lock) as change:
            if target.status == TicketStatus.MERGED:  # just now
                continue
            if target.status == TicketStatus.CLOSED and not may_reopen(target, change.history, at=at):
                return _follow_up(target, body=body, by=by, at=at, customer=customer)
            return _take_in(change, body, customer)


def where_it_goes(ticket: Ticket) -> Ticket:
    """The ticket itself, or the one that it was merged into in the end."""
    while ticket.merged_into is not None:
        ticket = ticket.merged_into
    return ticket


def may_reopen(ticket: Ticket, history: list[TicketEvent], *, at: datetime) -> bool:
    """Whether a closed ticket is within its grace at `at`."""
    return at <= _last_closing(history) + timedelta(days=ticket.queue.reopen_days)


def _last_closing(history: list[TicketEvent]) -> datetime:
    """When the ticket became closed for the last time: later events, such as a rating, only repeat the status."""
    moment, before = history[0].at, ""
    for event in history:
        if event.status_after == TicketStatus.CLOSED != before:
            moment = event.at
        before = event.status_after
    return moment


def _take_in(change: TicketChange, body: str, customer: Customer | None) -> Message:
    ticket = change.ticket
    said_by = customer.pk if customer else ticket.requester_id or ticket.customer_id
    message = change.say(body, kind=MessageKind.REPLY, direction=Direction.INBOUND, customer_id=said_by)
    event = change.record(EventKind.CUSTOMER_MESSAGE, message=message.pk)
    if ticket.assignee is not None and (change.by is None or ticket.assignee.user_id != change.by.pk):
        told = [ticket.assignee.user_id]
        notify(user_ids=told, ticket=ticket, kind=NotificationKind.REPLIED, key=f"replied:{event.pk}", at=change.at)
    if ticket.status not in WORKED_ON:
        change.move_to(TicketStatus.OPEN, reserved=True)
        decide_on_reopening(change)
    return message


def _follow_up(closed: Ticket, *, body: str, by: User | None, at: datetime, customer: Customer | None) -> Message:
    """Open the ticket that goes on where a closed one ended, and say on both how they belong together. Where such a
    ticket is being worked on, it takes the message."""
    begun = closed.links_in.filter(kind=LinkKind.FOLLOW_UP, from_ticket__status__in=UNSOLVED).order_by("pk").last()
    if begun is not None:
        return receive_message(ticket=begun.from_ticket, body=body, by=by, at=at, customer=customer)
    ticket = open_ticket(
        customer=closed.customer,
        requester=customer or closed.requester,
        subject=closed.subject,
        body=body,
        queue=closed.queue,
        service_type=closed.service_type,
        channel=closed.channel,
        inherited=closed.attributes,
        by=by,
        at=at,
    )
    link_tickets(from_ticket=ticket, to_ticket=closed, kind=LinkKind.FOLLOW_UP, by=by, at=at)
    return ticket.messages.get()
