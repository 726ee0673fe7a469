from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.scoring.fact_arrays import age_days, values
from analytics.scoring.facts import Fact, MeasureCode
from analytics.scoring.parameters import FactorCode, ScoreParameters
from analytics.scoring.population import PopulationScores, score_population
from analytics.sql.known_facts import KnownFact, known_facts
from analytics.sql.whose import Whose
from services.models import Calendar, Ticket
from services.operations.sla_terms import hours_of

# A score is computed anew after so long even if nothing happened: evidence ages. Longer than from night to night.
REFRESH_AFTER = timedelta(hours=36)
# At most so many ids in one IN (...): SQLite and MariaDB slow down or refuse beyond.
IDS_AT_ONCE = 500


class Observations(NamedTuple):
    """Facts as analytics.scoring takes them: whose (position), of which factor, x and age."""

    positions: NDArray[np.int64]
    factors: NDArray[np.int64]
    x: NDArray[np.float64]
    age_days: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FactSheet:
    """What is known of some customers as of a moment: all that their scores are made of.

    customer_ids, versions, refresh_at: by position, in the order of keys. rows, positions, elapsed: by fact that
    counts; elapsed is the business time (seconds) of a message that still waits past its target, else NaN.
    """

    whose: Whose
    as_of: datetime
    customer_ids: list[int]
    versions: list[int]
    refresh_at: list[datetime]
    rows: list[KnownFact]
    positions: list[int]
    elapsed: NDArray[np.float64]

    def observations(self) -> Observations:
        """The facts that count, as arrays. Raises ValueError for a fact with an impossible value."""
        measures = [row.measure for row in self.rows]
        given = _floats([row.value for row in self.rows])
        happened = np.array([row.at for row in self.rows], dtype=np.float64)
        return Observations(
            positions=np.array(self.positions, dtype=np.int64),
            factors=np.array([row.factor for row in self.rows], dtype=np.int64),
            x=values(measures, given, _floats([row.reference for row in self.rows]), self.elapsed),
            age_days=age_days(happened, self.as_of.timestamp(), measures, given),
        )

    def scores(
        self, parameters: ScoreParameters | Sequence[ScoreParameters], sets: NDArray[np.int64] | None = None
    ) -> PopulationScores:
        """The scores of all customers, by position; with several parameters, `sets` says which are whose. Raises
        ValueError for a fact with an impossible value."""
        given = self.observations()
        who = len(self.customer_ids)
        return score_population(given.positions, given.factors, given.x, given.age_days, who, parameters, sets)

    def facts(self) -> list[Fact]:
        """The facts of all customers as the pure functions take them."""
        return [_fact(row, waited) for row, waited in zip(self.rows, self.elapsed.tolist(), strict=True)]

    def by_observation(self) -> dict[int, KnownFact]:
        """The facts that count, by the key of their observation."""
        return {row.observation_id: row for row in self.rows if row.observation_id is not None}


def read_facts(*, whose: Whose, as_of: datetime, version: int | None = None) -> FactSheet:
    """Read the facts of these customers as of a moment, by each one's activity_version (or by `version`, to replay
    one)."""
    customer_ids: list[int] = []
    versions: list[int] = []
    refresh_at: list[float] = []
    counting: list[KnownFact] = []
    positions: list[int] = []
    now, horizon = as_of.timestamp(), as_of + REFRESH_AFTER
    for row in known_facts(whose=whose, as_of=as_of, until=horizon, version=version):
        if not customer_ids or customer_ids[-1] != row.customer_id:
            customer_ids.append(row.customer_id)
            versions.append(row.activity_version if version is None else version)
            refresh_at.append(horizon.timestamp())
        if row.observation_id is None:
            continue
        counts_from = _counts_from(row)
        if counts_from is None:
            continue
        if counts_from > now:
            refresh_at[-1] = min(refresh_at[-1], counts_from)
        else:
            counting.append(row)
            positions.append(len(customer_ids) - 1)
    moments = [_moment(refresh) for refresh in refresh_at]
    return FactSheet(whose, as_of, customer_ids, versions, moments, counting, positions, _elapsed(counting, as_of))


def _counts_from(row: KnownFact) -> float | None:
    """The moment (seconds since 1970) from which a fact counts: when it happened, when the message is overdue, when
    its exclusion ends. None: never."""
    moments = [row.at]
    if row.is_exclusion:
        if row.excluded_until is None:
            return None
        moments.append(row.excluded_until.timestamp())
    if row.measure == MeasureCode.REPLY and row.value is None and row.due_at is not None:
        # Up to and including its due time a message waits without counting.
        moments.append((row.due_at + timedelta(microseconds=1)).timestamp())
    return max(moments)


def _elapsed(rows: list[KnownFact], as_of: datetime) -> NDArray[np.float64]:
    """Seconds of business time that unanswered messages have waited, by the calendars of their tickets' queues; of a
    ticket that is gone, by the clock on the wall."""
    elapsed = np.full(len(rows), np.nan)
    waiting = [i for i, row in enumerate(rows) if row.measure == MeasureCode.REPLY and row.value is None]
    calendar_of = _calendars({rows[i].subject_id for i in waiting})
    by_calendar: dict[int | None, list[int]] = defaultdict(list)
    for i in waiting:
        by_calendar[calendar_of.get(rows[i].subject_id)].append(i)
    calendars = Calendar.objects.in_bulk([pk for pk in by_calendar if pk is not None]) if waiting else {}
    for pk, places in by_calendar.items():
        hours = hours_of(calendars[pk]) if pk is not None else None
        for i in places:
            since = _moment(rows[i].at)
            elapsed[i] = hours.elapsed(since, as_of) if hours else (as_of - since).total_seconds()
    return elapsed


def _calendars(ticket_ids: set[int]) -> dict[int, int]:
    """The calendar of each ticket's queue."""
    found: dict[int, int] = {}
    ordered = sorted(ticket_ids)
    for start in range(0, len(ordered), IDS_AT_ONCE):
        part = ordered[start : start + IDS_AT_ONCE]
        found.update(Ticket.objects.filter(pk__in=part).values_list("pk", "queue__calendar_id"))
    return found


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _floats(column: list[float | None]) -> NDArray[np.float64]:
    return np.array(column, dtype=np.float64)  # None becomes NaN


def _fact(row: KnownFact, waited: float) -> Fact:
    return Fact(
        factor=FactorCode(row.factor).label,
        measure=MeasureCode(row.measure).label,
        value=row.value,
        reference=row.reference,
        at=_moment(row.at),
        subject_type=row.subject_type,
        subject_id=row.subject_id,
        observation_id=row.observation_id or 0,
        elapsed_seconds=None if np.isnan(waited) else waited,
    )
