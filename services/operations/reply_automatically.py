from datetime import datetime
from typing import Any

from services.choices import Direction, EventKind, MailPurpose, MessageKind
from services.models import Message, Ticket
from services.operations.mail_message import mail_message
from services.operations.may_auto_reply import may_auto_reply
from services.operations.reply_route import reply_route
from services.operations.ticket_change import changing


def reply_automatically(*, ticket: Ticket, body: str, at: datetime, **told: Any) -> Message:
    """Write to the customer in public with nobody behind it, such as that their request has come in. It stops no reply
    clock, and moves no status. Where mail reaches them it goes out by mail, at most one automatic mail an hour: else
    two machines would write to each other for ever. `told` stands in the history beside the message: which rule it
    was.

    Raises TicketIsFinal."""
    with changing(ticket=ticket, by=None, at=at) as change:
        change.require_not_final()
        message = change.say(body, kind=MessageKind.REPLY, direction=Direction.OUTBOUND, is_automatic=True)
        change.record(EventKind.AUTO_REPLY, message=message.pk, **told)
        if may_auto_reply(address=reply_route(ticket, at=at).address, at=at):
            mail_message(message=message, purpose=MailPurpose.NOTICE, at=at)
    return message
