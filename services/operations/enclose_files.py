from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from services.models import Enclosure, OutboundMail
from services.operations.attachment_files import keep_content


@dataclass(frozen=True, slots=True)
class OwnFile:
    """A file that we made ourselves, with its type as MIME names it."""

    name: str
    content_type: str
    content: bytes


def enclose_files(*, mail: OutboundMail, files: Sequence[OwnFile], at: datetime) -> list[Enclosure]:
    """Have files go along with a mail. In the caller's transaction: what is in those of one that is rolled back is
    swept as an orphan. Raises FileRefused where one is empty or larger than an attachment may be."""
    made = []
    for file in files:
        path, size, _digest = keep_content([file.content], most=settings.ATTACHMENT_MOST_BYTES)
        row = Enclosure(mail=mail, name=file.name, content_type=file.content_type, size=size, path=path, at=at)
        row.save(force_insert=True)
        made.append(row)
    return made
