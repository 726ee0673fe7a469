from collections.abc import Iterable
from datetime import datetime
from itertools import chain
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import User
from customers.operations.record_activity import require_not_erased
from customers.operations.uploads import free_name
from services.choices import MessageKind
from services.models import Attachment, Ticket
from services.operations.attachment_files import forget_content, keep_content
from services.operations.file_types import HEAD, FileRefused, type_of
from services.operations.ticket_facts import counts_for

# Beside one message that is being written.
MOST_FILES = 20


def attach_file(
    *, ticket: Ticket, kind: MessageKind, name: str, chunks: Iterable[bytes], by: User, at: datetime
) -> Attachment:
    """Keep a file beside the reply or the note that the user is writing; it becomes the message's when that is sent.

    Raises FileRefused: of a type that is not taken, not what its name says, too large, or one too many.
    Raises CustomerIsErased."""
    require_not_erased(customer_ids=counts_for(ticket))
    name = free_name(name, ())
    waiting = Attachment.objects.filter(ticket=ticket, message=None, uploaded_by=by, kind=kind)
    if waiting.count() >= MOST_FILES:
        raise FileRefused(_("A message takes %(most)d files at most.") % {"most": MOST_FILES})
    parts = iter(chunks)
    first: Any = next(parts, b"")
    found = type_of(name, bytes(first[:HEAD]))
    path, size, digest = keep_content(chain([first], parts), most=settings.ATTACHMENT_MOST_BYTES)
    try:
        with transaction.atomic():
            return Attachment.objects.create(
                ticket=ticket,
                kind=kind,
                name=name,
                content_type=found.content_type,
                size=size,
                sha256=digest,
                path=path,
                uploaded_by=by,
                at=at,
            )
    except BaseException:
        forget_content(path)
        raise
