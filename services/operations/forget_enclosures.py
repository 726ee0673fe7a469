from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from customers.choices import LeaseState
from services.models import Enclosure, OutboundMail
from services.operations.attachment_files import forget_content

# How long a mail that was not sent keeps its file, so that it can be sent again.
WAITS = timedelta(days=7)
AT_ONCE = 200


def forget_enclosures(*, at: datetime) -> int:
    """Delete the files of mail of our own that was sent, and of mail that was not for a week; returns how many.
    Without its file the latter is not sent again: its text goes with it."""
    too_old = Q(at__lt=at - WAITS)
    rows = Enclosure.objects.filter(Q(mail__state=LeaseState.DONE) | too_old).select_related("mail")
    gone = list(rows.order_by("pk")[:AT_ONCE])
    with transaction.atomic():
        unsent = [row.mail_id for row in gone if row.mail.state != LeaseState.DONE]
        OutboundMail.objects.filter(pk__in=unsent).update(subject=None, body=None)
        Enclosure.objects.filter(pk__in=[row.pk for row in gone]).delete()
    for row in gone:
        forget_content(row.path)
    return len(gone)
