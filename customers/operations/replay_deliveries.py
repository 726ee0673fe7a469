from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from customers.audit.record import record
from customers.choices import AuditKind, LeaseState, WebhookKind
from customers.models import Webhook, WebhookDelivery

SETTLED = (LeaseState.DONE, LeaseState.FAILED)
MOST = 10_000


@transaction.atomic
def replay_deliveries(
    *, webhook: Webhook, at: datetime, ids: Iterable[int] | None = None, since: datetime | None = None
) -> int:
    """Send again what was settled: these, or all that were given up since a moment; returns how many, at most MOST.

    They keep their id and their place in the order, so that the other side can tell that it knows them; what is newer
    about the same row and not sent yet waits for them. What a channel sent to a person is kept only until it was
    delivered, so that it cannot be sent twice."""
    rows = WebhookDelivery.objects.filter(webhook=webhook, state__in=SETTLED)
    rows = rows.filter(pk__in=list(ids)) if ids is not None else rows.filter(state=LeaseState.FAILED)
    if since is not None:
        rows = rows.filter(at__gte=since)
    if webhook.kind == WebhookKind.CHANNEL:
        rows = rows.filter(content__isnull=False)
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:MOST])
    again = {"state": LeaseState.TODO, "attempts": 0, "due_at": at, "settled_at": None, "problem": "", "status": None}
    count = 0
    for start in range(0, len(keys), 500):
        chosen = WebhookDelivery.objects.filter(pk__in=keys[start : start + 500], state__in=SETTLED)
        count += chosen.update(**again)
    if count:
        record(AuditKind.DONE, webhook, replayed=count)
    return count
