from django.db.models import Q

from services.choices import DeliveryStatus, Direction, MessageKind
from services.models import ChatLine, ChatSession, Message
from services.operations.chat_bell import ring_after_commit


def show_in_chats(*, message: Message) -> list[ChatLine]:
    """Have a public message of ours appear in the chats that go on in its ticket, in the caller's transaction, under
    the ticket's lock. It waits to be read there, or, where the visitor has left, to be mailed. Internal notes are never
    shown. One query where no chat goes on."""
    if message.kind != MessageKind.REPLY or message.direction != Direction.OUTBOUND:
        return []
    of_ticket = Q(ticket=message.ticket_id) | Q(ticket__merged_into=message.ticket_id)
    chats = list(ChatSession.objects.filter(of_ticket).order_by("pk"))
    lines = [ChatLine.objects.create(session=chat, message=message) for chat in chats]
    if any(chat.ended_at is None or chat.email is not None for chat in chats):
        message.delivery_status = DeliveryStatus.QUEUED
        message.save(update_fields=["delivery_status"])
    for chat in chats:
        ring_after_commit(chat.key)
    return lines
