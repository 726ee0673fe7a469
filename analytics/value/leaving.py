"""Who leaves: logistic regression with an L2 penalty, every feature opened into points."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from analytics.value.orders_to_come import NotEnough

Floats = NDArray[np.float64]
# Of those who left, and of those who stayed: of fewer nothing can be learned.
FEWEST_EACH = 30
USUAL_PENALTY = 1.0


@dataclass(frozen=True, slots=True)
class LeavingModel:
    """A chance of leaving: expit(intercept + sum of weight · (value - mean) / scale)."""

    weights: Floats
    mean: Floats
    scale: Floats
    intercept: float

    def points(self, features: Floats) -> Floats:
        """What each feature adds to the log-odds of each customer, against the average one."""
        return (features - self.mean) / self.scale * self.weights

    def chance(self, features: Floats) -> Floats:
        """The chance of leaving of each customer."""
        found: Floats = expit(self.intercept + self.points(features).sum(axis=1))
        return found


def fit_leaving(features: Floats, left: Floats, *, penalty: float = USUAL_PENALTY) -> LeavingModel:
    """Weights that foretell who left (1) and who stayed (0). `penalty`: on the squares of the weights of features with
    mean 0 and spread 1; the intercept has none. Raises NotEnough below FEWEST_EACH of either."""
    gone = int(left.sum())
    if min(gone, len(left) - gone) < FEWEST_EACH:
        raise NotEnough("leavers", min(gone, len(left) - gone), FEWEST_EACH)
    mean, scale = features.mean(axis=0), features.std(axis=0)
    scale = np.where(scale > 1e-12, scale, 1.0)
    z = (features - mean) / scale

    def loss(given: Floats) -> tuple[float, Floats]:
        weights, intercept = given[:-1], given[-1]
        odds = z @ weights + intercept
        error = expit(odds) - left
        total = np.logaddexp(0.0, odds).sum() - left @ odds + penalty * (weights @ weights) / 2
        return float(total) / len(left), np.append(z.T @ error + penalty * weights, error.sum()) / len(left)

    start = np.append(np.zeros(z.shape[1]), np.log(left.mean() / (1 - left.mean())))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 1000, "ftol": 1e-12})
    return LeavingModel(found.x[:-1], mean, scale, float(found.x[-1]))


def auc(foretold: Floats, happened: Floats | NDArray[np.bool_]) -> float:
    """The chance that one to whom it happened had a higher figure than one to whom it did not; ties count half. NaN
    where it happened to all or to none."""
    yes = happened.astype(bool)
    positive, negative = int(yes.sum()), int((~yes).sum())
    if not positive or not negative:
        return float("nan")
    _values, where, counts = np.unique(foretold, return_inverse=True, return_counts=True)
    rank = np.cumsum(counts) - (counts - 1) / 2
    return float((rank[where][yes].sum() - positive * (positive + 1) / 2) / (positive * negative))
