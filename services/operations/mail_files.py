"""The files of a mail: those that are taken, by the rules of uploads, and why the others are not."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from customers.operations.uploads import free_name
from services.choices import MessageKind
from services.mail.parsed import MailFile
from services.models import Attachment, Message
from services.operations.attach_file import MOST_FILES
from services.operations.attachment_files import keep_content
from services.operations.file_types import HEAD, FileRefused, type_of


def sort_files(files: Sequence[MailFile]) -> tuple[list[MailFile], list[str]]:
    """The files that will be kept, and a sentence for each that will not."""
    kept: list[MailFile] = []
    refused: list[str] = []
    for file in files:
        try:
            _require_taken(file, len(kept))
        except FileRefused as error:
            name = file.name or _("a file without a name")
            refused.append(_("“%(name)s” was not kept: %(why)s") % {"name": name, "why": error})
        else:
            kept.append(file)
    return kept, refused


def _require_taken(file: MailFile, before: int) -> None:
    if before >= MOST_FILES:
        raise FileRefused(_("A message takes %(most)d files at most.") % {"most": MOST_FILES})
    if not file.content:
        raise FileRefused(_("This file is empty."))
    if len(file.content) > settings.ATTACHMENT_MOST_BYTES:
        raise FileRefused(_("A file may hold %(mb)d MB at most.") % {"mb": settings.ATTACHMENT_MOST_BYTES // 1024**2})
    type_of(free_name(file.name, ()), file.content[:HEAD])


def keep_files(*, message: Message, files: Sequence[MailFile], at: datetime) -> dict[str, str]:
    """Put files that were sorted out as kept beside a message; returns the keys of those that its HTML shows, by how
    that names them. In the caller's transaction: files of one that is rolled back are swept as orphans."""
    pictures: dict[str, str] = {}
    for file in files:
        name = free_name(file.name, ())
        found = type_of(name, file.content[:HEAD])
        path, size, digest = keep_content([file.content], most=settings.ATTACHMENT_MOST_BYTES)
        attachment = Attachment.objects.create(
            ticket_id=message.ticket_id,
            message=message,
            kind=MessageKind.REPLY,
            name=name,
            content_type=found.content_type,
            size=size,
            sha256=digest,
            path=path,
            at=at,
        )
        if file.content_id and found.is_picture:
            pictures[file.content_id] = str(attachment.key)
    return pictures
