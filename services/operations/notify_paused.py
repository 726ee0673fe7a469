from datetime import datetime

from django.db.models import Q

from customers.models import User, Webhook
from customers.operations.webhook_events import when_paused
from services.choices import NotificationKind
from services.models import Notification


def notify_paused(webhook: Webhook, at: datetime) -> int:
    """Tell the owner of a webhook, and who may set webhooks up, that it was paused; returns how many are told."""
    may_set_up = User.objects.with_perm("customers.change_webhook", backend="django.contrib.auth.backends.ModelBackend")
    told = User.objects.filter(Q(pk=webhook.owner_id) | Q(pk__in=may_set_up.values("pk")), is_active=True)
    rows = [
        Notification(
            user=user,
            kind=NotificationKind.WEBHOOK,
            detail=webhook.name,
            key=f"paused:{webhook.pk}:{at.isoformat()}:{user.pk}",
            at=at,
        )
        for user in told
    ]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def register_paused_webhooks() -> None:
    """Called once a process, when the app is ready."""
    when_paused(notify_paused)
