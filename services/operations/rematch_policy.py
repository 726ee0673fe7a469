from typing import Any

from services.operations.policy_for import policy_for
from services.operations.ticket_change import TicketChange


def rematch_policy(change: TicketChange) -> dict[str, Any]:
    """Choose the policy anew after queue, priority or service type of an unsolved ticket became others; returns what
    the event of the verb tells of it: {"policy": its key or None}, or nothing where it stays.

    The verb calls `change.refresh_clocks()` before it changes those columns, so that a target missed so far is known.
    A ticket that came from another system without our policies stays without: nobody promised it anything here."""
    ticket = change.ticket
    if not ticket.is_unsolved or (ticket.source and ticket.policy_id is None):
        return {}
    policy = policy_for(
        queue=ticket.queue,
        priority=ticket.priority,
        service_type=ticket.service_type,
        customer=ticket.customer,
        requester=ticket.requester,
        at=change.at,
    )
    if policy == ticket.policy:
        return {}
    change.set(policy=policy)
    return {"policy": policy and policy.pk}
