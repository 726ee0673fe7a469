"""The run over everybody, again and again instead of once a night."""

import time
from collections.abc import Callable
from typing import Any

from tests.faults.house import House, wait_for

LONGEST = 300
# A night that has ended becomes a run by hand, so that the timetable finds none and begins it anew.
ANOTHER = """
UPDATE analytics_scoringrun SET kind = 'manual', logical_at = clock_timestamp() WHERE kind = 'nightly'
    AND state <> 'running' RETURNING id
"""
# Those of the ledger that was there before: nobody writes to them, so no sweep follows.
SCORES = """
SELECT s.customer_id, score, raw, quality, quality_n, reliability, reliability_n, responsiveness, responsiveness_n,
    price, price_n, coalesce(change, 0) FROM analytics_customerscore s JOIN customers_customer c ON c.id = s.customer_id
    WHERE c.name LIKE 'Customer %'
"""
# Else one falls due in the middle, and a sweep follows.
ALL_DUE = """
UPDATE customers_observation o SET due_at = at FROM customers_customer c
    WHERE c.id = o.customer_id AND c.name LIKE 'Customer %' AND due_at IS NOT NULL
"""
AGAIN = """
from analytics.choices import RunKind
from analytics.models import CustomerScore, ScoringRun
from analytics.operations.ensure_run import ensure_run
from analytics.operations.work_chunks import work_chunks
from django.utils import timezone
night = ScoringRun.objects.get(kind=RunKind.NIGHTLY)
CustomerScore.objects.all().delete()
run = ensure_run(kind=RunKind.MANUAL, logical_at=timezone.now(), as_of=night.as_of, at=timezone.now())
list(work_chunks(clock=timezone.now, run=run))
"""


def another_night(house: House) -> int:
    """Have it begun anew if it has ended; how often it was."""
    return len(house.ask(ANOTHER))


def wait_for_night(house: House, disturb: Callable[[], None]) -> None:
    """One more, disturbed when it has begun; until it has ended."""
    _ended(house)
    another_night(house)
    wait_for(lambda: _count(house, "true") > 0, "the night begins", LONGEST)
    time.sleep(0.3)
    disturb()
    _ended(house)


def _ended(house: House) -> None:
    wait_for(lambda: _count(house, "state <> 'running'") > 0, "the night ends", LONGEST)


def _count(house: House, where: str) -> int:
    found = house.ask(f"SELECT count(*) FROM analytics_scoringrun WHERE kind = 'nightly' AND {where}")  # noqa: S608
    return int(found[0][0])


def scores_of_the_night(house: House) -> dict[int, tuple[Any, ...]]:
    """By customer."""
    return {row[0]: row[1:] for row in house.ask(SCORES)}


def night_again(house: House) -> None:
    """The same as of the same moment, with nobody disturbing it."""
    house.python(AGAIN)
