"""What waits in the database for a worker: how many rows of each kind, and since when the oldest."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min

from analytics.choices import RunState
from analytics.models import ScoringChunk
from customers.models import FREE, Job
from customers.operations.deliver_webhooks import due_deliveries
from services.choices import MailOutcome
from services.models import InboundMail, OutboundMail

KINDS = ("mail_out", "mail_in", "webhook", "job", "chunk")


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a worker could take now. `since`: when the oldest of it fell due; None where nothing waits."""

    kind: str
    count: int
    since: datetime | None

    def seconds(self, *, at: datetime) -> float:
        """How long the oldest has waited."""
        return max(0.0, (at - self.since).total_seconds()) if self.since else 0.0


def waiting(*, at: datetime) -> list[Waiting]:
    """All kinds, in their order. Counts rows, whoever they belong to; nothing of what is in them. One query each."""
    asked: dict[str, tuple[Any, str]] = {
        "mail_out": (OutboundMail.objects.filter(FREE, due_at__lte=at), "due_at"),
        "mail_in": (InboundMail.objects.filter(FREE, due_at__lte=at, outcome=MailOutcome.WAITING), "due_at"),
        "webhook": (due_deliveries(), "due_at"),
        "job": (Job.objects.filter(FREE), "created_at"),
        "chunk": (ScoringChunk.objects.filter(FREE, run__state=RunState.RUNNING), "run__started_at"),
    }
    return [_counted(kind, *asked[kind]) for kind in KINDS]


def _counted(kind: str, rows: Any, moment: str) -> Waiting:
    found = rows.order_by().aggregate(count=Count("pk"), since=Min(moment))
    return Waiting(kind, found["count"], found["since"])
