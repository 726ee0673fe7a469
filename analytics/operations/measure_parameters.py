import logging
from collections.abc import Iterator
from datetime import datetime

import numpy as np

from analytics.operations.ensure_run import CHUNK_CUSTOMERS
from analytics.operations.read_facts import Observations, read_facts
from analytics.scoring.baselines import measure_baselines
from analytics.scoring.parameters import ScoreParameters
from analytics.sql.customer_ranges import customer_ranges
from analytics.sql.whose import Whose

logger = logging.getLogger(__name__)


def measure_parameters(*, current: ScoreParameters, as_of: datetime) -> ScoreParameters:
    """The current parameters with the baselines of all customers as of a moment: the average customer then has 50.
    A factor with fewer than 30 observations keeps its baseline."""
    parts = [
        observations
        for part in customer_ranges(size=CHUNK_CUSTOMERS)
        for observations in _observations(part.lo, part.hi, as_of)
    ]
    if not parts:
        return current
    factors, x, age_days = (np.concatenate(columns) for columns in list(zip(*parts, strict=True))[1:])
    return measure_baselines(factors, x, age_days, current)


def _observations(lo: int, hi: int, as_of: datetime) -> Iterator[Observations]:
    """The facts of a range of customers; one who has an impossible fact is left out."""
    try:
        yield read_facts(whose=Whose(lo, hi), as_of=as_of).observations()
    except ValueError as error:
        if lo == hi:
            logger.warning("customer %s is left out of the baselines: %s", lo, error)
            return
        middle = (lo + hi) // 2
        yield from _observations(lo, middle, as_of)
        yield from _observations(middle + 1, hi, as_of)
