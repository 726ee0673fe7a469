import uuid
from datetime import datetime
from typing import Any

from django.db import transaction

from customers.models import Customer, User
from customers.operations.lock_customers import lock_customers
from services.choices import Channel, Direction, EventKind, MessageKind, Priority, TicketStatus
from services.models import Agent, Queue, ServiceType, Ticket
from services.operations.acknowledge_ticket import acknowledge
from services.operations.assign_by_rules import decide_on_opening
from services.operations.assign_ticket import require_takes_tickets
from services.operations.clean_ticket_attributes import clean_ticket_attributes
from services.operations.notify_assigned import notify_assigned
from services.operations.policy_for import policy_for
from services.operations.ticket_change import TicketChange

# By mail, too, but there only whoever read the mail knows whether it may be answered.
ACKNOWLEDGED = (Channel.WEB, Channel.PORTAL)


@transaction.atomic
def open_ticket(
    *,
    customer: Customer,
    subject: str,
    queue: Queue,
    by: User | None,
    at: datetime,
    body: str = "",
    requester: Customer | None = None,
    channel: str = Channel.WEB,
    priority: int = Priority.NORMAL,
    service_type: ServiceType | None = None,
    assignee: Agent | None = None,
    attributes: dict[str, Any] | None = None,
    inherited: dict[str, Any] | None = None,
    require_attributes: bool = False,
) -> Ticket:
    """Open a ticket in a queue, whose team will see it. `body` is the customer's first message; the clocks run from
    `at`, with or without one. Without an assignee the assignment rules find one. `inherited` are attributes that
    another ticket has: they are taken as they stand there. With `require_attributes`, those that must be given are.
    Whoever wrote by a web form or the portal is told by mail that it was received, where a mailbox does that.

    Raises AgentTakesNoTickets for an assignee who is away, BadAttributes."""
    values = clean_ticket_attributes(
        service_type=service_type,
        values={**(inherited or {}), **(attributes or {})},
        kept=inherited,
        required=require_attributes,
    )
    if assignee is not None:
        require_takes_tickets(assignee, by=by, at=at)
    lock_customers(customer_ids=[customer.pk, *([requester.pk] if requester else [])])
    ticket = Ticket.objects.create(
        number=uuid.uuid4().hex,  # until the key is known
        subject=subject,
        customer=customer,
        requester=requester if requester != customer else None,
        service_type=service_type,
        channel=channel,
        queue=queue,
        team_id=queue.team_id,
        priority=priority,
        assignee=assignee,
        status=TicketStatus.NEW,
        policy=policy_for(
            queue=queue,
            priority=priority,
            service_type=service_type,
            customer=customer,
            requester=requester,
            at=at,
        ),
        attributes=values,
        created_at=at,
        version=0,
    )
    change = TicketChange(ticket=ticket, by=by, at=at, recorded_at=at, history=[])
    change.set(number=f"T-{ticket.pk:06d}")
    change.record(EventKind.OPENED, channel=channel)
    if body:
        said_by = ticket.requester_id or ticket.customer_id
        change.say(body, kind=MessageKind.REPLY, direction=Direction.INBOUND, customer_id=said_by)
    if assignee is None:
        decide_on_opening(change)
    else:
        event = change.record(EventKind.ASSIGNED, to=assignee.pk, name=assignee.name)
        notify_assigned(event=event, to=assignee, by=by, at=at)
    if body and channel in ACKNOWLEDGED:
        acknowledge(change)
    change.finish()
    return ticket
