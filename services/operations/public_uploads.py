"""Files that customers send by a page of ours: checked by the rules of uploads, before anything is written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from customers.operations.uploads import free_name
from services.choices import MessageKind
from services.models import Attachment, Message
from services.operations.attachment_files import keep_content
from services.operations.file_types import HEAD, FileRefused, type_of

# Whoever sends them is known to nobody: fewer than an agent's.
MOST_FILES = 5


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent: its name, how large it says that it is, and its bytes, which are read once."""

    name: str
    size: int
    chunks: Iterable[bytes]


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that lies with the attachments, and has no row yet."""

    name: str
    content_type: str
    size: int
    sha256: str
    path: str


def keep_uploads(files: Sequence[Upload]) -> list[KeptFile]:
    """Keep all files, or none. Raises FileRefused with the reason. The caller's rows name them soon: files that none
    names are swept as orphans."""
    if len(files) > MOST_FILES:
        raise FileRefused(_("A message takes %(most)d files at most.") % {"most": MOST_FILES})
    for file in files:
        if file.size > settings.ATTACHMENT_MOST_BYTES:
            most = settings.ATTACHMENT_MOST_BYTES // 1024**2
            raise FileRefused(_("A file may hold %(mb)d MB at most.") % {"mb": most})
    return [_kept(file) for file in files]


def _kept(file: Upload) -> KeptFile:
    name = free_name(file.name, ())
    parts = iter(file.chunks)
    first: Any = next(parts, b"")
    found = type_of(name, bytes(first[:HEAD]))
    path, size, digest = keep_content(chain([first], parts), most=settings.ATTACHMENT_MOST_BYTES)
    return KeptFile(name, found.content_type, size, digest, path)


def attach_kept(*, message: Message, files: Iterable[KeptFile], at: datetime) -> list[Attachment]:
    """Put kept files beside a customer's message."""
    return [
        Attachment.objects.create(
            ticket_id=message.ticket_id,
            message=message,
            kind=MessageKind.REPLY,
            name=file.name,
            content_type=file.content_type,
            size=file.size,
            sha256=file.sha256,
            path=file.path,
            at=at,
        )
        for file in files
    ]
