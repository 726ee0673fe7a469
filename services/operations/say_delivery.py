from services.choices import DeliveryStatus
from services.models import ChatLine, Message, OutboundMail


def say_delivery(*, mail: OutboundMail, status: DeliveryStatus) -> None:
    """Put down at the messages of a mail what became of it: at the one that it is, or all that it tells of a chat."""
    keys = [] if mail.message_id is None else [mail.message_id]
    if mail.key.startswith(OutboundMail.OF_CHAT):
        keys += ChatLine.objects.filter(mail=mail).values_list("message_id", flat=True)
    if keys:
        Message.objects.filter(pk__in=keys).update(delivery_status=status)
