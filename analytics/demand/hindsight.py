"""Does the whole of it work? The ladder is climbed as of earlier moments, and what it published then is compared with
what came: nothing of what is tested was known to the choice of the tier or to the intervals."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analytics.demand.ladder import NAIVE, Tier, climb, tiers_at_hand
from analytics.demand.metrics import HIGH80, HIGH95, LEVELS, LOW80, LOW95, inside, naive_scale, pinball, smape, wape
from analytics.demand.panel import Array, Panel, mean_of
from analytics.demand.plan import Rhythm, plan_for

CHOSEN = "chosen"


@dataclass(frozen=True, slots=True)
class Judgement:
    """How a tier, or the one that was chosen for each series, foretold what came. Shares from 0 to 1; `smape` in per
    cent. Coverage of the chosen alone: only what is published has intervals."""

    tier: str
    wape: float
    mase: float
    smape: float
    steps: int
    pinball: tuple[float, ...] = ()
    covered80: float = float("nan")
    covered95: float = float("nan")


@dataclass(frozen=True, slots=True)
class Hindsight:
    """Judgements in the order of the ladder, the chosen last; how often each tier was chosen."""

    judgements: tuple[Judgement, ...]
    chosen: dict[str, int]
    series: int
    cuts: tuple[int, ...]
    horizon: int

    def of(self, tier: str) -> Judgement:
        return next(row for row in self.judgements if row.tier == tier)

    @property
    def beats_naive(self) -> bool:
        return self.of(CHOSEN).wape < self.of(NAIVE).wape


def look_back(
    panel: Panel, rhythm: Rhythm, cuts: Sequence[int], horizon: int, tiers: dict[str, Tier] | None = None
) -> Hindsight:
    """Climb the ladder at each cut-off and compare the next `horizon` steps with what came. Raises ValueError where a
    cut-off comes too early to look so far ahead."""
    ladder = tiers or tiers_at_hand()
    came, units = [], []
    told: dict[str, list[Array]] = {name: [] for name in (*ladder, CHOSEN)}
    bounds = []
    often = dict.fromkeys(ladder, 0)
    for cut in cuts:
        plan = plan_for(cut, replace(rhythm, longest=horizon))
        if plan.horizon < horizon:
            raise ValueError(f"a history of {cut} can be forecast {plan.horizon} steps ahead, not {horizon}")
        found = climb(panel.cut(cut, plan.horizon), plan, ladder)
        known = panel.cut(cut, horizon)
        for name, forecast in ladder.items():
            told[name].append(forecast(known, horizon))
        told[CHOSEN].append(found.forecast)
        bounds.append(found.quantiles)
        came.append(panel.demand[:, cut : cut + horizon])
        units.append(naive_scale(panel.demand[:, :cut], panel.season))
        for number in found.chosen:
            often[found.tested.tiers[number]] += 1
    actual = np.concatenate(came)
    unit = np.concatenate(units)
    judged = [_judge(name, actual, np.concatenate(parts), unit) for name, parts in told.items()]
    judged[-1] = _with_intervals(judged[-1], actual, np.concatenate(bounds))
    return Hindsight(tuple(judged), often, len(panel.demand), tuple(cuts), horizon)


def _judge(name: str, actual: Array, told: Array, unit: Array) -> Judgement:
    mase = mean_of(np.abs(actual - told)) / unit
    mase = mase[np.isfinite(mase)]
    steps = int(np.isfinite(actual).sum())
    mean = float(mase.mean()) if mase.size else float("nan")
    return Judgement(name, wape(actual, told), mean, smape(actual, told), steps)


def _with_intervals(row: Judgement, actual: Array, bounds: Array) -> Judgement:
    losses = tuple(
        float(np.nanmean(pinball(actual, bounds[:, :, level], LEVELS[level]))) for level in (LOW80, 2, HIGH80)
    )
    covered80 = float(np.nanmean(inside(actual, bounds[:, :, LOW80], bounds[:, :, HIGH80])))
    covered95 = float(np.nanmean(inside(actual, bounds[:, :, LOW95], bounds[:, :, HIGH95])))
    return Judgement(row.tier, row.wape, row.mase, row.smape, row.steps, losses, covered80, covered95)
