"""What a webhook can be told of. Each room registers its events when it is ready, and what is to be done when a
delivery of them is settled, or a webhook was paused."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from customers.models import Webhook, WebhookDelivery


@dataclass(frozen=True, slots=True)
class Event:
    """`object_type` and `path` say what it is about and where the API shows it; `path` may name {id}, the object's key,
    and {subject}, that of the row that decides who may see it."""

    code: str
    label: Any
    object_type: str
    path: str


PING = Event("ping", "", "webhook", "webhooks/{id}/")

_events: dict[str, Event] = {}
_settled: dict[str, Callable[[WebhookDelivery, datetime], None]] = {}
_paused: list[Callable[[Webhook, datetime], object]] = []


def register_event(event: Event) -> Event:
    """Make an event known. Called once a process, when the app is ready."""
    _events[event.code] = event
    return event


def event_of(code: str) -> Event:
    """An event by its code. Raises KeyError for one that no installed room knows."""
    return _events[code]


def events() -> list[Event]:
    """All that a webhook can choose, by code."""
    return [_events[code] for code in sorted(_events)]


def when_settled(event: str, do: Callable[[WebhookDelivery, datetime], None]) -> None:
    """Have `do(delivery, at)` called, in the same transaction, when a delivery of this event was made or given up."""
    _settled[event] = do


def settle(delivery: WebhookDelivery, at: datetime) -> None:
    """Call what was registered for it."""
    if do := _settled.get(delivery.event):
        do(delivery, at)


def when_paused(do: Callable[[Webhook, datetime], object]) -> None:
    """Have `do(webhook, at)` called, in the same transaction, when a webhook was paused."""
    _paused.append(do)


def tell_paused(webhook: Webhook, at: datetime) -> None:
    """Call all that were registered."""
    for do in _paused:
        do(webhook, at)
