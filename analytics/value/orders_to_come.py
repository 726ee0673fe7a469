"""How often customers will order again: the BG/NBD model of Fader, Hardie and Lee (2005).

While a customer is active they order at a rate of their own (gamma over customers: r, alpha); after each order they
leave with a chance of their own (beta over customers: a, b). A customer is three numbers: x, the orders after the first
one; t_x, when the last of them was; T, how long ago the first one was, all from their first order on. Time is in
`DAYS_PER_UNIT` days everywhere here.

A trap: by this model whoever never came back has a chance of 1 of being active still, since they may only leave after
an order. So nothing here says who is active; expected orders do."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import digamma, gammaln, hyp2f1

Floats = NDArray[np.float64]

DAYS_PER_UNIT = 7.0
# A fit that ran to these bounds has found nothing that the data supports.
LEAST, MOST = 1e-4, 1e4
FEWEST_CUSTOMERS = 30
# e to this power is a number still; who is so surely gone is expected to order nothing.
LARGEST_POWER = 700.0


class NotEnough(ValueError):
    """Too little has happened to fit anything; nothing is made up instead. `code` says what is missing, `have` and
    `need` how many there are and should be."""

    def __init__(self, code: str, have: int = 0, need: int = 0) -> None:
        self.code, self.have, self.need = code, have, need
        super().__init__(f"{code}: {have} of {need}")


@dataclass(frozen=True, slots=True)
class Histories:
    """How often each (x, t_x, T) occurs. Customers with the same three numbers are the same to the model, so that a
    million of them cost as much as the triples they have."""

    x: Floats
    last: Floats
    age: Floats
    weight: Floats

    @classmethod
    def of(cls, x: Floats, last: Floats, age: Floats) -> "Histories":
        """From one entry a customer."""
        if not len(x):
            empty = np.empty(0)
            return cls(empty, empty, empty, empty)
        rows, counts = np.unique(np.column_stack([x, last, age]).astype(np.float64), axis=0, return_counts=True)
        return cls(rows[:, 0], rows[:, 1], rows[:, 2], counts.astype(np.float64))

    @property
    def customers(self) -> int:
        return int(self.weight.sum())


@dataclass(frozen=True, slots=True)
class OrderModel:
    """Fitted parameters, and the log-likelihood of the histories that they were fitted on."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float

    def expected(self, x: Floats, last: Floats, age: Floats, ahead: float) -> Floats:
        """Orders to be expected in the next `ahead` units of time from each customer, at a given history.

        Equation (10) of the paper. Its hypergeometric function is taken by Euler's transformation: then nothing grows
        with the number of orders, of which a customer may have thousands."""
        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        a = a if abs(a - 1.0) > 1e-6 else 1.0 + 1e-6  # a removable pole
        z = ahead / (alpha + age + ahead)
        some = a + b + x - 1.0
        some = np.where(np.abs(some) > 1e-9, some, 1e-9)  # another
        stays = np.exp((a - 1.0) * np.log1p(-z)) * hyp2f1(a + b - 1.0 - r, a - 1.0, some, z)
        power = np.minimum((r + x) * np.log((alpha + age) / (alpha + last)), LARGEST_POWER)
        gone = np.where(x > 0, a / (b + np.maximum(x, 1.0) - 1.0) * np.exp(power), 0.0)
        found: Floats = some / (a - 1.0) * (1.0 - stays) / (1.0 + gone)
        return np.maximum(found, 0.0)


def fit_orders(given: Histories) -> OrderModel:
    """The parameters that make these histories likeliest. Raises NotEnough below FEWEST_CUSTOMERS, where nobody ever
    came back, or where the likelihood grows without end."""
    if given.customers < FEWEST_CUSTOMERS:
        raise NotEnough("customers", given.customers, FEWEST_CUSTOMERS)
    if not (given.x > 0).any():
        raise NotEnough("nobody_back")
    sums = _Sums.of(given)
    bounds = [(np.log(LEAST), np.log(MOST))] * 4
    usual = float(np.average(given.age, weights=given.weight)) / 4 + 0.1
    starts = ([0.5, usual, 1.0, 2.0], [1.0, 10.0, 0.5, 5.0])
    tried = [minimize(sums.negative, np.log(start), jac=True, method="L-BFGS-B", bounds=bounds) for start in starts]
    best = min(tried, key=lambda found: float(found.fun))
    r, alpha, a, b = np.exp(best.x).tolist()
    if not np.isfinite(best.fun):
        raise NotEnough("no_top")
    return OrderModel(r, alpha, a, b, -float(best.fun) * given.customers)


@dataclass(frozen=True, slots=True)
class _Sums:
    """The log-likelihood with its gradient; what depends on x alone is computed for each x once."""

    given: Histories
    xs: Floats
    at: NDArray[np.intp]

    @classmethod
    def of(cls, given: Histories) -> "_Sums":
        xs, at = np.unique(given.x, return_inverse=True)
        return cls(given, xs, at)

    def negative(self, logs: Floats) -> tuple[float, Floats]:
        """Minus the mean log-likelihood, and its slope by the logarithm of each parameter."""
        r, alpha, a, b = np.exp(logs)
        given, xs, at = self.given, self.xs, self.at
        came = given.x > 0
        back = np.where(xs > 0, b + np.maximum(xs, 1.0) - 1.0, 1.0)[at]
        power = r + given.x
        by_age, by_last = np.log(alpha + given.age), np.log(alpha + given.last)
        stays, left = -power * by_age, np.where(came, np.log(a / back) - power * by_last, -np.inf)
        joint = np.logaddexp(stays, left)
        share = np.exp(left - joint)  # that they left, by what is seen
        of_x = gammaln(r + xs) - gammaln(r) + gammaln(a + b) + gammaln(b + xs) - gammaln(b) - gammaln(a + b + xs)
        each = r * np.log(alpha) + of_x[at] + joint
        mean_log = (1 - share) * by_age + share * by_last
        slopes = (
            (digamma(r + xs) - digamma(r))[at] + np.log(alpha) - mean_log,
            r / alpha - power * ((1 - share) / (alpha + given.age) + share / (alpha + given.last)),
            (digamma(a + b) - digamma(a + b + xs))[at] + share / a,
            (digamma(a + b) + digamma(b + xs) - digamma(b) - digamma(a + b + xs))[at] - share / back,
        )
        mean = given.weight / given.weight.sum()
        slope = np.array([mean @ part for part in slopes]) * np.array([r, alpha, a, b])
        return -float(mean @ each), -slope
