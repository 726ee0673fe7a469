"""How customers like to be served: the usual channel, language, hour and topic (SCORES.md §2, last paragraph). Of many
customers at once, as columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]
Real = NDArray[np.float64]

KINDS = ("channel", "language", "hour", "topic")
HALF_LIFE_DAYS = 180.0
_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Signals:
    """What customers did, by position: who, of which kind (position in KINDS), which value (a code; among equals the
    smaller comes first), and when, in seconds since 1970."""

    who: Whole
    kind: Whole
    value: Whole
    at: Real


@dataclass(frozen=True, slots=True)
class Habits:
    """Habits by customer and kind, the strongest first: the first one is the preference. count: how often ever; weight:
    the decayed count; share: of its kind's weight; rank: from 0; last_seen: seconds since 1970."""

    who: Whole
    kind: Whole
    value: Whole
    count: Whole
    weight: Real
    share: Real
    rank: Whole
    last_seen: Real


def service_habits(signals: Signals, as_of: float, half_life_days: float = HALF_LIFE_DAYS) -> Habits:
    """The habits that these signals show as of a moment (seconds since 1970).

    Equal weights go by the latest seen, then by value. Raises ValueError for an unknown kind and a signal after as_of.
    """
    _check(signals, as_of)
    order = np.lexsort((signals.at, signals.value, signals.kind, signals.who))
    who, kind, value = (column[order] for column in (signals.who, signals.kind, signals.value))
    at = signals.at[order]
    starts = _starts(who, kind, value)
    ends = np.append(starts, len(who))[1:]
    weight = _sums(2.0 ** -((as_of - at) / _DAY / half_life_days), starts)
    who, kind, value, count, last_seen = who[starts], kind[starts], value[starts], ends - starts, at[ends - 1]
    best = np.lexsort((value, -last_seen, -weight, kind, who))
    who, kind, weight = who[best], kind[best], weight[best]
    groups = _starts(who, kind)
    sizes = np.diff(np.append(groups, len(who)))
    total = np.repeat(_sums(weight, groups), sizes)
    return Habits(
        who=who,
        kind=kind,
        value=value[best],
        count=count[best],
        weight=weight,
        share=np.divide(weight, total, out=np.zeros_like(weight), where=total > 0.0),
        rank=np.arange(len(who)) - np.repeat(groups, sizes),
        last_seen=last_seen[best],
    )


def _check(signals: Signals, as_of: float) -> None:
    if len(signals.kind) and not 0 <= signals.kind.min() <= signals.kind.max() < len(KINDS):
        raise ValueError(f"a kind of habit is a position in {', '.join(KINDS)}")
    if len(signals.at) and signals.at.max() > as_of:
        raise ValueError(f"a signal at {signals.at.max()} happens after {as_of}")


def _starts(*columns: Whole) -> Whole:
    """Where another group begins, in columns that are sorted by it."""
    if not len(columns[0]):
        return np.empty(0, np.int64)
    other: NDArray[np.bool_] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return np.append(0, np.flatnonzero(other) + 1)


def _sums(column: Real, starts: Whole) -> Real:
    return np.add.reduceat(column, starts) if len(starts) else np.empty(0)
