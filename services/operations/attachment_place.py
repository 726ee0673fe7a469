from collections import Counter
from typing import Any

from customers.choices import KeyPurpose
from customers.encryption.cipher import CannotDecrypt
from customers.encryption.files import key_id_of, wrap_anew
from customers.encryption.keyring import current_key
from customers.operations.encrypted_places import Step
from services.models import Attachment, InboundMail
from services.operations.attachment_files import stored_file

FILES_AT_ONCE = 50
NO_KEY = 0


class AttachmentPlace:
    """The files beside messages, or those of mail that came in: a rotation writes their heads anew, and encrypts those
    from before files were."""

    def __init__(self, model: type[Attachment] | type[InboundMail] = Attachment) -> None:
        self._rows: Any = model._default_manager
        self.code = f"{model._meta.label_lower}.file"

    def by_key(self) -> Counter[int]:
        """A look at the head of every file; those that are not encrypted count under 0."""
        paths = self._rows.order_by().values_list("path", flat=True).iterator(chunk_size=2000)
        return Counter(key for path in paths if (key := _key_of(path)) is not None)

    def reseal(self, *, after: Any) -> Step:
        """The next files."""
        number, _key = current_key(KeyPurpose.DATA)
        rows = self._rows.filter(pk__gt=after or 0).order_by("pk").values_list("pk", "path")[:FILES_AT_ONCE]
        found, unreadable = list(rows), 0
        for _pk, path in found:
            if _key_of(path) not in (None, number):
                try:
                    wrap_anew(stored_file(path), file_id=path)
                except FileNotFoundError:  # thrown away just now
                    continue
                except CannotDecrypt:
                    unreadable += 1
        return Step(len(found), unreadable, found[-1][0] if found else None)


def _key_of(path: str) -> int | None:
    """The data key of a file, 0 where it is not encrypted, None where it is lost."""
    try:
        return key_id_of(stored_file(path)) or NO_KEY
    except FileNotFoundError:
        return None
