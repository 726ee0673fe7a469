from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import User
from services.models import Attachment
from services.operations.attachment_files import forget_content


class FileIsSent(Exception):
    """The file belongs to a message, which is history. Nothing was changed."""

    def __init__(self) -> None:
        super().__init__(_("The file belongs to a message already."))


@transaction.atomic
def detach_file(*, attachment: Attachment, by: User) -> None:
    """Throw away a file that waits beside a message that is being written. Raises FileIsSent."""
    waiting = Attachment.objects.select_for_update().filter(pk=attachment.pk, message=None, uploaded_by=by)
    if not waiting.exists():
        raise FileIsSent
    path = attachment.path
    waiting.delete()
    transaction.on_commit(partial(forget_content, path))
