"""From arrays to rows: the forecasts of one class of groups with their back-tests."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.choices import ForecastKind
from analytics.demand.calendar import first_day
from analytics.demand.ladder import Forecasts
from analytics.demand.metrics import HIGH80, HIGH95, LOW80, LOW95
from analytics.demand.panel import Array, Panel
from analytics.demand.poisson import fit_poisson
from analytics.demand.smoothing import factors_at, seasonal_part
from analytics.models import BackTest, Forecast, ForecastRun
from analytics.operations.demand_history import Grid, History

FOUR_WEEKS, THIRTEEN_WEEKS = 28, 91
DIGITS = 4


def forecast_rows(
    run: ForecastRun, history: History, series: NDArray[np.intp], panel: Panel, found: Forecasts
) -> Iterator[tuple[Forecast, list[BackTest]]]:
    """One forecast a series (`series`: which rows of the history these are), each with its back-tests, not saved."""
    grid, plan, tested = history.grid, found.plan, found.tested
    wape = tested.wape()
    drivers = _drivers(panel, plan.horizon)
    begins = grid.first + grid.number
    for place, row in enumerate(series):
        chosen = int(found.chosen[place])
        group = history.groups[int(row)]
        steps = _steps(grid, begins, found.forecast[place], found.quantiles[place])
        begun = int(np.argmax(np.isfinite(history.demand[int(row)])))
        past = panel.demand[place][max(begun - (grid.number - panel.steps), 0) :]
        yield (
            Forecast(
                run=run,
                kind=history.kind,
                segment_id=history.segment,
                **{_COLUMNS[history.kind]: group},
                tier=tested.tiers[chosen],
                wape=_figure(wape[place, chosen]),
                naive_wape=_figure(wape[place, 0]),
                next_4=_sum(found.forecast[place], FOUR_WEEKS // grid.days),
                next_13=_sum(found.forecast[place], THIRTEEN_WEEKS // grid.days),
                starts_on=first_day(begins, grid.days),
                ends_on=first_day(begins + plan.horizon, grid.days) - timedelta(days=1),
                history_from=first_day(begins - len(past), grid.days),
                history=[None if value != value else round(float(value), DIGITS) for value in past],
                steps=steps,
                drivers=drivers[place],
            ),
            _back_tests(grid, found, place, chosen),
        )


_COLUMNS = {ForecastKind.PRODUCT: "product_id", ForecastKind.CATEGORY: "category_id", ForecastKind.TICKETS: "queue_id"}


def _steps(grid: Grid, begins: int, forecast: Array, quantiles: Array) -> list[list[Any]]:
    return [
        [
            first_day(begins + ahead, grid.days).isoformat(),
            round(float(forecast[ahead]), DIGITS),
            *(round(float(quantiles[ahead, level]), DIGITS) for level in (LOW95, LOW80, HIGH80, HIGH95)),
        ]
        for ahead in range(len(forecast))
    ]


def _back_tests(grid: Grid, found: Forecasts, place: int, chosen: int) -> list[BackTest]:
    tested = found.tested
    end = grid.first + grid.number - found.plan.length
    rows = []
    for tier, name in enumerate(tested.tiers):
        for number, origin in enumerate(tested.origins):
            error, demand = float(tested.error[place, tier, number]), float(tested.demand[place, tier, number])
            losses = tested.pinball[place, tier, number]
            rows.append(
                BackTest(
                    tier=name,
                    origin=first_day(end + origin, grid.days),
                    error=error,
                    demand=demand,
                    wape=error / demand if demand > 0 else None,
                    mase=_figure(tested.mase[place, tier, number]),
                    pinball_10=float(losses[0]),
                    pinball_50=float(losses[1]),
                    pinball_90=float(losses[2]),
                    covered_80=float(tested.covered80[place, tier, number]),
                    covered_95=float(tested.covered95[place, tier, number]),
                    is_winner=tier == chosen,
                )
            )
    return rows


def _drivers(panel: Panel, horizon: int) -> list[dict[str, Any]]:
    """What the regression learned of each series, whoever won: {"trend": a year, "dispersion", "inputs": [{"name",
    "coefficient", "error"}], "season": factors of the steps ahead, or [] where there was no season to learn}."""
    fit = fit_poisson(panel, horizon)
    factors = seasonal_part(panel.demand, panel.season)
    ahead = factors_at(factors, panel.steps, panel.steps, panel.steps + horizon)
    has_season = panel.steps >= 2 * panel.season
    return [
        {
            "trend": _round(fit.coefficients[place, 1]),
            "dispersion": _round(fit.dispersion[place]),
            "inputs": [
                {
                    "name": entry.name,
                    "coefficient": _round(fit.coefficients[place, 2 + number]),
                    "error": _round(fit.errors[place, 2 + number]),
                }
                for number, entry in enumerate(fit.inputs)
                if fit.varies[place, number]
            ],
            "season": [_round(value) for value in ahead[place]] if has_season else [],
        }
        for place in range(len(panel.demand))
    ]


def _sum(forecast: Array, steps: int) -> float | None:
    return float(forecast[:steps].sum()) if len(forecast) >= steps else None


def _figure(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _round(value: float) -> float:
    return round(float(value), DIGITS)
