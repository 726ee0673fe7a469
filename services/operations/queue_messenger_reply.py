from datetime import datetime

from django.db.models import Q

from customers.choices import LeaseState
from customers.models import WebhookDelivery
from customers.operations.webhook_events import when_settled
from services.choices import Channel, DeliveryStatus, NotificationKind
from services.models import Message, MessengerConversation
from services.operations.notify import notify
from services.operations.queue_for_channel import REPLY, ChannelIsSilent, queue_for_channel


def queue_messenger_reply(*, message: Message, at: datetime) -> WebhookDelivery | None:
    """Have a public message of ours in a ticket from a messenger sent to the conversation that it came from, in the
    caller's transaction. None where the ticket is from elsewhere, or its channel sends nothing."""
    ticket = message.ticket
    if ticket.channel != Channel.MESSENGER:
        return None
    conversations = MessengerConversation.objects.select_related("channel__webhook")
    of_ticket = conversations.filter(Q(ticket=ticket.pk) | Q(ticket__merged_into=ticket.pk))
    conversation = of_ticket.order_by("-pk").first()
    if conversation is None:
        return None
    try:
        row = queue_for_channel(
            channel=conversation.channel,
            text=message.body,
            to=conversation.address,
            event=REPLY,
            lane=f"ticket:{ticket.pk}",
            data={"message": message.pk, "ticket": ticket.pk},
            at=at,
        )
    except ChannelIsSilent:
        return None
    message.delivery_status = DeliveryStatus.QUEUED
    message.save(update_fields=["delivery_status"])
    return row


def register_outcome_of_replies() -> None:
    """Called once a process, when the app is ready."""
    when_settled(REPLY, _note_outcome)


def _note_outcome(delivery: WebhookDelivery, at: datetime) -> None:
    """Say on the message what became of it; whoever has the ticket is told of one that did not get there."""
    message = Message.objects.select_related("ticket__assignee").filter(pk=delivery.data.get("message")).first()
    if message is None:
        return
    is_sent = delivery.state == LeaseState.DONE
    message.delivery_status = DeliveryStatus.SENT if is_sent else DeliveryStatus.FAILED
    message.save(update_fields=["delivery_status"])
    assignee = message.ticket.assignee
    if not is_sent and assignee is not None:
        key = f"unsent:{message.pk}:{delivery.attempts}"
        notify(user_ids=[assignee.user_id], ticket=message.ticket, kind=NotificationKind.UNSENT, key=key, at=at)
