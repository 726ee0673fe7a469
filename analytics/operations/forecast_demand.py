from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from analytics.choices import ForecastKind, RunState
from analytics.demand.ladder import Forecasts, Tested, climb
from analytics.demand.panel import Panel
from analytics.demand.plan import class_of, plan_for, stretched
from analytics.models import BackTest, Forecast, ForecastRun
from analytics.operations.demand_history import History, histories
from analytics.operations.demand_inputs import panel_of
from analytics.operations.forecast_rows import forecast_rows

ROWS_AT_ONCE = 200
# So many of those that are left out are told by name.
TOLD = 20

Told = Callable[[int, int, str], None]


@dataclass(slots=True)
class Part:
    """What came of one kind."""

    groups: int = 0
    left_out: int = 0
    needed: int = 0
    examples: list[dict[str, Any]] = field(default_factory=list)
    chosen: dict[str, int] = field(default_factory=dict)
    sums: dict[str, list[float]] = field(default_factory=dict)

    def figures(self) -> dict[str, Any]:
        """`tiers`: by tier {"chosen", "wape", "mase", "covered_80", "covered_95"} over all groups and cut-offs."""
        return {
            "groups": self.groups,
            "left_out": self.left_out,
            "needed": self.needed,
            "examples": self.examples,
            "tiers": {name: {"chosen": self.chosen[name], **_shares(sums)} for name, sums in self.sums.items()},
        }


def forecast_demand(*, run: ForecastRun, at: datetime, told: Told | None = None) -> ForecastRun:
    """Forecast everything that has enough history, as of the run, and close the run. `told(done, kinds, kind)` hears of
    the progress.

    Kind by kind, each in a transaction of its own with its figures: a run that was interrupted goes on after the kinds
    that are done. What has too little history is left out, and the run's figures say so. The forecasts of earlier runs
    are deleted when this one is closed; until then they are shown."""
    for number, kind in enumerate(ForecastKind):
        if told is not None:
            told(number, len(ForecastKind), str(kind.label))
        if kind.value not in run.figures and run.state == RunState.RUNNING:
            _forecast(run, kind)
    if run.state == RunState.RUNNING:
        _close(run, at)
    if told is not None:
        told(len(ForecastKind), len(ForecastKind), "")
    return run


@transaction.atomic
def _forecast(run: ForecastRun, kind: ForecastKind) -> None:
    run.forecasts.filter(kind=kind).delete()  # of a worker that was fenced off
    part = Part()
    for history in histories(kind, as_of=run.as_of):
        _forecast_history(run, history, part)
    run.figures = {**run.figures, kind.value: part.figures()}
    run.save(update_fields=["figures"])


def _forecast_history(run: ForecastRun, history: History, part: Part) -> None:
    grid = history.grid
    part.needed = grid.rhythm.needed
    if not history.groups:
        return
    lengths = history.lengths().astype(int)
    classes = np.array([class_of(int(length), grid.rhythm) or 0 for length in lengths])
    short = np.flatnonzero(classes == 0)
    part.left_out += len(short)
    for row in short[: TOLD - len(part.examples)]:
        part.examples.append({"id": history.groups[row], "segment": history.segment, "have": int(lengths[row])})
    panel = panel_of(history)
    for least in sorted({*classes.tolist()} - {0}):
        series = np.flatnonzero(classes == least)
        length = int(lengths[series].max())
        plan = stretched(plan_for(least, grid.rhythm), length)
        some = _within(panel, series, length, plan.horizon)
        found = climb(some, plan)
        _count(part, found)
        _write(forecast_rows(run, history, series, some, found))


def _within(panel: Panel, series: NDArray[np.intp], length: int, horizon: int) -> Panel:
    """These series, their last `length` steps, and what is known of the next `horizon`."""
    return panel.cut(panel.steps, horizon).of(series).last(length)


def _write(rows: Iterator[tuple[Forecast, list[BackTest]]]) -> None:
    while some := list(islice(rows, ROWS_AT_ONCE)):
        Forecast.objects.bulk_create([forecast for forecast, _tests in some])
        tests = []
        for forecast, mine in some:
            for test in mine:
                test.forecast = forecast
            tests += mine
        BackTest.objects.bulk_create(tests, batch_size=1_000)


def _count(part: Part, found: Forecasts) -> None:
    tested = found.tested
    part.groups += len(found.chosen)
    for number, name in enumerate(tested.tiers):
        part.chosen[name] = part.chosen.get(name, 0) + int((found.chosen == number).sum())
        _add(part, name, _sums(tested, np.full(len(found.chosen), number)))
    _add(part, "published", _sums(tested, found.chosen))
    part.chosen["published"] = part.groups


def _sums(tested: Tested, tiers: NDArray[np.intp]) -> list[float]:
    """Errors, demand; MASE and how many; covered by 80 % and 95 %, and how many: of one tier for each series."""
    rows = np.arange(len(tiers))
    mase = tested.mase[rows, tiers]
    covered80, covered95 = tested.covered80[rows, tiers], tested.covered95[rows, tiers]
    known = np.isfinite(mase)
    return [
        float(tested.error[rows, tiers].sum()),
        float(tested.demand[rows, tiers].sum()),
        float(mase[known].sum()),
        float(known.sum()),
        float(covered80.sum()),
        float(covered95.sum()),
        float(covered80.size),
    ]


def _add(part: Part, name: str, sums: list[float]) -> None:
    before = part.sums.get(name, [0.0] * len(sums))
    part.sums[name] = [old + new for old, new in zip(before, sums, strict=True)]


def _shares(sums: list[float]) -> dict[str, float | None]:
    error, demand, mase, times, covered80, covered95, number = sums
    return {
        "wape": error / demand if demand else None,
        "mase": mase / times if times else None,
        "covered_80": covered80 / number if number else None,
        "covered_95": covered95 / number if number else None,
    }


@transaction.atomic
def _close(run: ForecastRun, at: datetime) -> None:
    run.groups = sum(part["groups"] for part in run.figures.values())
    run.left_out = sum(part["left_out"] for part in run.figures.values())
    run.state, run.finished_at = RunState.DONE, at
    run.save(update_fields=["groups", "left_out", "state", "finished_at"])
    older = ForecastRun.objects.filter(is_replay=run.is_replay, pk__lt=run.pk)
    Forecast.objects.filter(run__in=older).delete()
    older.filter(state=RunState.RUNNING).update(state=RunState.SKIPPED, finished_at=at)
