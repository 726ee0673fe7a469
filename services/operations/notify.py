from collections.abc import Iterable
from datetime import datetime

from services.choices import NotificationKind
from services.models import Notification, Ticket


def notify(
    *, user_ids: Iterable[int], ticket: Ticket, kind: NotificationKind, key: str, at: datetime, detail: str = ""
) -> int:
    """Tell users something of a ticket, each once for a `key`; returns how many there are to be told. `detail` is a
    code: of warnings and breaches the clock."""
    rows = [
        Notification(user_id=pk, ticket=ticket, kind=kind, detail=detail, key=f"{key}:{pk}", at=at)
        for pk in sorted(set(user_ids))
    ]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
