"""What a page of the portal sends is taken in once, however often it is sent."""

import hashlib
from collections.abc import Sequence

from services.models import PortalReceipt
from services.operations.public_uploads import Upload


def receipt_for(*parts: object, files: Sequence[Upload] = ()) -> tuple[PortalReceipt, bool]:
    """The receipt of what is sent, and whether it is new: to be called first within the transaction that takes it in,
    so that the same sent at the same moment waits, and then finds it. `parts`: whose it is, the key of the page, and
    all that was typed: what was typed anew on a page that the browser went back to is something else."""
    sent = [f"{file.name}:{file.size}" for file in files]
    digest = hashlib.sha256("\0".join([*map(str, parts), *sent]).encode()).hexdigest()
    return PortalReceipt.objects.get_or_create(digest=digest)
