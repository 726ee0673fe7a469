from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from customers.choices import ContactKind, Direction, InteractionKind
from customers.encryption.blind_index import blind_index
from customers.models import Customer
from customers.operations.log_interaction import log_interaction
from services.choices import CallState, NotificationKind
from services.models import Agent, Notification, PhoneCall

OVER = (CallState.ENDED, CallState.MISSED)
# A call goes on in this order, however its events come in.
RANK = {CallState.RINGING: 0, CallState.ANSWERED: 1, CallState.MISSED: 2, CallState.ENDED: 2}
# Agents whom a call of nobody in particular is shown to.
MOST_TOLD = 50


@transaction.atomic
def register_call(
    *,
    call_id: str,
    number: str,
    at: datetime,
    direction: str = Direction.INBOUND,
    state: str = CallState.RINGING,
    happened_at: datetime | None = None,
    agent: Agent | None = None,
    seconds: int | None = None,
) -> PhoneCall:
    """Take what the telephone says of a call. The first event of an id finds the customer by the number; while it
    rings, the customer is shown to the agent, or, where it rings for nobody in particular, to all who take tickets and
    may see the customer. When it has ended, it becomes an interaction of the customer, once.

    An event that comes twice, or late, changes nothing. `happened_at` is when it happened, else now (`at`)."""
    moment = happened_at or at
    call, is_new = PhoneCall.objects.get_or_create(
        call_id=call_id,
        defaults={
            "number": number,
            "blind_index": blind_index(ContactKind.PHONE, number),
            "direction": direction,
            "agent": agent,
            "began_at": moment,
            "customer": customer_of(number),
            "state": CallState.RINGING,
        },
    )
    call = PhoneCall.objects.select_for_update().get(pk=call.pk)
    changes: dict[str, Any] = {}
    if agent is not None and agent.pk != call.agent_id:
        changes["agent"] = agent
    if RANK[CallState(state)] > RANK[CallState(call.state)]:
        changes["state"] = state
        if state in OVER:
            changes |= {"ended_at": moment, "seconds": seconds}
    for name, value in changes.items():
        setattr(call, name, value)
    if call.state in OVER and call.interaction_id is None:
        call.customer = call.customer or customer_of(call.number)  # somebody may have made one while they talked
        changes |= _log(call, at)
    if changes:
        call.save(update_fields=[*changes])
    if call.state == CallState.RINGING and (is_new or "agent" in changes):
        _show(call, at)
    return call


def customer_of(number: str) -> Customer | None:
    """Whom a number reaches; of several, who was last in touch. A tombstone is nobody."""
    reached = Customer.objects.all().reached_by(number)
    return Customer.objects.present().filter(pk__in=reached).order_by("-last_activity_at", "-pk").first()


def _log(call: PhoneCall, at: datetime) -> dict[str, Any]:
    if call.customer is None:
        return {}
    with override(settings.LANGUAGE_CODE):
        subject = _("Missed call") if call.state == CallState.MISSED else _("Call")
    call.interaction = log_interaction(
        customer=call.customer,
        kind=InteractionKind.CALL,
        direction=call.direction,
        subject=subject,
        author=call.agent.user if call.agent else None,
        happened_at=call.began_at,
        seconds=call.seconds,
        at=at,
    )
    return {"customer": call.customer, "interaction": call.interaction}


def _show(call: PhoneCall, at: datetime) -> None:
    if call.direction != Direction.INBOUND:
        return
    rows = [
        Notification(user_id=pk, call=call, kind=NotificationKind.CALL, key=f"call:{call.pk}:{pk}", at=at)
        for pk in _to_be_told(call, at)
    ]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)


def _to_be_told(call: PhoneCall, at: datetime) -> Sequence[int]:
    if call.agent is not None:
        return [call.agent.user_id]
    agents = [agent for agent in Agent.objects.select_related("user") if agent.takes_tickets(at)]
    customer = call.customer
    if customer is not None:
        agents = [one for one in agents if _sees(one, customer)]
    return [agent.user_id for agent in agents[:MOST_TOLD]]


def _sees(agent: Agent, customer: Customer) -> bool:
    return Customer.objects.filter(pk=customer.pk).visible_to(agent.user).exists()
