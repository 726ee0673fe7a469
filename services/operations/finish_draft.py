from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from customers.models import User
from services.choices import MessageKind
from services.models import Attachment, Message
from services.operations.discard_draft import discard_draft


class FileIsGone(Exception):
    """A file that was to go with the message does not wait for it. Nothing was sent."""

    def __init__(self) -> None:
        super().__init__(_("A file that you attached is not there any more: remove it, then send again."))


def finish_draft(*, message: Message, by: User, files: Sequence[UUID] = ()) -> None:
    """A draft has become a message: its files are the message's now, and the draft is gone. Only files that the same
    user put beside a message of this kind go with it: those of a note never go out with a reply.

    Raises FileIsGone."""
    keys = set(files)
    waiting = Attachment.objects.filter(ticket=message.ticket, message=None, uploaded_by=by, kind=message.kind)
    if keys and waiting.filter(key__in=keys).update(message=message) < len(keys):
        raise FileIsGone
    discard_draft(ticket=message.ticket, user=by, kind=MessageKind(message.kind))
