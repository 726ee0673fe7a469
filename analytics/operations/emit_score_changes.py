"""Scores that moved noticeably, for webhooks."""

from datetime import datetime
from typing import Any

import numpy as np
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.operations.emit import emit_many, is_heard
from customers.operations.webhook_events import Event, register_event

CHANGED = Event("score.changed", _("Score moved noticeably"), "score", "scores/{id}/")


def register_events_of_scores() -> None:
    """Called once a process, when the app is ready."""
    register_event(CHANGED)


def emit_score_changes(*, snapshots: dict[str, Any], moved: Any, at: datetime) -> int:
    """Have webhooks told of customers whose score moved noticeably since its newest snapshot (`moved`, beside each row
    of `snapshots`), in the transaction that publishes them; returns how many deliveries that makes. A first score, and
    the one that is kept each month, is no news."""
    if not len(moved) or not is_heard(CHANGED.code):
        return 0
    news = {}
    for i in np.flatnonzero(moved).tolist():
        pk = int(snapshots["customer_id"][i])
        told = {
            "customer": pk,
            "score": round(float(snapshots["score"][i]), 2),
            "low_evidence": bool(snapshots["low_evidence"][i]),
            "version": int(snapshots["version_id"][i]),
        }
        news[pk] = (pk, told)
    return emit_many(event=CHANGED.code, model=Customer, news=news, at=at)
