from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.operations.waiting_times import waiting_times
from analytics.scoring.fact_arrays import age_days, factors_of, values
from analytics.scoring.facts import Fact, MeasureCode
from analytics.scoring.parameters import FactorCode, ScoreParameters
from analytics.scoring.population import PopulationScores, score_population
from analytics.sql.arrays import MOMENT, Array, as_moment
from analytics.sql.known_facts import known_facts
from analytics.sql.whose import Whose
from customers.models import Observation

# A score is computed anew after so long even if nothing happened: evidence ages. Longer than from night to night.
REFRESH_AFTER = timedelta(hours=36)


class Observations(NamedTuple):
    """Facts as analytics.scoring takes them: whose (position), of which factor, x and age."""

    positions: NDArray[np.int64]
    factors: NDArray[np.int64]
    x: NDArray[np.float64]
    age_days: NDArray[np.float64]


@dataclass(frozen=True)
class FactSheet:
    """What is known of some customers as of a moment: all that their scores are made of.

    customer_ids, versions, refresh_at (when the score will change by itself): by position, in the order of keys.
    positions, observation_ids, measures, given, reference, happened_at (datetime64, UTC), elapsed: by fact that counts,
    in the order of customers and keys; elapsed is the business time (seconds) of a message that still waits past its
    target, else NaN.
    """

    whose: Whose
    as_of: datetime
    customer_ids: Array
    versions: Array
    refresh_at: Array
    positions: Array
    observation_ids: Array
    measures: Array
    given: Array
    reference: Array
    happened_at: Array
    elapsed: NDArray[np.float64]

    def observations(self) -> Observations:
        """The facts that count, as arrays. Raises ValueError for a fact with an impossible value."""
        return Observations(
            positions=self.positions,
            factors=factors_of(self.measures),
            x=values(self.measures, self.given, self.reference, self.elapsed),
            age_days=age_days(_seconds(self.happened_at), self.as_of.timestamp(), self.measures, self.given),
        )

    def scores(
        self, parameters: ScoreParameters | Sequence[ScoreParameters], sets: NDArray[np.int64] | None = None
    ) -> PopulationScores:
        """The scores of all customers, by position; with several parameters, `sets` says which are whose. Raises
        ValueError for a fact with an impossible value."""
        given = self.observations()
        who = len(self.customer_ids)
        return score_population(given.positions, given.factors, given.x, given.age_days, who, parameters, sets)

    @cached_property
    def rows(self) -> Mapping[int, Observation]:
        """The facts that count, by key, as they stand in the ledger: one query, for a handful of customers."""
        return Observation.objects.in_bulk(self.observation_ids.tolist())

    def facts(self) -> list[Fact]:
        """The facts of all customers as the pure functions take them."""
        elapsed = dict(zip(self.observation_ids.tolist(), self.elapsed.tolist(), strict=True))
        return [_fact(self.rows[pk], waited) for pk, waited in elapsed.items()]


def read_facts(*, whose: Whose, as_of: datetime, version: int | None = None, profiled: bool = False) -> FactSheet:
    """Read the facts of these customers as of a moment, by each one's activity_version (or by `version`, to replay
    one); `profiled`: only of those who may be profiled, which a range is in any case."""
    horizon, now = as_of + REFRESH_AFTER, as_moment(as_of)
    found = known_facts(whose=whose, as_of=as_of, until=horizon, version=version, profiled=profiled)
    order = np.lexsort((found["observation_id"], found["customer_id"]))
    found = {name: column[order] for name, column in found.items()}
    customer_ids, first, positions = np.unique(found["customer_id"], return_index=True, return_inverse=True)
    known = found["observation_id"] > 0
    counts_from = _counts_from(found)
    refresh_at = np.full(len(customer_ids), as_moment(horizon))
    later = known & (counts_from > now)
    np.minimum.at(refresh_at, positions[later], counts_from[later])
    counting = known & ~later
    versions = found["activity_version"][first] if version is None else np.full(len(customer_ids), version)
    facts = {name: column[counting] for name, column in found.items()}
    waiting = np.flatnonzero(_waits(facts))
    elapsed = np.full(len(facts["measure"]), np.nan)
    elapsed[waiting] = waiting_times(_keys(facts["observation_id"][waiting]), as_of=as_of)
    return FactSheet(
        whose=whose,
        as_of=as_of,
        customer_ids=customer_ids,
        versions=versions,
        refresh_at=refresh_at,
        positions=positions[counting],
        observation_ids=facts["observation_id"],
        measures=facts["measure"],
        given=facts["value"],
        reference=facts["reference"],
        happened_at=facts["happened_at"],
        elapsed=elapsed,
    )


def _waits(facts: Mapping[str, Array]) -> NDArray[np.bool_]:
    return np.asarray((facts["measure"] == MeasureCode.REPLY) & np.isnan(facts["value"]))


def _counts_from(found: Mapping[str, Array]) -> Array:
    """The moment from which each fact counts: when it happened, when the message is overdue, when its exclusion ends.
    Up to and including its due time a message waits without counting."""
    held = found["held_until"] + np.where(_waits(found), 1, 0)
    return np.asarray(np.fmax(found["happened_at"], held))


def _keys(column: Array) -> Iterable[int]:
    keys: list[int] = column.tolist()
    return keys


def _seconds(moments: Array) -> NDArray[np.float64]:
    return np.asarray(moments.astype(MOMENT).astype(np.int64) / 1e6)


def _fact(row: Observation, waited: float) -> Fact:
    return Fact(
        factor=FactorCode(row.factor).label,
        measure=MeasureCode(row.measure).label,
        value=row.value,
        reference=row.reference,
        at=row.at,
        subject_type=row.subject_type,
        subject_id=row.subject_id,
        observation_id=row.pk,
        elapsed_seconds=None if np.isnan(waited) else waited,
    )
