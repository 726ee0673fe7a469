"""The open tickets of a customer, on their page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from customers.admin.words import ago
from customers.models import Customer
from customers.sql.united import Part, columns, moment
from services.choices import Priority, TicketStatus
from services.models import Ticket

OPEN_TICKETS = "open tickets"
SHOWN = 6


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """A ticket that somebody works on or should."""

    pk: int
    number: str
    subject: str
    status: str
    status_code: str
    is_urgent: bool
    priority: str
    age: str
    is_late: bool


def open_ticket_parts(customer: Customer, request: HttpRequest) -> dict[str, Part]:
    """What is read: the newest that are not solved; one more than is shown tells that there are more."""
    user: Any = request.user
    if not user.has_perm("services.view_ticket"):
        return {}
    # An unsolved ticket has no moment of its solution: so the index of the timeline finds them among thousands.
    rows = Ticket.objects.visible_to(user).unsolved().filter(customer=customer, solved_at=None)
    names = ("id", "number", "subject", "status", "priority", "created_at", "resolution_due_at")
    return {OPEN_TICKETS: Part(rows.order_by("-created_at", "-pk"), SHOWN + 1, columns(*names))}


def open_tickets(rows: dict[str, list[dict[str, Any]]], *, at: datetime) -> dict[str, Any]:
    """The context, of what was read; nothing for whoever may see no ticket."""
    if OPEN_TICKETS not in rows:
        return {}
    newest = sorted(rows[OPEN_TICKETS], key=lambda row: (row["created_at"], row["id"]), reverse=True)
    return {"open_tickets": [_told(row, at) for row in newest[:SHOWN]], "has_more_tickets": len(newest) > SHOWN}


def _told(row: dict[str, Any], at: datetime) -> OpenTicket:
    priority, due = Priority(row["priority"]), moment(row["resolution_due_at"])
    return OpenTicket(
        pk=row["id"],
        number=row["number"],
        subject=row["subject"],
        status=str(TicketStatus(row["status"]).label),
        status_code=row["status"],
        is_urgent=priority >= Priority.HIGH,
        priority=str(priority.label),
        age=ago(moment(row["created_at"]) or at, at=at),
        is_late=due is not None and due < at,
    )
