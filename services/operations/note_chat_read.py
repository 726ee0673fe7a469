from datetime import datetime

from django.db import transaction

from services.choices import DeliveryStatus
from services.models import ChatLine, ChatSession, Message, Ticket
from services.operations.chat_bell import ring_after_commit


@transaction.atomic
def note_chat_read(*, session: ChatSession, line: int, at: datetime) -> int:
    """The visitor was shown all up to the line with this key: what of it is ours is sent. Returns how many messages
    that holds for newly. Said late or twice, it changes nothing; nor does a key beyond what there is."""
    newest = session.lines.filter(pk__lte=line).order_by("-pk").values_list("pk", flat=True).first()
    if newest is None:
        return 0
    moved = ChatSession.objects.filter(pk=session.pk, seen_line__lt=newest).update(seen_line=newest, seen_at=at)
    if not moved:
        return 0
    waiting = ChatLine.objects.filter(session=session, pk__lte=newest, client_key=None, mail=None)
    keys = waiting.filter(message__delivery_status=DeliveryStatus.QUEUED, message__mail=None)
    # By key: MariaDB updates no table that it looks at.
    return Message.objects.filter(pk__in=list(keys.values_list("message", flat=True))).update(
        delivery_status=DeliveryStatus.SENT
    )


def note_agent_read(*, ticket: Ticket, at: datetime) -> None:
    """An agent looks at the ticket of a chat: the visitor is told that what they said was read."""
    rows = ChatSession.objects.filter(ticket=ticket, ended_at=None)
    for pk, key in rows.values_list("pk", "key"):
        ChatSession.objects.filter(pk=pk).update(agent_seen_at=at)
        ring_after_commit(key)
