"""Public samples that the models of value must reproduce, read from their files: CDNOW and Telco."""

import csv
import lzma
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any, TextIO

import numpy as np
from numpy.typing import NDArray

from analytics.value.leaving import auc, fit_leaving
from analytics.value.order_values import fit_values
from analytics.value.orders_to_come import DAYS_PER_UNIT, Histories, fit_orders

Floats = NDArray[np.float64]

# Fader, Hardie and Lee learn from 39 weeks and foretell the next 39.
CDNOW_UNTIL = date(1997, 9, 30).toordinal()
WEEKS_AHEAD = 39.0
FOLDS = 5
# Of the sample: who they are, which no model here may look at, and the answer.
NEVER = {"customerID", "gender", "SeniorCitizen", "Churn"}
NUMBERS = {"tenure", "MonthlyCharges", "TotalCharges"}


def cdnow(path: Path) -> dict[str, Any]:
    """BG/NBD and Gamma-Gamma of the CDNOW sample (CDNOW_sample.txt), and how expected purchases and P(alive) tell who
    came back."""
    rows = np.array([_customer(orders) for orders in _cdnow_orders(path).values()])
    x, last, age, mean, later = rows.T
    histories = Histories.of(x, last, age)
    model = fit_orders(histories)
    values = fit_values(x, mean)
    expected = model.expected(x, last, age, WEEKS_AHEAD)
    alive = 1.0 / (
        1.0
        + np.where(x > 0, model.a / (model.b + np.maximum(x, 1) - 1), 0.0)
        * ((model.alpha + age) / (model.alpha + last)) ** (model.r + x)
    )
    return {
        "customers": len(rows),
        "triples": len(histories.x),
        **asdict(model),
        **{f"gamma_gamma_{name}": value for name, value in asdict(values).items()},
        "expected_orders": float(expected.sum()),
        "actual_orders": int(later.sum()),
        "auc_expected": auc(expected, later > 0),
        "auc_alive": auc(alive, later > 0),
    }


def _cdnow_orders(path: Path) -> dict[str, dict[int, float]]:
    """Money by day, by customer."""
    found: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    with _opened(path) as lines:
        for line in lines:
            _id, customer, day, _cds, value = line.split()
            found[customer][date(int(day[:4]), int(day[4:6]), int(day[6:])).toordinal()] += float(value)
    return found


def _customer(orders: dict[int, float]) -> tuple[float, ...]:
    days = sorted(orders)
    known = [day for day in days if day <= CDNOW_UNTIL]
    repeated = [orders[day] for day in known[1:]]
    return (
        len(known) - 1,
        (known[-1] - days[0]) / DAYS_PER_UNIT,
        (CDNOW_UNTIL - days[0]) / DAYS_PER_UNIT,
        float(np.mean(repeated)) if repeated else 0.0,
        len(days) - len(known),
    )


def telco(path: Path, *, seed: int = 1) -> dict[str, Any]:
    """Mean ROC-AUC over five folds of the logistic regression on the Telco sample, and of tenure alone. Gender and age
    are left out."""
    with _opened(path) as lines:
        rows = list(csv.DictReader(lines))
    left = np.array([row["Churn"] == "Yes" for row in rows], dtype=np.float64)
    features = np.column_stack(list(_columns(rows)))
    tenure = np.array([[float(row["tenure"])] for row in rows])
    fold = np.random.default_rng(seed).permutation(len(left)) % FOLDS
    return {
        "customers": len(rows),
        "left": int(left.sum()),
        "features": features.shape[1],
        "auc": _folded(features, left, fold),
        "auc_tenure": _folded(tenure, left, fold),
    }


def _columns(rows: list[dict[str, str]]) -> Iterator[Floats]:
    for name in rows[0]:
        if name in NUMBERS:
            yield np.array([float(row[name].strip() or 0) for row in rows])
        elif name not in NEVER:
            for word in sorted({row[name] for row in rows})[1:]:
                yield np.array([row[name] == word for row in rows], dtype=np.float64)


def _folded(features: Floats, left: Floats, fold: NDArray[np.int64]) -> float:
    found = []
    for number in range(FOLDS):
        known = fold != number
        found.append(auc(fit_leaving(features[known], left[known]).chance(features[~known]), left[~known]))
    return float(np.mean(found))


def _opened(path: Path) -> TextIO:
    return lzma.open(path, "rt") if path.suffix == ".xz" else path.open()
