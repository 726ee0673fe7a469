"""Learned weights: logistic regression with weights of 0 or more, of what was bought later against what was not."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float64]

RIDGE = 1e-3
"""Pulls weights a little towards 0, so that a feature which says nothing has none."""


def learn_weights(z: Floats, bought: NDArray[np.bool_]) -> Floats:
    """The weights, each 0 or more, that best tell the rows that were bought from those that were not.

    z: (rows, features), standardised. The two kinds of rows count the same, however many of each there are. Raises
    ValueError where one kind is missing.
    """
    y = np.asarray(bought, dtype=np.float64)
    if not 0.0 < y.mean() < 1.0 if len(y) else True:
        raise ValueError("there must be rows that were bought and rows that were not")
    share = np.where(y > 0.0, 0.5 / y.sum(), 0.5 / (len(y) - y.sum()))
    n = z.shape[1]

    def loss(given: Floats) -> tuple[float, Floats]:
        weights, intercept = given[:n], given[n]
        margin = z @ weights + intercept
        value = share @ (np.logaddexp(0.0, margin) - y * margin) + RIDGE * (weights @ weights)
        off = share * (1.0 / (1.0 + np.exp(-np.clip(margin, -500, 500))) - y)
        return float(value), np.append(z.T @ off + 2.0 * RIDGE * weights, off.sum())

    start = np.append(np.full(n, 0.1), 0.0)
    limits = [(0.0, None)] * n + [(None, None)]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=limits, options={"maxiter": 500})
    return np.asarray(found.x[:n], dtype=np.float64)
