from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db.models import Count, Q
from django.db.models.functions import TruncDay, TruncMonth, TruncWeek

from customers.models import User
from services.models import RatingRequest

By = Literal["agent", "queue", "day", "week", "month"]
_PERIODS = {"day": TruncDay, "week": TruncWeek, "month": TruncMonth}
_COLUMNS = {"agent": ("ticket__assignee", "ticket__assignee__name"), "queue": ("ticket__queue", "ticket__queue__name")}


@dataclass(frozen=True, slots=True)
class ResponseRate:
    """How many were asked, and how many of them have answered. `key` and `label` say of what: the key and name of an
    agent or queue, or the beginning of a period; None of all together, and of tickets that nobody has."""

    key: Any
    label: str
    asked: int
    answered: int

    @property
    def share(self) -> float | None:
        """Answered ones among all, from 0 to 1; None: nobody was asked."""
        return self.answered / self.asked if self.asked else None


def response_rate(
    *, user: User | None, since: datetime | None = None, until: datetime | None = None, by: By | None = None
) -> list[ResponseRate]:
    """The response rate of the requests that were made from `since` on and before `until`, by who has the ticket, by
    its queue or by period; without `by` one row for all. Of what this user may see; None: of everything. One query."""
    requests: Any = RatingRequest.objects.all() if user is None else RatingRequest.objects.visible_to(user)
    if since is not None:
        requests = requests.filter(requested_at__gte=since)
    if until is not None:
        requests = requests.filter(requested_at__lt=until)
    counts = {"asked": Count("pk"), "answered": Count("pk", filter=Q(answered_at__isnull=False))}
    if by is None:
        return [ResponseRate(None, "", **requests.order_by().aggregate(**counts))]
    if by in _PERIODS:
        rows = requests.annotate(key=_PERIODS[by]("requested_at")).order_by("key").values_list("key")
        return [ResponseRate(key, "", asked, answered) for key, asked, answered in rows.annotate(**counts)]
    key, name = _COLUMNS[by]
    rows = requests.order_by(name, key).values_list(key, name).annotate(**counts)
    return [ResponseRate(pk, label or "", asked, answered) for pk, label, asked, answered in rows]


def total(rates: Sequence[ResponseRate]) -> ResponseRate:
    """Several rates as one."""
    return ResponseRate(None, "", sum(one.asked for one in rates), sum(one.answered for one in rates))
