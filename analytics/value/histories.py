"""Orders made into what the models of value read: one line a customer, as of a day in the past or today."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.value.orders_to_come import DAYS_PER_UNIT, Histories

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# What churn is foretold from: what they did with us. Never who they are: no gender, age, origin, belief, health, note.
FEATURES = ("recency", "order_days", "tenure", "pace", "recent", "order_value", "tickets")
# No order for so many days is churn; "recent" is of as many.
CHURN_DAYS = 90
YEAR = 365


@dataclass(frozen=True, slots=True)
class Orders:
    """One entry an order that counts, in no order: neither cancelled nor returned. A refund has a value below zero."""

    who: Ints
    day: Ints
    value: Floats
    currency: NDArray[np.bytes_]

    def until(self, day: int) -> "Orders":
        """Those up to a day, that day included."""
        mine = self.day <= day
        return Orders(self.who[mine], self.day[mine], self.value[mine], self.currency[mine])

    def buyers_between(self, after: int, until: int) -> Ints:
        """Who ordered after a day and up to another."""
        mine = (self.day > after) & (self.day <= until) & (self.value >= 0)
        return np.unique(self.who[mine])


@dataclass(frozen=True, slots=True)
class Lines:
    """One line a customer who ordered, by `who` in order, as of `day`. `mean`: of orders in the currency that they
    mostly order in, after refunds; NaN where none of them has a value. `orders`: how many those are."""

    day: int
    who: Ints
    first: Ints
    last: Ints
    order_days: Ints
    recent_days: Ints
    orders: Ints
    mean: Floats
    currency: NDArray[np.bytes_]

    def __len__(self) -> int:
        return len(self.who)

    @property
    def x(self) -> Floats:
        """Order days after the first."""
        return (self.order_days - 1).astype(np.float64)

    @property
    def until_last(self) -> Floats:
        """From the first to the last, in units of the model."""
        return (self.last - self.first) / DAYS_PER_UNIT

    @property
    def age(self) -> Floats:
        """Since the first, in units of the model."""
        return (self.day - self.first) / DAYS_PER_UNIT

    @property
    def recency(self) -> Ints:
        """Days since the last."""
        return self.day - self.last

    def histories(self) -> Histories:
        """The same for the fit."""
        return Histories.of(self.x, self.until_last, self.age)


def lines_of(orders: Orders, *, day: int) -> Lines:
    """What is known of each customer at the end of a day. Who had only refunds is not among them."""
    known = orders.until(day)
    visits = known.value >= 0
    who, place = np.unique(known.who[visits], return_inverse=True)
    days = known.day[visits]
    size = len(who)
    first, last = np.full(size, np.iinfo(np.int64).max), np.full(size, np.iinfo(np.int64).min)
    np.minimum.at(first, place, days)
    np.maximum.at(last, place, days)
    visited = np.unique(np.column_stack([place, days]), axis=0) if size else np.empty((0, 2), np.int64)
    order_days = np.bincount(visited[:, 0], minlength=size)
    recent = visited[visited[:, 1] > day - CHURN_DAYS]
    currency, counted, mean = _money(known, who)
    return Lines(
        day=day,
        who=who,
        first=first,
        last=last,
        order_days=order_days,
        recent_days=np.bincount(recent[:, 0], minlength=size),
        orders=counted,
        mean=mean,
        currency=currency,
    )


def _money(known: Orders, who: Ints) -> tuple[NDArray[np.bytes_], Ints, Floats]:
    """Of each customer the currency that they mostly order in (of two, the one of the newest order), how many orders in
    it have a value, and the mean of these after refunds."""
    size = len(who)
    if not size:
        return np.empty(0, "S3"), np.empty(0, np.int64), np.empty(0)
    place = np.searchsorted(who, known.who)
    place = np.minimum(place, size - 1)
    mine = who[place] == known.who  # who had only refunds is left out
    place, value, day = place[mine], known.value[mine], known.day[mine]
    names, code = np.unique(known.currency[mine], return_inverse=True)
    pairs, pair = np.unique(place * len(names) + code, return_inverse=True)
    visits = np.bincount(pair[value >= 0], minlength=len(pairs))
    newest = np.full(len(pairs), np.iinfo(np.int64).min)
    np.maximum.at(newest, pair[value >= 0], day[value >= 0])
    owner = pairs // len(names)
    order = np.lexsort((newest, visits, owner))
    best = order[np.append(np.flatnonzero(np.diff(owner[order])), len(order) - 1)]  # the last of each owner
    priced = np.bincount(pair[value > 0], minlength=len(pairs))[best]
    total = np.bincount(pair, weights=value, minlength=len(pairs))[best]
    mean = np.full(size, np.nan)
    np.divide(np.maximum(total, 0.0), priced, out=mean, where=priced > 0)
    return names[pairs[best] % len(names)], priced, mean


def medians_of(lines: Lines) -> dict[str, float]:
    """The usual mean order value by currency."""
    known = lines.mean > 0
    return {
        name.decode(): float(np.median(lines.mean[known & (lines.currency == name)]))
        for name in np.unique(lines.currency[known])
    }


def features_of(lines: Lines, *, tickets: Ints, medians: Mapping[str, float]) -> Floats:
    """FEATURES as columns, of each customer; `tickets`: opened in the last CHURN_DAYS days."""
    gap = np.where(lines.order_days > 1, (lines.last - lines.first) / np.maximum(lines.order_days - 1, 1), 0.0)
    pace = np.where(lines.order_days > 1, np.log((lines.recency + 1.0) / (gap + 1.0)), 0.0)
    usual = np.array([medians.get(name.decode(), 0.0) for name in lines.currency.tolist()])
    known = np.isfinite(lines.mean) & (usual > 0)
    value = np.zeros(len(lines))
    value[known] = np.log1p(lines.mean[known]) - np.log1p(usual[known])
    return np.column_stack(
        [
            np.log1p(lines.recency),
            np.log(lines.order_days),
            np.log1p(lines.day - lines.first),
            pace,
            np.log1p(lines.recent_days),
            value,
            np.log1p(tickets),
        ]
    )
