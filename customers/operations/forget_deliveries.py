from datetime import datetime, timedelta

from django.conf import settings

from customers.choices import LeaseState
from customers.models import WebhookDelivery
from customers.models.webhook import OPEN

AT_ONCE = 1000


def forget_deliveries(*, at: datetime) -> int:
    """Delete deliveries older than WEBHOOK_LOG_DAYS, some at a time; returns how many. What still waits then, because
    its webhook is off or paused, is given up first, and deleted with the next call."""
    old = WebhookDelivery.objects.filter(at__lt=at - timedelta(days=settings.WEBHOOK_LOG_DAYS))
    waits = list(old.filter(state__in=OPEN).values_list("pk", flat=True)[:AT_ONCE])
    settled = list(old.exclude(state__in=OPEN).values_list("pk", flat=True)[:AT_ONCE])
    WebhookDelivery.objects.filter(pk__in=waits, state=LeaseState.TODO).update(
        state=LeaseState.FAILED, settled_at=at, problem="waited too long"
    )
    WebhookDelivery.objects.filter(pk__in=settled).delete()
    return len(settled)
