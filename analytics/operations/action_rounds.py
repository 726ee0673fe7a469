"""What is offered of a customer now, read off the log of decisions."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

from analytics.choices import DecisionKind

# So long after an offer or a decision the same action is not offered anew, and its outcome is looked at.
ROUND = timedelta(days=90)

Row = TypeVar("Row", bound=Mapping[str, Any])


def open_offers(rows: Iterable[Row], *, at: datetime) -> list[Row]:
    """Of the decisions on one customer (`rule`, `kind`, `at`, `worth` each, newest first) those that are open offers:
    the newest of their rule, not older than a round. The one with the most worth first."""
    newest: dict[Any, Row] = {}
    for row in rows:
        newest.setdefault(row["rule"], row)
    found = [row for row in newest.values() if row["kind"] == DecisionKind.SHOWN and row["at"] > at - ROUND]
    return sorted(found, key=lambda row: -row["worth"])
