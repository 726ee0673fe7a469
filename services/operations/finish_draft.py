from collections.abc import Sequence
from uuid import UUID

from customers.models import User
from services.choices import MessageKind
from services.models import Attachment, Message
from services.operations.discard_draft import discard_draft


def finish_draft(*, message: Message, by: User, files: Sequence[UUID] = ()) -> None:
    """A draft has become a message: its files are the message's now, and the draft is gone. Only files that the same
    user put beside a message of this kind go with it: those of a note never go out with a reply."""
    waiting = Attachment.objects.filter(ticket=message.ticket, message=None, uploaded_by=by, kind=message.kind)
    waiting.filter(key__in=files).update(message=message)
    discard_draft(ticket=message.ticket, user=by, kind=MessageKind(message.kind))
