import hashlib
import os
from datetime import datetime

from django.db import IntegrityError, transaction

from services.models import InboundMail, Mailbox
from services.operations.attachment_files import content_of, forget_content, keep_content, stored_file

MOST_STORED = 2**40  # who takes mail in has looked at its size: what is here is kept


def store_mail(
    *,
    mailbox: Mailbox,
    raw: bytes,
    at: datetime,
    uid: int | None = None,
    uid_validity: int | None = None,
    is_cut: bool = False,
) -> tuple[InboundMail, bool]:
    """Keep a mail as it came, before anybody looks into it: the bytes on the disk, then the row, committed. Returns the
    row, and whether it is new: the same bytes in the same mailbox are one mail. `file_mail` makes of it what it is.

    Not to be called in a transaction: once this returns, the mail may be gone where it came from."""
    digest = hashlib.sha256(raw).hexdigest()
    standing = InboundMail.objects.filter(mailbox=mailbox, digest=digest).first()
    if standing is not None:
        return standing, False
    path, size, _digest = keep_content([raw], most=MOST_STORED, allow_empty=True)
    try:
        _settle(path)
        with transaction.atomic():
            return InboundMail.objects.create(
                mailbox=mailbox,
                digest=digest,
                path=path,
                size=size,
                is_cut=is_cut,
                uid=uid,
                uid_validity=uid_validity,
                received_at=at,
                due_at=at,
            ), True
    except IntegrityError:  # somebody else stored it just now
        forget_content(path)
        return InboundMail.objects.get(mailbox=mailbox, digest=digest), False
    except BaseException:
        forget_content(path)
        raise


def raw_of(mail: InboundMail) -> bytes:
    """The mail as it came. Raises FileNotFoundError; CannotDecrypt where the file was changed."""
    with content_of(mail.path) as file:
        return file.read()


def _settle(path: str) -> None:
    """Have the disk hold it, and not only its cache."""
    whole = stored_file(path)
    for place in (whole, whole.parent):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
