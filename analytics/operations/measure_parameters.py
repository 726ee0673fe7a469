from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np

from analytics.operations.override_sets import sets_among
from analytics.operations.read_parameters import merged
from analytics.operations.readable_facts import readable_facts
from analytics.operations.version_parameters import sets_of
from analytics.scoring.baselines import BaselineSums, with_baselines
from analytics.scoring.parameters import ScoreParameters

Tell = Callable[[int, int], None]


def measure_parameters(*, current: ScoreParameters, as_of: datetime) -> ScoreParameters:
    """The current parameters with the baselines of all customers as of a moment: the average customer then has 50.
    A factor with fewer than 30 observations keeps its baseline."""
    sums = BaselineSums(current)
    for part in readable_facts(as_of=as_of):
        sums.add(part.given.factors, part.given.x, part.given.age_days)
    return with_baselines(current, sums.measured())


def measure_version(
    *,
    parameters: Mapping[str, Any],
    overrides: Sequence[dict[str, Any]],
    as_of: datetime,
    tell: Tell = lambda done, total: None,
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The parameters with the baselines of all customers as of a moment, and each override with those of the customers
    that it counts for, of the factors for which it has a baseline of its own.

    A factor with fewer than 30 observations keeps what it had. `tell` hears how many of all customers were read."""
    sums = [BaselineSums(each) for each in sets_of(parameters, list(overrides))]
    for part in readable_facts(as_of=as_of):
        sheet, given = part.sheet, part.given
        sums[0].add(given.factors, given.x, given.age_days)
        if overrides:
            sets = sets_among(overrides=overrides, whose=sheet.whose, customer_ids=sheet.customer_ids, at=as_of)
            of_fact = sets[given.positions]
            for number in np.unique(of_fact[of_fact > 0]).tolist():
                rows = of_fact == number
                sums[number].add(given.factors[rows], given.x[rows], given.age_days[rows])
        tell(part.done, part.total)
    everybody = with_baselines(ScoreParameters.from_dict(parameters), sums[0].measured())
    return everybody.as_dict(), [
        _measured(override, sums[place + 1].measured()) for place, override in enumerate(overrides)
    ]


def _measured(override: dict[str, Any], baselines: Mapping[str, float]) -> dict[str, Any]:
    own = override["parameters"]
    wanted = {name: {"baseline": value} for name, value in baselines.items() if "baseline" in own.get(name, {})}
    return {**override, "parameters": merged(own, wanted)}
