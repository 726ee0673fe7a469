from datetime import datetime, timedelta

from services.models import Attachment
from services.operations.attachment_files import forget_content

# How long a file waits for the message that it was put beside.
WAITS = timedelta(days=7)
AT_ONCE = 200


def forget_attachments(*, at: datetime) -> int:
    """Delete files whose message was never sent; returns how many."""
    left = list(Attachment.objects.filter(message=None, at__lt=at - WAITS).order_by("pk")[:AT_ONCE])
    gone = 0
    for attachment in left:
        deleted, _models = Attachment.objects.filter(pk=attachment.pk, message=None).delete()
        if deleted:
            forget_content(attachment.path)
            gone += 1
    return gone
