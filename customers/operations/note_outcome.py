from datetime import datetime, timedelta

from django.db.models import F, Value
from django.db.models.functions import Coalesce, Now

from customers.models import Webhook
from customers.operations.webhook_events import tell_paused

# After so many failures in a row the whole webhook rests for a while, so that one that hangs keeps no worker busy.
HELD_AFTER, HELD_FOR = 5, timedelta(seconds=60)
# After so many, and so long, it is paused until somebody has looked at it.
PAUSED_AFTER, FAILING_FOR = 20, timedelta(hours=1)


def note_outcome(*, webhook_id: int, problem: str, at: datetime) -> bool:
    """Count a try of a webhook, in the caller's transaction; True where that paused it, of which its owner and the
    administrators are told."""
    row = Webhook._base_manager.filter(pk=webhook_id)  # progress is not put on record
    if not problem:
        row.update(failures=0, failing_since=None, held_until=None, delivered_at=at, problem="")
        return False
    row.update(failures=F("failures") + 1, failing_since=Coalesce("failing_since", Value(at)), problem=problem)
    row.filter(failures__gte=HELD_AFTER).update(held_until=Now() + HELD_FOR)
    tired = Webhook.objects.filter(
        pk=webhook_id, paused_at=None, failures__gte=PAUSED_AFTER, failing_since__lte=at - FAILING_FOR
    )
    if not tired.update(paused_at=at):
        return False
    tell_paused(Webhook.objects.select_related("owner").get(pk=webhook_id), at)
    return True
