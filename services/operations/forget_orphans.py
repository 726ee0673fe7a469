import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from services.models import Attachment, Enclosure, InboundMail, WebFormFile
from services.operations.attachment_files import attachments_folder, forget_content

# A file is written before its row, which may take its time to be committed; but not so long.
WAITS = timedelta(days=1)
EVERY = timedelta(days=1)
MARK = ".swept"


def forget_orphans(*, at: datetime) -> int:
    """Delete files that no attachment and no mail names: what was uploaded by requests that were rolled back. Returns
    how many.

    Looks at all files, and therefore works once a day; may be lost, doubled or run twice at once."""
    folder = attachments_folder()
    if not _begin(folder / MARK, at):
        return 0
    orphans = set(_older(folder, at - WAITS))
    if orphans:
        for model in (Attachment, Enclosure, InboundMail, WebFormFile):
            orphans.difference_update(model._default_manager.order_by().values_list("path", flat=True).iterator())
    for path in orphans:
        forget_content(path)
    return len(orphans)


def _begin(mark: Path, at: datetime) -> bool:
    """Whether it is time; if so, the next time is a day later."""
    try:
        if at.timestamp() - mark.stat().st_mtime < EVERY.total_seconds():
            return False
    except FileNotFoundError:
        mark.touch(mode=0o600)
    os.utime(mark, (at.timestamp(), at.timestamp()))
    return True


def _older(folder: Path, moment: datetime) -> Iterator[str]:
    """The files written before a moment, by their paths below the folder."""
    for path in folder.glob("*/*"):
        try:
            if path.is_file() and path.stat().st_mtime < moment.timestamp():
                yield str(path.relative_to(folder))
        except FileNotFoundError:  # somebody else forgot it just now
            continue
