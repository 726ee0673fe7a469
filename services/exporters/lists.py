"""The lists of the service desk as they are exported."""

from customers.exporters.sheet import Cell, Column, ColumnSheet, register_sheet
from services.models import SatisfactionRating, Ticket


def _requester(ticket: Ticket) -> Cell:
    return ticket.requester.name if ticket.requester else ""


def _assignee(ticket: Ticket) -> Cell:
    return ticket.assignee.user.get_username() if ticket.assignee else ""


TICKETS = ColumnSheet(
    "tickets",
    Ticket,
    [
        Column("number", lambda ticket: ticket.number),
        Column("subject", lambda ticket: ticket.subject),
        Column("customer_id", lambda ticket: ticket.customer_id),
        Column("customer", lambda ticket: ticket.customer.name),
        Column("requester_id", lambda ticket: ticket.requester_id),
        Column("requester", _requester),
        Column("service_type", lambda ticket: ticket.service_type.code if ticket.service_type else ""),
        Column("channel", lambda ticket: ticket.channel),
        Column("queue", lambda ticket: ticket.queue.name),
        Column("team", lambda ticket: ticket.team.name),
        Column("priority", lambda ticket: ticket.priority),
        Column("assignee", _assignee),
        Column("status", lambda ticket: ticket.status),
        Column("created_at", lambda ticket: ticket.created_at),
        Column("first_replied_at", lambda ticket: ticket.first_replied_at),
        # Business time.
        Column("first_reply_seconds", lambda ticket: ticket.first_reply_seconds),
        Column("first_reply_breached_at", lambda ticket: ticket.first_reply_breached_at),
        Column("next_reply_breached_at", lambda ticket: ticket.next_reply_breached_at),
        Column("solved_at", lambda ticket: ticket.solved_at),
        Column("resolution_seconds", lambda ticket: ticket.resolution_seconds),
        Column("resolution_breached_at", lambda ticket: ticket.resolution_breached_at),
        Column("reopen_count", lambda ticket: ticket.reopen_count),
        Column("source", lambda ticket: ticket.source),
        Column("source_id", lambda ticket: ticket.source_id),
    ],
    related=("customer", "requester", "service_type", "queue", "team", "assignee__user"),
)
RATINGS = ColumnSheet(
    "ratings",
    SatisfactionRating,
    [
        Column("id", lambda rating: rating.pk),
        Column("customer_id", lambda rating: rating.customer_id),
        Column("customer", lambda rating: rating.customer.name),
        Column("ticket", lambda rating: rating.ticket.number if rating.ticket else ""),
        Column("order", lambda rating: rating.order.number if rating.order else ""),
        Column("scale", lambda rating: rating.scale),
        Column("value", lambda rating: rating.value),
        Column("comment", lambda rating: rating.comment),
        Column("at", lambda rating: rating.at),
        Column("replaced_by", lambda rating: rating.replaced_by_id),
    ],
    related=("customer", "ticket", "order"),
)


def register_sheets_of_services() -> None:
    """Make the lists of this room known."""
    for sheet in TICKETS, RATINGS:
        register_sheet(sheet)
