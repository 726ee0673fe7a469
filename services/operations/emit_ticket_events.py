"""What happens to tickets that webhooks can be told of."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.operations.emit import emit
from customers.operations.webhook_events import Event, register_event
from services.choices import EventKind
from services.models import Ticket, TicketEvent

OPENED = Event("ticket.opened", _("Ticket opened"), "ticket", "tickets/{id}/")
UPDATED = Event("ticket.updated", _("Ticket changed"), "ticket", "tickets/{id}/")
STATUS = Event("ticket.status", _("Status of a ticket changed"), "ticket", "tickets/{id}/")
RECEIVED = Event("message.received", _("Customer wrote"), "message", "tickets/{subject}/messages/")
SENT = Event("message.sent", _("Public reply written"), "message", "tickets/{subject}/messages/")
CALLED = Event("ticket.called", _("A rule called the webhook"), "ticket", "tickets/{id}/")
RATED = Event("ticket.rated", _("Ticket rated"), "rating", "tickets/{subject}/")

# What a ticket's history says that is an event of its own; all else is told by ticket.updated alone.
_ALSO = {
    EventKind.CUSTOMER_MESSAGE: RECEIVED,
    EventKind.AGENT_REPLY: SENT,
    EventKind.AUTO_REPLY: SENT,
    EventKind.RATED: RATED,
}
_OF_STATUS = (EventKind.STATUS, EventKind.REOPENED)


def register_events_of_tickets() -> None:
    """Called once a process, when the app is ready."""
    for event in (OPENED, UPDATED, STATUS, RECEIVED, SENT, RATED):
        register_event(event)


def emit_ticket_events(*, ticket: Ticket, events: Sequence[TicketEvent], at: datetime) -> int:
    """Have webhooks told what one verb did to a ticket, in its transaction; returns how many deliveries that makes.

    A new ticket is `ticket.opened`, all that comes later `ticket.updated`; what was said, a change of status and a
    rating are told as well, each by its own event."""
    told = told_of(ticket)
    kinds = [EventKind(event.kind) for event in events]
    is_new = EventKind.OPENED in kinds
    count = emit(event=(OPENED if is_new else UPDATED).code, subject=ticket, data=told, at=at)
    if any(kind in _OF_STATUS for kind in kinds):
        count += emit(event=STATUS.code, subject=ticket, data=told, at=at)
    for event, kind in zip(events, kinds, strict=True):
        if also := _ALSO.get(kind):
            key = event.data.get("message") or event.data.get("rating")
            value = {name: event.data[name] for name in ("scale", "value") if name in event.data}
            more = {"ticket": ticket.pk, **value}
            count += emit(event=also.code, subject=ticket, object_id=key, data={**told, **more}, at=at)
    return count


def told_of(ticket: Ticket) -> dict[str, Any]:
    """What goes out of a ticket: nothing that anybody wrote."""
    return {
        "number": ticket.number,
        "customer": ticket.customer_id,
        "requester": ticket.requester_id,
        "status": ticket.status,
        "priority": ticket.priority,
        "channel": ticket.channel,
        "queue": ticket.queue_id,
        "team": ticket.team_id,
        "assignee": ticket.assignee_id,
        "service_type": ticket.service_type_id,
        "version": ticket.version,
    }
