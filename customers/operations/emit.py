from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import Model

from customers.models import User, Webhook, WebhookDelivery
from customers.operations.webhook_events import event_of

HEARD = "customers:webhook-events"


def emit(
    *,
    event: str,
    subject: Model,
    at: datetime,
    object_id: int | None = None,
    data: Mapping[str, Any] | None = None,
) -> int:
    """Have webhooks told that something happened, in the caller's transaction; returns how many will be.

    `subject` is the row that decides who may see it, and behind whose earlier news this one waits; `object_id` the key
    of what it is about, where that is another row. `data` goes out as it is: keys, codes and figures, nothing personal.
    Costs nothing while nobody listens. Raises KeyError for an event that is not registered."""
    about = subject.pk if object_id is None else object_id
    return emit_many(event=event, model=type(subject), news={subject.pk: (about, dict(data or {}))}, at=at)


def emit_many(
    *, event: str, model: type[Model], news: Mapping[int, tuple[int, Mapping[str, Any]]], at: datetime
) -> int:
    """The same for many rows of one model: `news` by the subject's key, (key of the object, data)."""
    kind = event_of(event)
    if not news or not is_heard(event):
        return 0
    rows: list[WebhookDelivery] = []
    for hook in Webhook.objects.at_work().select_related("owner").order_by("pk"):
        if event not in hook.events:
            continue
        rows += [
            WebhookDelivery(
                webhook=hook,
                event=event,
                lane=f"{model._meta.model_name}:{pk}",
                object_type=kind.object_type,
                object_id=news[pk][0],
                path=kind.path.format(id=news[pk][0], subject=pk),
                data=dict(news[pk][1]),
                at=at,
                due_at=at,
            )
            for pk in _in_sight(model, list(news), hook)
        ]
    WebhookDelivery.objects.bulk_create(rows, batch_size=500)
    return len(rows)


def is_heard(event: str) -> bool:
    """Whether some webhook may listen to it. Each process asks the database once in WEBHOOK_MEMORY_SECONDS: so long it
    may take until a new webhook is told of what happens elsewhere."""
    heard: frozenset[str] | None = cache.get(HEARD)
    if heard is None:
        chosen = Webhook.objects.at_work().order_by().values_list("events", flat=True)
        heard = frozenset(code for codes in chosen for code in codes)
        cache.set(HEARD, heard, settings.WEBHOOK_MEMORY_SECONDS)
    return event in heard


def forget_heard() -> None:
    """Ask anew what is listened to: now, and when the transaction is done, since another thread may ask in between."""
    cache.delete(HEARD)
    transaction.on_commit(partial(cache.delete, HEARD))


def _in_sight(model: type[Model], keys: list[int], hook: Webhook) -> list[int]:
    """Those of the rows that the webhook's owner may see and, where it has a team, that belong to it; in order."""
    owner: User = hook.owner
    rows: Any = model._default_manager.filter(pk__in=keys)
    if hook.team_id is not None:
        rows = rows.filter(**{rows.team_path: hook.team_id})
    return sorted(rows.visible_to(owner).order_by().values_list("pk", flat=True))
