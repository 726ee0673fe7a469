"""What one night learns of all orders: how often customers order, what an order brings, who leaves. Each is measured on
days that it has not seen, and the figures are kept beside the parameters."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from math import ceil
from typing import Any

import numpy as np

from analytics.operations.ensure_run import CHUNK_CUSTOMERS
from analytics.operations.value_facts import day_of, read_orders, read_tickets, tickets_of, who_left
from analytics.sql.arrays import Array
from analytics.sql.customer_ranges import customer_ranges
from analytics.sql.whose import Whose
from analytics.value.histories import CHURN_DAYS, FEATURES, Lines, Orders, features_of, lines_of, medians_of
from analytics.value.leaving import LeavingModel, auc, fit_leaving
from analytics.value.order_values import fit_values
from analytics.value.orders_to_come import DAYS_PER_UNIT, NotEnough, fit_orders

# More customers make the parameters no better: of a million every tenth is looked at.
MOST_FITTED = 100_000
# The table of the hold-out, by days with an order before it: the last group is open.
GROUPS = (1, 2, 3, 4, 5, 7, 10)
TENTHS = 10

Told = Callable[[int, int], None]
Figures = dict[str, Any]


def _nothing(_done: int, _of: int) -> None:
    """Nobody listens."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """`parameters`: {"orders": of OrderModel or None, "values": {currency: of OrderValueModel}, "medians": {currency:
    mean order value}, "churn": of LeavingModel or None}. `figures`: {"customers", "every", "orders", "values",
    "churn"}, each of the last three with its figures out of sample, or {"problem", "have", "need"}."""

    parameters: Figures
    figures: Figures


@dataclass(frozen=True, slots=True)
class Sample:
    """What is looked at."""

    parts: list[Whose]
    orders: Orders
    tickets: tuple[Array, Array]
    day: int

    def at(self, days_ago: int) -> Lines:
        return lines_of(self.orders, day=self.day - days_ago)


def fit_value(*, as_of: datetime, told: Told = _nothing) -> Fitted:
    """Learn the models of value from orders up to a moment, of 100,000 customers at most. Reads only."""
    sample, every = read_sample(as_of, told)
    now, before = sample.at(0), sample.at(CHURN_DAYS)
    medians = medians_of(now)
    orders, of_orders = _orders(sample, now, before)
    values, of_values = _values(now)
    churn, of_churn = _churn(sample, before, medians)
    return Fitted(
        {"orders": orders, "values": values, "medians": medians, "churn": churn},
        {"customers": len(now), "every": every, "orders": of_orders, "values": of_values, "churn": of_churn},
    )


def read_sample(as_of: datetime, told: Told = _nothing) -> tuple[Sample, int]:
    """The orders and tickets that are looked at, and of which every n-th customer by key they are."""
    ranges = customer_ranges(size=CHUNK_CUSTOMERS)
    parts = [Whose(part.lo, part.hi) for part in ranges]
    every = max(1, ceil(sum(part.customers for part in ranges) / MOST_FITTED))

    def one_by_one() -> Any:
        for number, whose in enumerate(parts):
            told(number, len(parts))
            yield whose

    orders = read_orders(parts=one_by_one(), as_of=as_of, every=every)
    tickets = read_tickets(parts=parts, days=3 * CHURN_DAYS, as_of=as_of, every=every)
    return Sample(parts, orders, tickets, day_of(as_of)), every


def _problem(error: NotEnough) -> Figures:
    return {"problem": error.code, "have": error.have, "need": error.need}


def _orders(sample: Sample, now: Lines, before: Lines) -> tuple[Figures | None, Figures]:
    try:
        fitted = fit_orders(now.histories())
    except NotEnough as error:
        return None, _problem(error)
    try:
        holdout = _orders_held_out(sample, before)
    except NotEnough as error:
        holdout = _problem(error)
    return asdict(fitted), {"customers": len(now), "triples": len(now.histories().x), "holdout": holdout}


def _orders_held_out(sample: Sample, before: Lines) -> Figures:
    """Fitted on what happened up to CHURN_DAYS ago: how many orders were foretold since, and how many came."""
    past = fit_orders(before.histories())
    expected = past.expected(before.x, before.until_last, before.age, CHURN_DAYS / DAYS_PER_UNIT)
    came = _order_days_since(sample.orders, before)
    return {
        "days": CHURN_DAYS,
        "customers": len(before),
        "expected": float(expected.sum()),
        "actual": int(came.sum()),
        "auc": _figure(auc(expected, came > 0)),
        "groups": [
            {
                "least": int(low),
                "most": int(high) - 1 if high else None,
                "customers": int(mine.sum()),
                "expected": float(expected[mine].mean()),
                "actual": float(came[mine].mean()),
            }
            for low, high in zip(GROUPS, (*GROUPS[1:], 0), strict=True)
            if (mine := (before.order_days >= low) & ((before.order_days < high) if high else True)).any()
        ],
    }


def _order_days_since(orders: Orders, before: Lines) -> Array:
    """Days with an order after that of the lines, of each of their customers."""
    later = (orders.day > before.day) & (orders.value >= 0)
    rows = np.unique(np.column_stack([orders.who[later], orders.day[later]]), axis=0)
    place = np.minimum(np.searchsorted(before.who, rows[:, 0]), len(before) - 1)
    place = place[before.who[place] == rows[:, 0]]
    return np.bincount(place, minlength=len(before))


def _values(now: Lines) -> tuple[Figures, Figures]:
    fitted: Figures = {}
    figures: Figures = {}
    for currency in np.unique(now.currency):
        mine, name = (now.currency == currency) & (now.orders > 0), currency.decode()
        orders, mean = now.orders[mine].astype(np.float64), now.mean[mine]
        try:
            model = fit_values(orders, mean)
        except NotEnough as error:
            figures[name] = _problem(error)
            continue
        fitted[name] = asdict(model)
        figures[name] = {"customers": int(mine.sum()), "mean": float(np.average(mean, weights=orders))}
    return fitted, figures


def _churn(sample: Sample, before: Lines, medians: dict[str, float]) -> tuple[Figures | None, Figures]:
    """Learned from the CHURN_DAYS days before the last ones, tested on the last ones; then learned anew from these,
    which are what is newest."""
    earlier = sample.at(2 * CHURN_DAYS)
    try:
        x_before, left_before = told_of(sample, earlier, medians)
        x_last, left_last = told_of(sample, before, medians)
        trial = fit_leaving(x_before, left_before)
        model = fit_leaving(x_last, left_last)
    except NotEnough as error:
        return None, _problem(error)
    figures = _churn_figures(trial.chance(x_last), left_last, before)
    figures |= {"trained_on": len(earlier), "recency_auc": _figure(auc(x_last[:, 0], left_last))}
    if not figures["auc"] or figures["auc"] <= 0.5:
        return None, {**figures, "problem": "no_better", "have": 0, "need": 0}
    return _as_lists(model), figures


def told_of(sample: Sample, lines: Lines, medians: dict[str, float]) -> tuple[Array, Array]:
    """What churn is told from, of each line, and who left in the days after."""
    features = features_of(lines, tickets=tickets_of(lines, *sample.tickets), medians=medians)
    return features, who_left(lines, sample.orders, parts=sample.parts)


def _churn_figures(chance: Array, left: Array, lines: Lines) -> Figures:
    active = lines.recency <= CHURN_DAYS
    order = np.argsort(chance, kind="stable")
    return {
        "tested_on": len(left),
        "left_share": float(left.mean()),
        "auc": _figure(auc(chance, left)),
        "active": int(active.sum()),
        "active_auc": _figure(auc(chance[active], left[active])),
        "tenths": [
            {"count": len(part), "foretold": float(chance[part].mean()), "observed": float(left[part].mean())}
            for part in np.array_split(order, TENTHS)
            if len(part)
        ],
    }


def _as_lists(model: LeavingModel) -> Figures:
    return {
        "features": list(FEATURES),
        "weights": model.weights.tolist(),
        "mean": model.mean.tolist(),
        "scale": model.scale.tolist(),
        "intercept": model.intercept,
    }


def _figure(value: float) -> float | None:
    """JSON knows no NaN."""
    return value if np.isfinite(value) else None
