"""From a number of a report to its tickets: addresses of the ticket list that find exactly so many."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.reverse import reverse


class TicketsSerializer(serializers.DictField):
    """By the name of a number beside it, where its tickets are."""

    child: Any = serializers.URLField()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(help_text="Of each number beside it that counts tickets, the list of just these.", **kwargs)


class CohortLinks:
    """Addresses of the lists behind the numbers of a report: of a queue or an agent alone, where it was."""

    def __init__(self, request: Request, *, queue: int | None, agent: int | None) -> None:
        self._list = reverse("ticket-list", request=request)
        self._beside = {name: key for name, key in (("queue", queue), ("assignee", agent)) if key is not None}

    def to(self, cohort: str, start: datetime, end: datetime, **more: Any) -> str:
        """The tickets of a cohort in a time."""
        span = {"cohort_after": _moment(start), "cohort_before": _moment(end)}
        return f"{self._list}?{urlencode({'cohort': cohort, **span, **self._beside, **more})}"


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
