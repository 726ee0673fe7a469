"""What an order will bring: the Gamma-Gamma model (Fader and Hardie 2013).

Each customer has a mean order value of their own; single orders scatter around it (shape p), and the means differ
between customers (q, gamma). Who ordered seldom is thought to be like the others; who ordered often, as they were."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import gammaln

from analytics.value.orders_to_come import FEWEST_CUSTOMERS, NotEnough

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class OrderValueModel:
    """Fitted parameters; gamma is in the currency of the orders."""

    p: float
    q: float
    gamma: float
    log_likelihood: float

    def expected(self, orders: Floats, mean: Floats) -> Floats:
        """The mean value of the orders to come of each customer: their own mean and that of everybody, by how many
        orders of theirs there are."""
        everybody = self.gamma * self.p / (self.q - 1.0) if self.q > 1.0 else np.nan
        own = self.p * orders
        total = own + self.q - 1.0
        found: Floats = np.where(orders > 0, (self.gamma * self.p + own * mean) / total, everybody)
        return found


def fit_values(orders: Floats, mean: Floats) -> OrderValueModel:
    """The parameters that make these means likeliest. Customers with no orders, or a mean of nothing, say nothing.
    Raises NotEnough below FEWEST_CUSTOMERS, or where the fit says that the mean of everybody has no bound."""
    use = (orders > 0) & (mean > 0)
    n, m = orders[use].astype(np.float64), mean[use].astype(np.float64)
    if len(n) < FEWEST_CUSTOMERS:
        raise NotEnough("customers", len(n), FEWEST_CUSTOMERS)
    scale = float(m.mean())  # so that currencies of large numbers are fitted as well as others
    x = m / scale
    ns, at = np.unique(n, return_inverse=True)
    log_x = np.log(x)

    def negative(logs: Floats) -> float:
        p, q, g = np.exp(logs)
        of_n = gammaln(p * ns + q) - gammaln(p * ns) + p * ns * np.log(ns)
        each = of_n[at] + (p * n - 1.0) * log_x - (p * n + q) * np.log(g + n * x)
        return -float(each.mean() - gammaln(q) + q * np.log(g))

    found = minimize(negative, np.log([2.0, 3.0, 1.0]), method="L-BFGS-B", bounds=[(np.log(1e-3), np.log(1e4))] * 3)
    p, q, g = np.exp(found.x).tolist()
    if not np.isfinite(found.fun) or q <= 1.0:
        raise NotEnough("scatter")
    return OrderValueModel(p, q, g * scale, -float(found.fun) * len(n) - float(len(n) * np.log(scale)))
